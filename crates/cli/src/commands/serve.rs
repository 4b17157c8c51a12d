//! `homeroom serve`: the server, until SIGTERM.

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::Opening;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::server::Server;

#[derive(Args)]
pub(crate) struct Serve {}

impl Serve {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let opening =
            if global.settings()?.database.migrate { Opening::MayBeOlder } else { Opening::MayBeNew };
        let app = global.open_as(opening)?;
        if let Some(warning) = app.settings.mail.warning() {
            tracing::warn!("{warning}");
        }
        tokio::runtime::Runtime::new()?.block_on(async {
            let server = Server::start(&app).await?;
            let addresses = server.addresses();
            output.result(addresses, || {
                format!(
                    "SFTP    {} ({})\nprobes  http://{}/readyz\ndata    {}",
                    addresses.sftp,
                    addresses.host_key_fingerprint,
                    addresses.web,
                    app.data.display()
                )
            })?;
            stop_signal().await?;
            tokio::spawn(async {
                if stop_signal().await.is_ok() {
                    std::process::exit(130);
                }
            });
            server.stop().await;
            Ok(Exit::Done)
        })
    }
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
