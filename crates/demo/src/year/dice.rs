//! The year's randomness: the same seed gives the same year.

use homeroom_model::Random;

/// Draws from a seeded source.
pub struct Dice(Random);

impl Dice {
    /// Draws from this source.
    pub fn new(random: Random) -> Dice {
        Dice(random)
    }

    /// A number from 0 to `n` - 1; 0 when `n` is 0.
    pub fn below(&self, n: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        (u32::from_le_bytes(bytes) as usize).checked_rem(n).unwrap_or(0)
    }

    /// True with a probability of 1 in `n`.
    pub fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A random item of the list.
    ///
    /// # Panics
    /// When the list is empty.
    pub fn pick<'l, T>(&self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}
