//! Where text goes: results to standard output, everything for people beside them to standard error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

/// How a command talks.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Output { json }
    }

    /// The result of a command: JSON when asked for, else the text.
    pub(crate) fn result(&self, document: &impl Serialize, text: impl FnOnce() -> String) -> io::Result<()> {
        let text = if self.json {
            serde_json::to_string_pretty(document).map_err(io::Error::other)?
        } else {
            text()
        };
        self.print(text.trim_end())
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether results go to a person's terminal, as text.
    pub(crate) fn is_terminal(&self) -> bool {
        !self.json && io::stdout().is_terminal()
    }

    /// Text on standard output, whatever the format. Colours are left out where nobody sees them, or wants them
    /// (`NO_COLOR`).
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            // The reader has seen enough: `homeroom runs … | head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Text for a person, on standard error.
    pub(crate) fn note(&self, text: &str) {
        // Without standard error there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Whether a person watches.
    pub(crate) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }
}
