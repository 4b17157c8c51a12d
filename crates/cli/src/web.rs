//! The HTTP server: `/healthz`, `/readyz` and `/metrics`.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use homeroom_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::folders;
use crate::listen_error::listen_error;
use crate::schema_problem::schema_problem;

/// Settings of the HTTP server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebSettings {
    /// Address and port.
    pub(crate) listen: String,
}

impl Default for WebSettings {
    fn default() -> Self {
        WebSettings { listen: "127.0.0.1:8080".into() }
    }
}

/// What the probes look at.
#[derive(Clone)]
pub(crate) struct Probed {
    pub(crate) store: Store,
    pub(crate) folders: Vec<PathBuf>,
}

/// Starts to answer; the address, and the task that answers until it is aborted.
pub(crate) async fn start(
    settings: &WebSettings,
    probed: Probed,
) -> anyhow::Result<(SocketAddr, JoinHandle<()>)> {
    let listen = &settings.listen;
    let listener =
        TcpListener::bind(listen).await.map_err(|error| listen_error("web.listen", listen, &error))?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router(probed)).await {
            tracing::error!(error = %error, "the web server stopped unexpectedly");
        }
    });
    Ok((address, task))
}

fn router(probed: Probed) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(probed)
}

/// Ready when the database answers and has this version's schema, and the folders can be written to. Writes nothing, and waits for nobody
/// who writes.
async fn readyz(State(probed): State<Probed>) -> Response {
    let probe = move || match probed.store.schema_versions() {
        Ok(schema) => schema_problem(schema).or_else(|| folders::unwritable(&probed.folders)),
        Err(error) => Some(format!("the database does not answer: {error}")),
    };
    match spawn_blocking(probe).await {
        Ok(None) => "ready\n".into_response(),
        Ok(Some(problem)) => unavailable(problem),
        Err(error) => unavailable(format!("the database could not be asked: {error}")),
    }
}

/// Prometheus text (exposition format 0.0.4), counted in the database, so that a restart loses nothing.
async fn metrics(State(Probed { store, .. }): State<Probed>) -> Response {
    match spawn_blocking(move || metrics_text(&store)).await {
        Ok(Ok(text)) => ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Ok(Err(error)) => unavailable(format!("the database does not answer: {error}")),
        Err(error) => unavailable(format!("the database could not be asked: {error}")),
    }
}

fn metrics_text(store: &Store) -> Result<String, StoreError> {
    let mut text = format!(
        "# HELP homeroom_build_info The running version.\n# TYPE homeroom_build_info gauge\n\
         homeroom_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    let families = [
        ("homeroom_jobs", "gauge", "Jobs in the queue by state.", "state", store.jobs_count()?),
        ("homeroom_runs", "gauge", "Runs by state.", "state", store.runs_count()?),
        ("homeroom_districts", "gauge", "Districts by stage.", "stage", store.districts_count()?),
    ];
    for (name, kind, help, label, counts) in families {
        text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        for (value, count) in counts {
            text.push_str(&format!("{name}{{{label}=\"{value}\"}} {count}\n"));
        }
    }
    Ok(text)
}

fn unavailable(reason: String) -> Response {
    tracing::warn!(reason, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, reason + "\n").into_response()
}
