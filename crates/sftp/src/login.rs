//! What a person needs to log in to an SFTP account.

use serde::Serialize;

/// Address and credentials of an account, as they are handed to a district.
#[derive(Clone, Debug, Serialize)]
pub struct SftpLogin {
    /// The account's user name.
    pub user: String,
    /// Its password; it is stored only as a hash and cannot be shown again.
    pub password: String,
    /// Where the server is reached.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// `SHA256:…` of the server's ed25519 host key.
    pub host_key_fingerprint: String,
}

impl SftpLogin {
    /// The command that opens a session with OpenSSH's client.
    pub fn command(&self) -> String {
        format!("sftp -P {} {}@{}", self.port, self.user, self.host)
    }
}
