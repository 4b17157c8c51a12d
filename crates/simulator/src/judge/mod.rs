//! Compares what a night did to the stored roster with the truth.

mod access;
mod accounts;
mod finding;
mod keys;
mod night;
mod owners;
#[cfg(test)]
mod tests;
mod truth;

pub use finding::Fault;
pub(crate) use finding::Finding;
pub(crate) use night::Judge;
pub(crate) use owners::Owners;
pub(crate) use truth::Truth;
