//! The settings of the SFTP server.

use serde::{Deserialize, Serialize};

/// Where the server listens, and its limits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SftpSettings {
    /// Address and port; port 0 is any free port.
    pub listen: String,
    /// The minimum time that the answer to a wrong password takes.
    pub wrong_login_delay_milliseconds: u64,
    /// Login attempts allowed on one connection.
    pub max_login_attempts: usize,
    /// The most connections at the same time.
    pub max_connections: usize,
    /// The most connections at the same time from one address.
    pub max_connections_per_address: usize,
    /// Time within which a client must log in.
    pub login_seconds: u64,
    /// Time after which a silent session ends.
    pub idle_seconds: u64,
    /// The most files and folders that a session may have open.
    pub max_handles: usize,
}

impl Default for SftpSettings {
    fn default() -> Self {
        SftpSettings {
            listen: "127.0.0.1:2022".into(),
            wrong_login_delay_milliseconds: 1_000,
            max_login_attempts: 6,
            max_connections: 4_000,
            // All districts may share one address, that of a load balancer or a school network.
            max_connections_per_address: 1_200,
            login_seconds: 30,
            idle_seconds: 600,
            max_handles: 100,
        }
    }
}

impl SftpSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// A sentence that names the setting and says what is wrong with it.
    pub fn validate(&self) -> Result<(), String> {
        let counts = [
            ("max_login_attempts", self.max_login_attempts),
            ("max_connections", self.max_connections),
            ("max_connections_per_address", self.max_connections_per_address),
            ("max_handles", self.max_handles),
        ];
        for (name, count) in counts {
            if count == 0 {
                return Err(format!("sftp.{name} must be at least 1"));
            }
        }
        if self.login_seconds == 0 || self.idle_seconds == 0 {
            return Err("sftp.login_seconds and sftp.idle_seconds must be at least 1".into());
        }
        Ok(())
    }
}
