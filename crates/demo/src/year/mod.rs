//! A simulated district through a school year, night by night. Before each run the simulation says what the run must
//! do; afterwards it compares that with what the run did. Start with [`play_year()`].

mod day_file;
mod diary;
mod dice;
mod expectation;
mod happenings;
mod identities;
mod ledger;
mod mistakes;
mod names;
mod office;
mod schools;
mod simulation;
mod timeline;
mod upload;
mod world;

pub use office::YearParts;
pub use simulation::{Year, play_year, year_clock, year_random};
