//! Compares what a night did to the stored roster with the truth.

mod access;
mod accounts;
mod finding;
mod keys;
mod morning;
mod night;
mod owners;
mod places;
#[cfg(test)]
mod tests;
mod truth;

pub(crate) use accounts::{Account, Accounts};
pub use finding::Fault;
pub(crate) use finding::Finding;
pub(crate) use night::Judge;
pub(crate) use owners::RowIndex;
pub(crate) use truth::Truth;
