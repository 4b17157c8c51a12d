//! `homeroom pin`: one file per command.

mod add;
mod command;
mod effect;
mod list;
mod remove;

pub(crate) use command::Pin;
