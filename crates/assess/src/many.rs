//! How many changes of one column are no ordinary night.

/// So many are no ordinary corrections in a small district.
pub(crate) const MANY: usize = 5;

/// In a large one, one of so many people is corrected on an ordinary night.
const PEOPLE_PER_CORRECTION: usize = 1_000;

/// Whether so many of all people are more than ordinary corrections: five, or half of a small group, or one in a thousand.
pub(crate) fn is_many(count: usize, all: usize) -> bool {
    count >= MANY.max(all / PEOPLE_PER_CORRECTION) || count >= 2 && count * 2 >= all
}
