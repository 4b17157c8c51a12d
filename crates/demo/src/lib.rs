//! A simulated school district that shows Homeroom at work: [`play_story`] over a real SSH connection in a few
//! seconds, and [`play_year`], a school year in which every night is compared with what was expected of it.

mod sftp_client;
mod story;
mod year;

pub use story::{DemoServer, StoryResult, play_story};
pub use year::{Dice, Year, YearParts, address_of, name_pools, play_year, year_clock, year_random};

/// Takes each line of the story as it happens, for the person who watches.
pub type Narrator<'a> = &'a dyn Fn(&str);
