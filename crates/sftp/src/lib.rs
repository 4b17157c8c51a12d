//! The SFTP server of drop accounts: translates SSH callbacks into inbox calls.
//!
//! The protocol is SFTP version 3 (draft-ietf-secsh-filexfer-02), as OpenSSH's `sftp-server` implements it. `session` handles
//! one SSH connection and feeds the bytes of its channels to an `engine`, which splits them into packets and knows no SSH;
//! `requests` answers each packet from the account's file tree. A session keeps no more answers in memory than the client's
//! window accepts; `detached` is for clients whose window accepts everything.

mod connections;
mod detached;
mod engine;
#[cfg(test)]
mod engine_laws;
mod handles;
mod host_key;
mod listing;
mod login;
mod packet;
mod requests;
mod server;
mod session;
mod settings;
mod shared;
mod status_reply;

pub use host_key::{HostKeyError, HostKeys};
pub use login::SftpLogin;
pub use server::{RunningServer, Server};
pub use settings::SftpSettings;
