//! `homeroom check`: the command, its JSON, and its view on a terminal.

mod command;
mod document;
mod terminal_view;

pub(crate) use command::Check;
