//! Who is who: which stored school, class, teacher or student each one of the file is.
//!
//! Whoever agrees in key and name, and takes nobody's key, is settled at once. All others are compared by everything that is known
//! of them, weighed, and assigned one to one.

mod assign;
mod blocks;
mod candidate;
mod classes;
mod compare;
mod distrust;
mod evidence;
mod finder;
mod identify;
mod key_index;
mod known;
mod links;
mod matches;
mod namesakes;
mod pairing;
mod people;
mod places;
mod pool;
mod rarity;
mod recognize;
mod schools;
mod search;
mod settle;
mod similar_ids;
mod verdict;
mod weights;

pub(crate) use identify::{Identities, identify};
pub(crate) use matches::{Match, Matches, MatchesByKind, count_matches};
pub(crate) use recognize::{Recognition, Recognized};
