//! A simulated district that changes in every way that districts change.

mod change;
mod csv;
mod names;
mod student;
mod world;

pub use change::{WorldChange, changes};
pub use world::{World, worlds};
