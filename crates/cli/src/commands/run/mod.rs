//! `homeroom run`: one file per command.

mod approve;
mod cancel;
mod command;
mod decision;
mod discard;
mod finish;
mod plan;
mod review;
mod selection;
mod show;
mod text;
mod undo;

pub(crate) use command::Run;
pub(crate) use finish::finish_run;
pub(crate) use text::run_text;
