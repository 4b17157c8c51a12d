//! A night, before and after what was applied by itself.

use super::accounts::Accounts;
use super::outcome::Outcome;
use super::owners::Owners;
use crate::hostile::{District, Sheet};

/// A night, before and after what was applied by itself.
pub struct Seen<'n> {
    /// The truth.
    pub district: &'n District,
    /// The file.
    pub sheet: &'n Sheet,
    /// The roster before.
    pub before: &'n Accounts,
    /// The roster after what was applied by itself.
    pub after: &'n Accounts,
    /// Whose the accounts are.
    pub owners: &'n Owners,
    /// What became of the file.
    pub outcome: Outcome,
}
