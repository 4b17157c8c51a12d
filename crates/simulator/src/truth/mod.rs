//! The truth: permanent people, their places and their keys.

mod build;
mod names;
mod newcomer;
mod person;
mod roll_over;
mod world;

pub(crate) use names::{any_latin_first, any_latin_last, any_name, mistyped};
pub(crate) use person::{PersonId, Role};
pub(crate) use world::{Class, School, World};
