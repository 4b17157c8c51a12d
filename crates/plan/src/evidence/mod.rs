//! Matches records by evidence: stored entities that the file no longer lists by key, and new ones that are the same under another key.

mod candidate;
mod classes;
mod pairing;
mod people;
mod people_index;
mod recognize;
mod schools;
mod search;
mod similar_ids;
mod weigh;

pub(crate) use recognize::{Recognized, recognize};
