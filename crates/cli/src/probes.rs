//! `/healthz`, `/readyz` and `/metrics`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use homeroom_store::{Store, StoreError};
use tokio::task::spawn_blocking;

pub(crate) fn router(store: Store) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(store)
}

/// Ready when the database answers and has this version's schema.
async fn readyz(State(store): State<Store>) -> Response {
    match spawn_blocking(move || store.schema_versions()).await {
        Ok(Ok((has, wants))) if has == wants => "ready\n".into_response(),
        Ok(Ok((has, wants))) => unavailable(format!(
            "the database has schema {has}, this program wants {wants}: run `homeroom migrate`"
        )),
        Ok(Err(error)) => unavailable(format!("the database does not answer: {error}")),
        Err(error) => unavailable(format!("the database was not asked: {error}")),
    }
}

/// Prometheus text (exposition format 0.0.4), counted in the database, so that a restart loses nothing.
async fn metrics(State(store): State<Store>) -> Response {
    match spawn_blocking(move || text(&store)).await {
        Ok(Ok(text)) => ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Ok(Err(error)) => unavailable(format!("the database does not answer: {error}")),
        Err(error) => unavailable(format!("the database was not asked: {error}")),
    }
}

fn text(store: &Store) -> Result<String, StoreError> {
    let mut text = format!(
        "# HELP homeroom_build_info The version at work.\n# TYPE homeroom_build_info gauge\n\
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

fn unavailable(why: String) -> Response {
    tracing::warn!(why, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, why + "\n").into_response()
}
