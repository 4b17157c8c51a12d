//! `homeroom demo --year`: a simulated district through a school year, night by night. Each night says before the run what the
//! run has to do, and is compared with what it did. Start with [`play()`].

mod day_file;
mod dice;
mod expectation;
mod happenings;
mod identities;
mod ledger;
mod mistakes;
mod names;
mod office;
mod play;
mod schools;
mod story;
mod timeline;
mod upload;
mod world;

pub(super) use play::play;
