//! A simulated district through a school year, night by night. Before each run the simulation works out what the run must
//! do; afterwards it compares that with what the run did. Start with [`play_year()`].

mod bad_files;
mod day_file;
mod dice;
mod events;
mod expectation;
mod expected_roster;
mod identities;
mod names;
mod narration;
mod operator;
mod schools;
mod simulation;
mod timeline;
mod upload;
mod world;
mod year_report;

pub use dice::Dice;
pub use names::{address_of, pools as name_pools};
pub use operator::YearParts;
pub use simulation::{play_year, year_clock, year_random};
pub use year_report::Year;
