//! The SFTP server of drop accounts: SSH callbacks in, inbox calls out.
//!
//! The protocol is SFTP version 3 (draft-ietf-secsh-filexfer-02), as OpenSSH's `sftp-server` speaks it. `engine` answers
//! one packet after the other and knows no SSH; `requests` says what each of them does. `session` feeds it from an SSH
//! channel and lets no more answers wait than the client's window takes; `away` is for windows that take everything.

mod away;
mod engine;
#[cfg(test)]
mod engine_laws;
mod host_key;
mod limits;
mod listing;
mod login;
mod packet;
mod refusal;
mod requests;
mod server;
mod session;
mod settings;

pub use host_key::{HostKeyError, HostKeys};
pub use login::SftpLogin;
pub use server::{RunningServer, Server};
pub use settings::SftpSettings;

/// A file in the read-only folder `samples/`, the same for everyone.
#[derive(Clone, Debug)]
pub struct SampleFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: &'static [u8],
}
