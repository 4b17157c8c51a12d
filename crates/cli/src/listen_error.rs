//! What to say when a server cannot listen on its address.

use std::io;

use anyhow::anyhow;

/// An error of `bind` as a sentence.
pub(crate) fn listen_error(key: &str, listen: &str, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow!(
                "cannot listen on {listen}: the port is in use by another program; choose another in {key}"
            )
        }
        _ => anyhow!("cannot listen on {listen} ({key}): {error}"),
    }
}
