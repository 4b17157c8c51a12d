//! The district's SFTP client.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, ensure};
use homeroom_sftp::SftpLogin;
use russh::client::{Config, Handler, connect};
use russh::keys::{HashAlg, PublicKeyOrCertificate};
use russh_sftp::client::SftpSession;
use russh_sftp::protocol::OpenFlags;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A logged-in session.
pub(crate) struct SftpClient(SftpSession);

/// Trusts only the server whose fingerprint the district was given.
struct ExpectedHostKey {
    fingerprint: String,
}

impl Handler for ExpectedHostKey {
    type Error = anyhow::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(key.public_key().fingerprint(HashAlg::Sha256).to_string() == self.fingerprint)
    }
}

impl SftpClient {
    pub(crate) async fn connect(address: SocketAddr, login: &SftpLogin) -> anyhow::Result<SftpClient> {
        let expected = ExpectedHostKey { fingerprint: login.host_key_fingerprint.clone() };
        let mut session = connect(Arc::new(Config::default()), address, expected).await?;
        let answer = session.authenticate_password(&login.user, &login.password).await?;
        ensure!(answer.success(), "the server refused the password that it issued");
        let channel = session.channel_open_session().await?;
        channel.request_subsystem(true, "sftp").await?;
        Ok(SftpClient(SftpSession::new(channel.into_stream()).await?))
    }

    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let mut file = self.0.open_with_flags(name, flags).await?;
        file.write_all(bytes).await?;
        file.shutdown().await.with_context(|| format!("the server did not accept {name}"))
    }

    pub(crate) async fn download(&self, name: &str) -> anyhow::Result<String> {
        let mut text = String::new();
        self.0.open(name).await?.read_to_string(&mut text).await?;
        Ok(text)
    }

    /// The names in a folder, sorted.
    pub(crate) async fn list(&self, folder: &str) -> anyhow::Result<Vec<String>> {
        let mut names = self.0.read_dir(folder).await?.map(|entry| entry.file_name()).collect::<Vec<_>>();
        names.sort();
        Ok(names)
    }
}
