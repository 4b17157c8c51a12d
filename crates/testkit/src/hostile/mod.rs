//! Small districts of permanent people, ordinary nights, and files that go wrong in every way: for the laws of trust.

mod column;
mod damage;
mod district;
mod game;
mod hostility;
pub mod judge;
mod names;
mod ordinary;
mod reject;
mod sheet;
mod strangers;

pub use column::{STUDENT, Style, TEACHER};
pub use damage::{Damage, damaged};
pub use district::{Class, District, Likeness, Person, Pupil};
pub use game::{Decision, Game, Night, hostile_games, ordinary_games, runner};
pub use hostility::Hostility;
pub use ordinary::Ordinary;
pub use reject::Rejection;
pub use sheet::{PersonId, Role, Row, Sheet};
