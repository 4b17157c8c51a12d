//! `homeroom`: the command line. Each command is a file in `commands/`.

mod actor;
mod app;
mod arguments;
mod command_line;
mod commands;
mod exit;
mod folders;
mod input_file;
mod listen_error;
mod logging;
mod mail;
mod new_file;
mod output;
mod progress_bar;
mod schema_problem;
mod server;
mod settings;
mod web;

use std::process::ExitCode;

use homeroom_ask::AskError;
use homeroom_report::render_refusal;
use homeroom_sync::SyncError;

use crate::command_line::CommandLine;
use crate::exit::Exit;
use crate::output::Output;

fn main() -> ExitCode {
    folders::keep_private();
    let CommandLine { global, command } = CommandLine::parse_arguments();
    let output = Output::new(global.format());
    match command.run(&global, &output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.note(&format!("homeroom: {}", error_sentence(&error)));
            Exit::Failed.into()
        }
    }
}

/// An error with its causes. Refusals hold facts; this is where they become sentences.
fn error_sentence(error: &anyhow::Error) -> String {
    let causes = error.chain().map(|cause| match (cause.downcast_ref(), cause.downcast_ref()) {
        (Some(SyncError::Refused(refusal)), _) | (_, Some(AskError::Refused(refusal))) => {
            render_refusal(refusal)
        }
        _ => cause.to_string(),
    });
    causes.collect::<Vec<_>>().join(": ")
}
