//! Decisions of a person about a hold.

mod approve;
mod discard;
mod held_run;
mod review;

pub(crate) use approve::approve;
pub(crate) use discard::{discard, expire};
pub(crate) use held_run::decision;
pub(crate) use review::review_proposals;
