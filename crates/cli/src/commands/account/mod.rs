//! `homeroom account`: one file per command.

mod add;
mod command;
mod disable;
mod key;
mod list;
mod login;
mod rotate;
mod selection;

pub(crate) use command::Account;
