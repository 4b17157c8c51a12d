//! Start and stop of the SFTP server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homeroom_inbox::Inbox;
use russh::keys::{Algorithm, HashAlg};
use russh::server::{Config, run_stream};
use russh::{MethodKind, MethodSet, Preferred, SshId};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::SampleFile;
use crate::host_key::HostKeys;
use crate::limits::{Connections, CutStream};
use crate::session::Session;
use crate::settings::SftpSettings;

/// Passwords that are checked at the same time: each takes 19 MiB.
const PASSWORDS_AT_ONCE: usize = 2;
/// How long a session that was cut may take to end: it may be in the middle of closing a file.
const CUT: Duration = Duration::from_secs(5);
/// The least time that a refused key takes, so that it does not tell whether the user exists. Clients try several keys
/// before the right one, so it is short; a wrong password takes longer, see `session`.
const KEY_REFUSAL: Duration = Duration::from_millis(50);
/// Bytes that a client may send before we have taken them: over a long way, more of it makes an upload faster.
const WINDOW: u32 = 8 << 20;

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) settings: SftpSettings,
    pub(crate) inbox: Inbox,
    pub(crate) samples: Arc<Vec<SampleFile>>,
    pub(crate) passwords: Semaphore,
}

/// The SFTP server.
pub struct Server;

/// A server at work.
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
        samples: Vec<SampleFile>,
        host_keys: HostKeys,
    ) -> io::Result<RunningServer> {
        let listener = TcpListener::bind(&settings.listen).await?;
        let address = listener.local_addr()?;
        let config = Arc::new(config(&settings, host_keys));
        let shared = Arc::new(Shared {
            settings,
            inbox,
            samples: Arc::new(samples),
            passwords: Semaphore::new(PASSWORDS_AT_ONCE),
        });
        let connections = Connections::default();
        let (cut, is_cut) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, config, shared, connections.clone(), is_cut));
        Ok(RunningServer { address, accepting, connections, cut })
    }
}

impl RunningServer {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Takes no new connection, lets open ones end by themselves for `grace`, then cuts them. An upload that is cut
    /// stays partial and can be resumed.
    pub async fn shutdown(self, grace: Duration) {
        self.accepting.abort();
        let quiet = async || {
            while self.connections.all() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(grace, quiet()).await.is_err() {
            // Nobody listens when the last session has just ended.
            let _ = self.cut.send(true);
            if tokio::time::timeout(CUT, quiet()).await.is_err() {
                tracing::warn!(sessions = self.connections.all(), "sessions that were cut are still at work");
            }
        }
    }
}

fn config(settings: &SftpSettings, host_keys: HostKeys) -> Config {
    // SHA-1 signatures are not what anybody should trust a server by.
    let key = Preferred::DEFAULT.key.iter().filter(|algorithm| **algorithm != Algorithm::Rsa { hash: None });
    let preferred = Preferred { key: key.cloned().collect::<Vec<_>>().into(), ..Preferred::DEFAULT };
    debug_assert!(preferred.key.contains(&Algorithm::Rsa { hash: Some(HashAlg::Sha512) }));
    Config {
        server_id: SshId::Standard("SSH-2.0-Homeroom".into()),
        methods: methods(),
        auth_rejection_time: KEY_REFUSAL,
        // Clients ask for the methods first, with a login that is meant to be refused.
        auth_rejection_time_initial: Some(Duration::ZERO),
        keys: host_keys.keys,
        window_size: WINDOW,
        maximum_packet_size: 65_535,
        preferred,
        // Asking for the methods is counted as well, and is no try.
        max_auth_attempts: settings.max_login_attempts.saturating_add(1),
        inactivity_timeout: Some(Duration::from_secs(settings.idle_seconds)),
        keepalive_interval: None,
        nodelay: true,
        ..Config::default()
    }
}

/// The ways to log in.
pub(crate) fn methods() -> MethodSet {
    MethodSet::from([MethodKind::PublicKey, MethodKind::Password].as_slice())
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
                let settings = &shared.settings;
                let most = (settings.max_connections_per_address, settings.max_connections);
                let Some(counted) = connections.count(peer.ip(), most.0, most.1) else {
                    tracing::warn!(peer = %peer.ip(), "a connection was refused: there are too many");
                    continue;
                };
                let logged_in = Arc::new(AtomicBool::new(false));
                let session = Session::new(shared.clone(), peer, logged_in.clone(), counted);
                tokio::spawn(serve(socket, config.clone(), session, logged_in, is_cut.clone()));
            }
            Err(error) => {
                // Out of file handles, most likely: others will be free soon.
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
        tracing::debug!(error = %error, "a connection was lost at once");
        return;
    }
    let cut = async move {
        let too_late = async {
            tokio::time::sleep(login_time).await;
            if logged_in.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = too_late => {}
            // An error says that the server is gone: that is a cut as well.
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
