//! A district's SFTP client.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, ensure};
use russh::client::{Config, Handler, connect};

use russh::keys::{HashAlg, PublicKeyOrCertificate};
use russh_sftp::client::SftpSession;
use russh_sftp::protocol::OpenFlags;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A connection that was let in.
pub(super) struct Client(SftpSession);

/// Knows the server by the fingerprint that the district was given.
struct Known {
    fingerprint: String,
}

impl Handler for Known {
    type Error = anyhow::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(key.public_key().fingerprint(HashAlg::Sha256).to_string() == self.fingerprint)
    }
}

impl Client {
    pub(super) async fn connect(
        address: SocketAddr,
        fingerprint: &str,
        user: &str,
        password: &str,
    ) -> anyhow::Result<Client> {
        let known = Known { fingerprint: fingerprint.to_owned() };
        let mut session = connect(Arc::new(Config::default()), address, known).await?;
        let answer = session.authenticate_password(user, password).await?;
        ensure!(answer.success(), "the server refused the password that it gave out");
        let channel = session.channel_open_session().await?;
        channel.request_subsystem(true, "sftp").await?;
        let sftp = SftpSession::new(channel.into_stream()).await?;
        Ok(Client(sftp))
    }

    pub(super) async fn put(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let mut file = self.0.open_with_flags(name, flags).await?;
        file.write_all(bytes).await?;
        file.shutdown().await.with_context(|| format!("{name} was not taken"))
    }

    pub(super) async fn get(&self, name: &str) -> anyhow::Result<String> {
        let mut text = String::new();
        self.0.open(name).await?.read_to_string(&mut text).await?;
        Ok(text)
    }

    pub(super) async fn list(&self, folder: &str) -> anyhow::Result<Vec<String>> {
        let mut names = self.0.read_dir(folder).await?.map(|entry| entry.file_name()).collect::<Vec<_>>();
        names.sort();
        Ok(names)
    }
}
