//! Start and stop of a server, written once: `serve` and `demo` use it.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, bail};
use homeroom_inbox::Inbox;
use homeroom_jobs::Shutdown;
use homeroom_sftp::{HostKeys, RunningServer, SampleFile};
use homeroom_sync::handle_job;
use serde::Serialize;
use tokio::task::JoinHandle as Task;

use crate::probes;
use crate::wiring::App;

/// How long sessions and jobs get to end by themselves.
const GRACE: Duration = Duration::from_secs(10);
/// Files and sockets that a server may have open, if the system's hard limit allows it.
const OPEN_FILES: u64 = 65_536;
/// How often files that nobody goes on with are looked for.
const CLEANING: Duration = Duration::from_secs(3_600);

/// A server at work.
pub(crate) struct Running {
    addresses: Addresses,
    sftp: RunningServer,
    web: Task<()>,
    workers: Vec<JoinHandle<()>>,
    stop: Shutdown,
    _alone: File,
}

/// Where a server can be reached; also kept in `serving.json` in the data folder for the other commands.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub(crate) struct Addresses {
    /// Of the SFTP server.
    pub(crate) sftp: SocketAddr,
    /// Of the probes.
    pub(crate) web: SocketAddr,
    /// `SHA256:…` of the ed25519 host key.
    pub(crate) host_key_fingerprint: String,
}

/// The files in `samples/` of every account.
pub(crate) fn samples() -> Vec<SampleFile> {
    let file = |name: &str, bytes: &'static [u8]| SampleFile { name: name.into(), bytes };
    vec![
        file("roster-sample.csv", include_bytes!("../../../samples/roster-sample.csv")),
        file("format-guide.txt", include_bytes!("../../../samples/format-guide.txt")),
    ]
}

impl Running {
    /// Starts SFTP, probes and workers. Whatever was cut off at the last end goes on.
    pub(crate) async fn start(app: &App) -> anyhow::Result<Running> {
        let alone = alone(app)?;
        // Each session has a socket and the file that it writes; many systems begin with 1,024.
        rlimit::increase_nofile_limit(OPEN_FILES).context("the limit of open files cannot be looked up")?;
        let host_keys = HostKeys::load_or_make(&app.data)?;
        let host_key_fingerprint = host_keys.fingerprint();
        let sftp =
            homeroom_sftp::Server::start(app.settings.sftp.clone(), app.inbox.clone(), samples(), host_keys)
                .await?;
        let listen = &app.settings.web.listen;
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("web.listen {listen} cannot be had: choose another port"))?;
        let addresses = Addresses { sftp: sftp.addr(), web: listener.local_addr()?, host_key_fingerprint };
        let router = probes::router(app.store.clone());
        let web = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(error = %error, "the web server ended");
            }
        });
        let stop = Shutdown::default();
        let context = app.sync_context();
        let handler = Arc::new(move |job: &homeroom_store::jobs::Job| handle_job(&context, job));
        let worker = app.worker()?;
        let mut workers = worker.start(app.settings.jobs.workers, &stop, &handler);
        workers.push(start_cleaning(app.inbox.clone(), stop.clone()));
        write_addresses(app, &addresses)?;
        Ok(Running { addresses, sftp, web, workers, stop, _alone: alone })
    }

    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Takes no new connection, lets sessions and the jobs at hand end, then stops.
    pub(crate) async fn stop(self) {
        self.stop.stop();
        self.sftp.shutdown(GRACE).await;
        self.web.abort();
        let workers = self.workers;
        let ended =
            tokio::task::spawn_blocking(move || workers.into_iter().all(|worker| worker.join().is_ok()));
        match ended.await {
            Ok(true) => tracing::info!("stopped"),
            _ => tracing::error!("a worker ended in a state that the program does not expect"),
        }
    }
}

/// Starts to remove what broken uploads left behind, now and every hour until `stop`.
fn start_cleaning(inbox: Inbox, stop: Shutdown) -> JoinHandle<()> {
    thread::spawn(move || {
        while !stop.is_stopped() {
            match inbox.clean_staging() {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "files of broken uploads were removed"),
                Err(error) => {
                    tracing::warn!(error = %error, "files of broken uploads were not removed; trying again later");
                }
            }
            stop.sleep(CLEANING);
        }
    })
}

/// Two servers on one data folder would both think that they are the only one.
fn alone(app: &App) -> anyhow::Result<File> {
    let path = app.data.join("serve.lock");
    let file = File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    if file.try_lock().is_err() {
        bail!("another `homeroom serve` is at work on {}: stop it first", app.data.display());
    }
    Ok(file)
}

fn write_addresses(app: &App, addresses: &Addresses) -> anyhow::Result<()> {
    let path = app.data.join("serving.json");
    let unfinished = app.data.join("serving.json.unfinished");
    std::fs::write(&unfinished, serde_json::to_vec_pretty(addresses)?)
        .and_then(|()| std::fs::rename(&unfinished, &path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The address of the SFTP server for a person: that of a running server, else the one it would listen on.
pub(crate) fn sftp_address(app: &App) -> anyhow::Result<(String, u16)> {
    let serving = std::fs::read(app.data.join("serving.json")).ok();
    let serving = serving.and_then(|json| serde_json::from_slice::<Addresses>(&json).ok());
    let listen = &app.settings.sftp.listen;
    let (host, port) = listen
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse::<u16>().ok()?)))
        .with_context(|| format!("sftp.listen '{listen}' is no HOST:PORT"))?;
    match serving {
        // Port 0 means: whichever was free when the server started.
        Some(addresses) if port == 0 => Ok((host, addresses.sftp.port())),
        _ => Ok((host, port)),
    }
}
