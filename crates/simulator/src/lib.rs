//! District-years whose truth is known, and a judge that compares every night with it.
//!
//! The world (`truth`) has permanent people; `events` change it as years do, `dangers` spoil its files; [`play()`] has Homeroom sync them and
//! a simulated person decide, and the judge says what became of each person. A crate of its own, because none of it belongs into the
//! program that districts run; names and dice are the demo's.

mod dangers;
mod engine;
mod events;
mod file;
mod form;
mod game;
mod judge;
mod many;
mod operator;
mod pairs;
mod play;
mod style;
mod table;
mod timeline;
mod truth;

pub use game::Game;
pub use judge::Fault;
pub use many::play_all;
pub use pairs::{Gap, Pairs, pairs};
pub use play::{Kind, NightFiles, NightResult, play};
pub use style::Style;
pub use table::Table;
