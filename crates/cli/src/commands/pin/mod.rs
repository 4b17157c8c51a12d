//! `homeroom pin`: one file per command.

mod add;
mod command;
mod list;
mod remove;
mod resync;

pub(crate) use command::Pin;
