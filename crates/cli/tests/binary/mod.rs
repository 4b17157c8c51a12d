//! The real binary on a folder and a database of a test: commands, and a server on free ports.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A command of the binary that prints JSON; uploads settle at once, and only errors are logged.
pub(crate) fn homeroom(data: &Path, database_url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
    command.arg("--data").arg(data).arg("--json");
    for (key, value) in [
        ("HOMEROOM__DATABASE__URL", database_url),
        ("HOMEROOM__SFTP__LISTEN", "127.0.0.1:0"),
        ("HOMEROOM__WEB__LISTEN", "127.0.0.1:0"),
        ("HOMEROOM__INBOX__SETTLE_SECONDS", "0"),
        ("HOMEROOM__LOG__FILTER", "error"),
    ] {
        command.env(key, value);
    }
    command
}

/// The document that a command printed.
pub(crate) fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Starts `homeroom serve`; the process, and the addresses that it printed once it listened.
pub(crate) fn serve(mut homeroom: Command) -> (Child, Value) {
    let mut child = homeroom.arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.trim_end().ends_with('}') {
        assert!(out.read_line(&mut text).unwrap() > 0, "the server ended at its start: {text}");
    }
    (child, serde_json::from_str(&text).unwrap())
}

/// The port of the SFTP server.
pub(crate) fn sftp_port(addresses: &Value) -> &str {
    addresses["sftp"].as_str().unwrap().rsplit(':').next().unwrap()
}
