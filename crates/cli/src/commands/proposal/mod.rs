//! `homeroom proposal`: one file per command.

mod command;
mod forget;
mod list;

pub(crate) use command::Proposal;
