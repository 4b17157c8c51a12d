//! Matches each entity of the file to the stored one that it is, by keys.

mod finder;
mod key_index;
mod matches;
mod people;
mod places;
mod roster;

pub(crate) use matches::{Match, Matches, MatchesByKind, count_matches};
pub(crate) use roster::{KeyMatches, match_by_key};
