//! OpenSSH's clients with a password, without a prompt.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// An OpenSSH client that accepts any host key and answers the password prompt with a small script in `folder`.
///
/// # Panics
/// When the script cannot be written.
pub fn ssh_client(program: &str, folder: &Path, password: &str) -> Command {
    let script = folder.join(format!("askpass-{password}"));
    if !script.exists() {
        fs::write(&script, format!("#!/bin/sh\necho '{password}'\n"))
            .expect("the test's folder can be written to");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700))
            .expect("a file of ours can be made executable");
    }
    let mut command = Command::new(program);
    command.args([
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "LogLevel=ERROR",
    ]);
    command.args(["-o", "NumberOfPasswordPrompts=1"]);
    command.env("SSH_ASKPASS", script).env("SSH_ASKPASS_REQUIRE", "force").env("DISPLAY", ":0");
    command
}
