//! `homeroom demo`: the main job, live, over a real SSH connection, in a new folder; with `--year` a school year instead.

use std::net::TcpListener;
use std::path::Path;

use clap::Args;
use homeroom_demo::{DemoServer, StoryResult, YearParts, play_story, play_year, year_clock, year_random};

use crate::app::{App, Opening};
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::server::Server;
use crate::settings::Settings;

#[derive(Args)]
pub(crate) struct Demo {
    /// Exit after the story instead of serving on
    #[arg(long)]
    once: bool,
    /// Play a simulated school year, night by night, in well under a minute; nothing is served
    #[arg(long)]
    year: bool,
}

impl Demo {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let folder = tempfile::Builder::new().prefix("homeroom-demo-").tempdir()?;
        let settings = demo_settings(global)?;
        let exit = if self.year {
            play_the_year(folder.path(), settings, output)
        } else {
            self.play_the_story(folder.path(), settings, output)
        };
        folder.close()?;
        exit
    }

    fn play_the_story(&self, folder: &Path, settings: Settings, output: &Output) -> anyhow::Result<Exit> {
        let app = App::open(folder.to_owned(), settings, Opening::MayBeNew)?;
        tokio::runtime::Runtime::new()?.block_on(async {
            let server = Server::start(&app).await?;
            let played = play_on(&app, &server, output).await;
            if played.is_ok() && !self.once {
                output.note(&format!(
                    "\nThe demo keeps serving. In another terminal: homeroom --data {} runs lincoln\nCtrl-C ends it and \
                     removes its folder.",
                    app.data.display()
                ));
                super::serve::stop_signal().await?;
            }
            server.stop().await;
            played.map(|()| Exit::Done)
        })
    }
}

async fn play_on(app: &App, server: &Server, output: &Output) -> anyhow::Result<()> {
    let addresses = server.addresses();
    let server = DemoServer {
        store: app.store.clone(),
        inbox: app.inbox.clone(),
        data: &app.data,
        sftp: addresses.sftp,
        web: addresses.web,
        host_key_fingerprint: &addresses.host_key_fingerprint,
    };
    let result: StoryResult = play_story(&server, &|line| output.note(line)).await?;
    Ok(output.result(&result, || result.text())?)
}

fn play_the_year(folder: &Path, settings: Settings, output: &Output) -> anyhow::Result<Exit> {
    let app = App::open_with(folder.to_owned(), settings, Opening::MayBeNew, (year_clock(), year_random()))?;
    let parts = YearParts {
        store: app.store.clone(),
        inbox: app.inbox.clone(),
        sync: app.sync_context(),
        worker: app.worker()?,
        folder: folder.to_owned(),
    };
    let year = play_year(parts, &|line| output.note(line))?;
    output.result(&year, || year.text())?;
    Ok(if year.as_expected { Exit::Done } else { Exit::Failed })
}

/// The operator's settings, but with a short settle time, a database of its own and free ports.
fn demo_settings(global: &GlobalArgs) -> anyhow::Result<Settings> {
    let mut settings = global.settings()?;
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
