//! `homeroom demo`: the main job, live, over a real SSH connection, in a fresh folder; with `--year` a school year instead.

mod client;
mod story;
mod year;

use std::net::TcpListener;

use clap::Args;

use crate::config::Settings;
use crate::exit::Exit;
use crate::lifecycle::Running;
use crate::output::Output;
use crate::wiring::{App, Place};

#[derive(Args)]
pub(crate) struct Demo {
    /// End after the story instead of serving on
    #[arg(long)]
    once: bool,
    /// Play a simulated school year, night by night, in well under a minute; nothing is served
    #[arg(long)]
    year: bool,
}

impl Demo {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let folder = tempfile::Builder::new().prefix("homeroom-demo-").tempdir()?;
        if self.year {
            let ended = year::play(folder.path(), settings(place)?, output);
            folder.close()?;
            return ended;
        }
        let app = App::open(folder.path().to_owned(), settings(place)?)?;
        let ended = tokio::runtime::Runtime::new()?.block_on(async {
            let running = Running::start(&app).await?;
            let told = story::tell(&app, running.addresses(), output).await;
            if told.is_ok() && !self.once {
                output.note("\nThe demo keeps serving; Ctrl-C ends it and removes its folder.");
                super::serve::asked_to_stop().await?;
            }
            running.stop().await;
            told
        });
        drop(app);
        folder.close()?;
        ended.map(|()| Exit::Done)
    }
}

/// The operator's settings, but a quick settle time, a database of its own, and ports that are free.
fn settings(place: &Place) -> anyhow::Result<Settings> {
    let mut settings = place.settings()?;
    settings.inbox.settle_seconds = 1;
    settings.database.url = String::new();
    settings.blobs.url = String::new();
    settings.log.filter = "warn".into();
    for listen in [&mut settings.sftp.listen, &mut settings.web.listen] {
        if TcpListener::bind(&*listen).is_err() {
            "127.0.0.1:0".clone_into(listen);
        }
    }
    Ok(settings)
}
