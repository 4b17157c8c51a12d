//! `homeroom serve`: the server, until SIGTERM.

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Exit;
use crate::lifecycle::Running;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Args)]
pub(crate) struct Serve {}

impl Serve {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        tokio::runtime::Runtime::new()?.block_on(async {
            let running = Running::start(&app).await?;
            let addresses = running.addresses();
            output.result(addresses, || {
                format!(
                    "SFTP    {} ({})\nprobes  http://{}/readyz\ndata    {}",
                    addresses.sftp,
                    addresses.host_key_fingerprint,
                    addresses.web,
                    app.data.display()
                )
            })?;
            asked_to_stop().await?;
            tokio::spawn(async {
                if asked_to_stop().await.is_ok() {
                    std::process::exit(130);
                }
            });
            running.stop().await;
            Ok(Exit::Done)
        })
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
