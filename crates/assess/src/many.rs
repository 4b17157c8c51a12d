//! How many changes of one column are no ordinary night.

/// So many are no ordinary corrections, however large the district.
pub(crate) const MANY: usize = 5;

/// Whether so many of all people are more than ordinary corrections: five, or half of a small group.
pub(crate) fn is_many(count: usize, all: usize) -> bool {
    count >= MANY || count >= 2 && count * 2 >= all
}
