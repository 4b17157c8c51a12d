//! `homeroom`: the commands, and nothing else. Each command is a file in `commands/`.

mod commands;
mod config;
mod exit;
mod given;
mod lifecycle;
mod output;
mod probes;
mod progress;
mod wiring;

use std::process::ExitCode;

use clap::Parser;
use homeroom_ask::AskError;
use homeroom_report::render_refusal;
use homeroom_sync::SyncError;

use crate::commands::Command;
use crate::output::Output;
use crate::wiring::Place;

/// Roster sync for companies that sell learning apps to schools.
#[derive(Parser)]
#[command(name = "homeroom", version, about, max_term_width = 100)]
struct Homeroom {
    #[command(flatten)]
    place: Place,
    /// Print one JSON document on standard output, and nothing else there
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let Homeroom { place, json, command } = Homeroom::parse();
    let output = Output::new(json);
    match command.run(&place, &output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.note(&format!("homeroom: {}", sentence(&error)));
            exit::Exit::Failed.into()
        }
    }
}

/// An error with its causes. Refusals are facts until here.
fn sentence(error: &anyhow::Error) -> String {
    let texts = error.chain().map(|cause| match (cause.downcast_ref(), cause.downcast_ref()) {
        (Some(SyncError::Refused(refusal)), _) | (_, Some(AskError::Refused(refusal))) => {
            render_refusal(refusal)
        }
        _ => cause.to_string(),
    });
    texts.collect::<Vec<_>>().join(": ")
}
