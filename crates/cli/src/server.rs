//! Start and stop of a server, written once: `serve` and `demo` use it.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, bail};
use homeroom_inbox::SampleFile;
use homeroom_jobs::Shutdown;
use homeroom_sftp::{HostKeys, RunningServer};
use homeroom_store::StoreError;
use homeroom_sync::adopt_orphaned_runs;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle as Task;

use crate::app::App;
use crate::listen_error::listen_error;
use crate::web::{self, Probed};

/// How long sessions and jobs may take to finish at a stop.
const GRACE: Duration = Duration::from_secs(10);
/// Files and sockets that a server may have open, if the system's hard limit allows it.
const OPEN_FILES: u64 = 65_536;
/// How often abandoned staging files are removed.
const CLEANING: Duration = Duration::from_secs(3_600);

/// A running server.
pub(crate) struct Server {
    addresses: ServerAddresses,
    sftp: RunningServer,
    web: Task<()>,
    threads: Vec<JoinHandle<()>>,
    shutdown: Shutdown,
    _lock: File,
}

/// Where a server can be reached; also kept in `serving.json` in the data folder for other commands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ServerAddresses {
    /// Of the SFTP server.
    pub(crate) sftp: SocketAddr,
    /// Of the probes.
    pub(crate) web: SocketAddr,
    /// `SHA256:…` of the ed25519 host key.
    pub(crate) host_key_fingerprint: String,
}

impl Server {
    /// Starts SFTP, the probes and the workers. Jobs that the last stop interrupted are resumed.
    pub(crate) async fn start(app: &App) -> anyhow::Result<Server> {
        let lock = lock_data_folder(app)?;
        // Each session has a socket and the file that it writes; many systems begin with a limit of 1,024.
        rlimit::increase_nofile_limit(OPEN_FILES).context("cannot raise the limit of open files")?;
        let host_keys = HostKeys::load_or_generate(&app.data, app.store.random())?;
        let host_key_fingerprint = host_keys.fingerprint();
        let settings = &app.settings;
        let sftp = homeroom_sftp::Server::start(
            settings.sftp.clone(),
            app.inbox.clone().with_samples(sample_files()),
            host_keys,
        )
        .await
        .map_err(|error| listen_error("sftp.listen", &settings.sftp.listen, &error))?;
        let (web_address, web_server) =
            web::start(&settings.web, Probed { store: app.store.clone(), folders: app.folders() }).await?;
        let addresses = ServerAddresses { sftp: sftp.address(), web: web_address, host_key_fingerprint };
        let shutdown = Shutdown::default();
        let parts = app.clone();
        tokio::task::spawn_blocking(move || adopt_orphans(&parts)).await??;
        let handler = Arc::new(app.sync_context());
        let mut threads = app.worker()?.start(settings.jobs.workers, &shutdown, &handler);
        threads.push(start_cleaning(app.clone(), shutdown.clone()));
        write_addresses(app, &addresses)?;
        Ok(Server { addresses, sftp, web: web_server, threads, shutdown, _lock: lock })
    }

    pub(crate) fn addresses(&self) -> &ServerAddresses {
        &self.addresses
    }

    /// Accepts no new connection, lets sessions and current jobs finish, then stops.
    pub(crate) async fn stop(self) {
        self.shutdown.request();
        self.sftp.shutdown(GRACE).await;
        self.web.abort();
        let threads = self.threads;
        let joined =
            tokio::task::spawn_blocking(move || threads.into_iter().all(|thread| thread.join().is_ok()));
        match joined.await {
            Ok(true) => tracing::info!("stopped"),
            _ => tracing::error!("internal error: a worker thread panicked"),
        }
    }
}

/// Queues runs again that are neither done nor in the queue.
fn adopt_orphans(app: &App) -> anyhow::Result<()> {
    for district in app.store.districts_list()? {
        let adopted = adopt_orphaned_runs(&app.store.district(district.id))?;
        if adopted > 0 {
            tracing::warn!(district = %district.slug, runs = adopted, "queued runs again that had no job");
        }
    }
    Ok(())
}

/// The files in `samples/` of every account.
fn sample_files() -> Vec<SampleFile> {
    let file = |name: &str, bytes: &'static [u8]| SampleFile { name: name.into(), bytes };
    vec![
        file("roster-sample.csv", include_bytes!("../../../samples/roster-sample.csv")),
        file("format-guide.txt", include_bytes!("../../../samples/format-guide.txt")),
    ]
}

/// Removes what broken uploads left behind, and stored files that nothing refers to, now and every hour until `shutdown`.
fn start_cleaning(app: App, shutdown: Shutdown) -> JoinHandle<()> {
    let grace = SignedDuration::from_hours(app.settings.blobs.keep_unused_hours.into());
    thread::spawn(move || {
        while !shutdown.is_requested() {
            log_removed("files of broken uploads", app.inbox.clean_staging());
            log_removed("unused stored files", app.store.blobs_sweep(grace));
            shutdown.sleep(CLEANING);
        }
    })
}

fn log_removed(what: &str, removed: Result<usize, StoreError>) {
    match removed {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, what, "removed files"),
        Err(error) => tracing::warn!(error = %error, what, "could not remove files; trying again later"),
    }
}

/// Refuses a second server on the data folder: each would assume that it is the only one.
fn lock_data_folder(app: &App) -> anyhow::Result<File> {
    let path = app.data.join("serve.lock");
    let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    if file.try_lock().is_err() {
        bail!("another `homeroom serve` is using {}: stop it first", app.data.display());
    }
    Ok(file)
}

fn write_addresses(app: &App, addresses: &ServerAddresses) -> anyhow::Result<()> {
    let path = app.data.join("serving.json");
    let unfinished = app.data.join("serving.json.unfinished");
    std::fs::write(&unfinished, serde_json::to_vec_pretty(addresses)?)
        .and_then(|()| std::fs::rename(&unfinished, &path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Host and port of SFTP, as a person uses them: those of a running server, else the ones it would listen on.
pub(crate) fn sftp_address(app: &App) -> anyhow::Result<(String, u16)> {
    let listen = &app.settings.sftp.listen;
    let (host, port) = listen
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse::<u16>().ok()?)))
        .with_context(|| format!("sftp.listen: '{listen}' is not a valid HOST:PORT"))?;
    if port != 0 {
        return Ok((host, port));
    }
    // Port 0 stands for any free port: a running server has written down which one it got.
    let serving = std::fs::read(app.data.join("serving.json")).ok();
    let serving = serving.and_then(|json| serde_json::from_slice::<ServerAddresses>(&json).ok());
    Ok((host, serving.map_or(0, |addresses| addresses.sftp.port())))
}
