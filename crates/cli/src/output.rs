//! Where text goes: results to standard output, everything else for people to standard error.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::Context;
use serde::Serialize;

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Prints what a command has to say.
pub(crate) struct Output {
    format: Format,
}

impl Output {
    pub(crate) fn new(format: Format) -> Self {
        Output { format }
    }

    /// The result of a command: JSON when asked for, else the text.
    pub(crate) fn result(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> io::Result<()> {
        match self.format {
            Format::Json => self.print(&serde_json::to_string_pretty(document).map_err(io::Error::other)?),
            Format::Text => self.print(text().trim_end()),
        }
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether results go to a terminal, as text.
    pub(crate) fn is_terminal(&self) -> bool {
        self.format == Format::Text && io::stdout().is_terminal()
    }

    /// Text on standard output, whatever the format. Colours are left out when it is not a terminal, or when
    /// `NO_COLOR` is set.
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            // The reader has seen enough: `homeroom runs … | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }

    /// Text for a person, on standard error.
    pub(crate) fn note(&self, text: &str) {
        // When standard error is closed, nobody is there to read it.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Asks a question on standard error; the line that is typed on standard input.
    pub(crate) fn ask(&self, question: &str) -> anyhow::Result<String> {
        self.note(question);
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("cannot read from standard input")?;
        Ok(line)
    }

    /// Whether a person sees standard error.
    pub(crate) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }
}
