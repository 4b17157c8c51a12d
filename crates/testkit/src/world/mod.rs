//! A simulated district that changes in every way that districts change.

mod change;
mod csv;
mod district;
mod names;
mod student;

pub use change::{WorldChange, changes};
pub use district::{World, worlds};
