//! `homeroom district`: one file per command.

mod add;
mod calendar;
mod command;
mod erase;
mod key;
mod list;
mod next_run;
mod profile;
mod set;
mod show;
mod stage;
mod unknown_schools;

pub(crate) use command::District;
pub(crate) use profile::read_profile;
