//! Starts and stops the SFTP server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homeroom_inbox::Inbox;
use russh::keys::{Algorithm, HashAlg};
use russh::server::{Config, run_stream};
use russh::{Preferred, SshId};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::connections::{Connections, CutStream};
use crate::host_key::HostKeys;
use crate::session::Session;
use crate::settings::SftpSettings;
use crate::shared::{Shared, login_methods};

/// Passwords verified at the same time: each takes 19 MiB.
const CONCURRENT_PASSWORDS: usize = 2;
/// How long a session that was cut may take to end, since it may be closing a file.
const CUT_GRACE: Duration = Duration::from_secs(5);
/// The minimum time that the refusal of a key takes, so that it does not reveal whether the user exists. It is short, since
/// clients try several keys before the right one; a wrong password takes longer, see `session`.
const KEY_REFUSAL: Duration = Duration::from_millis(50);
/// Bytes that a client may send before we have read them. A larger window makes uploads over long distances faster.
const WINDOW: u32 = 8 << 20;

/// The SFTP server.
pub struct Server;

/// A running server.
pub struct RunningServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
    connections: Connections,
    cut: watch::Sender<bool>,
}

impl Server {
    /// Listens, and serves until [`RunningServer::shutdown`].
    ///
    /// # Errors
    /// When it cannot listen on the address.
    pub async fn start(
        settings: SftpSettings,
        inbox: Inbox,
        host_keys: HostKeys,
    ) -> io::Result<RunningServer> {
        let listener = TcpListener::bind(&settings.listen).await?;
        let address = listener.local_addr()?;
        let config = Arc::new(config(&settings, host_keys));
        let passwords = Semaphore::new(CONCURRENT_PASSWORDS);
        let shared = Arc::new(Shared { settings, inbox, passwords });
        let connections = Connections::default();
        let (cut, is_cut) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, config, shared, connections.clone(), is_cut));
        Ok(RunningServer { address, accepting, connections, cut })
    }
}

impl RunningServer {
    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no new connections, gives open ones `grace` to end by themselves, then cuts them. An upload that is cut stays
    /// partial and can be resumed.
    pub async fn shutdown(self, grace: Duration) {
        self.accepting.abort();
        let all_ended = async || {
            while self.connections.total() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(grace, all_ended()).await.is_err() {
            // There is no receiver if the last session has just ended.
            let _ = self.cut.send(true);
            if tokio::time::timeout(CUT_GRACE, all_ended()).await.is_err() {
                tracing::warn!(sessions = self.connections.total(), "sessions that were cut have not ended");
            }
        }
    }
}

fn config(settings: &SftpSettings, host_keys: HostKeys) -> Config {
    // Nobody should trust a server by a SHA-1 signature.
    let key = Preferred::DEFAULT.key.iter().filter(|algorithm| **algorithm != Algorithm::Rsa { hash: None });
    let preferred = Preferred { key: key.cloned().collect::<Vec<_>>().into(), ..Preferred::DEFAULT };
    debug_assert!(preferred.key.contains(&Algorithm::Rsa { hash: Some(HashAlg::Sha512) }));
    Config {
        server_id: SshId::Standard("SSH-2.0-Homeroom".into()),
        methods: login_methods(),
        auth_rejection_time: KEY_REFUSAL,
        // Clients first ask for the login methods with a login that is expected to be refused.
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: host_keys.keys,
        window_size: WINDOW,
        maximum_packet_size: 65_535,
        preferred,
        // Asking for the methods also counts as an attempt.
        max_auth_attempts: settings.max_login_attempts.saturating_add(1),
        inactivity_timeout: Some(Duration::from_secs(settings.idle_seconds)),
        keepalive_interval: None,
        nodelay: true,
        ..Config::default()
    }
}

async fn accept(
    listener: TcpListener,
    config: Arc<Config>,
    shared: Arc<Shared>,
    connections: Connections,
    is_cut: watch::Receiver<bool>,
) {
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                let Some(counted) = connections.add(peer.ip(), &shared.settings) else {
                    tracing::warn!(peer = %peer.ip(), "a connection was refused: there are too many");
                    continue;
                };
                let logged_in = Arc::new(AtomicBool::new(false));
                let session = Session::new(shared.clone(), peer, logged_in.clone(), counted);
                tokio::spawn(serve(socket, config.clone(), session, logged_in, is_cut.clone()));
            }
            Err(error) => {
                // Most likely there are no free file descriptors; some will be free soon.
                tracing::warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(
    socket: TcpStream,
    config: Arc<Config>,
    session: Session,
    logged_in: Arc<AtomicBool>,
    mut is_cut: watch::Receiver<bool>,
) {
    let login_time = Duration::from_secs(session.settings().login_seconds);
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(error = %error, "a connection was lost immediately");
        return;
    }
    let cut = async move {
        let login_timeout = async {
            tokio::time::sleep(login_time).await;
            if logged_in.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = login_timeout => {}
            // An error means that the server is gone, which cuts the connection too.
            _ = is_cut.wait_for(|cut| *cut) => {}
        }
    };
    let stream = CutStream { stream: socket, cut: Box::pin(cut), is_cut: false };
    let ended = match run_stream(config, stream, session).await {
        Ok(running) => running.await,
        Err(error) => Err(error),
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a session ended");
    }
}
