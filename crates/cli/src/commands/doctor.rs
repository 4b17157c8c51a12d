//! `homeroom doctor`: what is wrong here, and what to do.

use std::net::TcpStream;
use std::time::Duration;

use clap::Args;
use homeroom_store::Store;
use serde::Serialize;

use crate::exit::Exit;
use crate::lifecycle::sftp_address;
use crate::output::Output;
use crate::wiring::{App, Place};

#[derive(Args)]
pub(crate) struct Doctor {}

#[derive(Serialize)]
struct Finding {
    fine: bool,
    what: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    todo: String,
}

impl Doctor {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let findings = match place.open() {
            Ok(app) => examine(&app)?,
            Err(error) => vec![Finding {
                fine: false,
                what: format!("homeroom cannot be opened here: {error:#}"),
                todo: "mend what the message names; `homeroom config check` looks at the settings alone"
                    .into(),
            }],
        };
        output.result(&findings, || findings.iter().map(line).collect())?;
        Ok(if findings.iter().all(|finding| finding.fine) { Exit::Done } else { Exit::Failed })
    }
}

fn line(finding: &Finding) -> String {
    match finding.fine {
        true => format!("fine     {}\n", finding.what),
        false => format!("WRONG    {}\n         {}\n", finding.what, finding.todo),
    }
}

fn examine(app: &App) -> anyhow::Result<Vec<Finding>> {
    let (has, wants) = app.store.schema_versions()?;
    Ok(vec![
        Finding {
            fine: has == wants,
            what: format!("the database answers and has schema {has}"),
            todo: String::new(),
        },
        server(app)?,
        jobs(&app.store)?,
        kept_files(&app.store)?,
    ])
}

fn server(app: &App) -> anyhow::Result<Finding> {
    let (host, port) = sftp_address(app)?;
    let answers = std::net::ToSocketAddrs::to_socket_addrs(&(host.as_str(), port))?
        .any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok());
    Ok(if answers {
        Finding { fine: true, what: format!("SFTP answers at {host}:{port}"), todo: String::new() }
    } else {
        Finding {
            fine: false,
            what: format!("nothing answers at {host}:{port}"),
            todo: "start the server: homeroom serve".into(),
        }
    })
}

fn jobs(store: &Store) -> anyhow::Result<Finding> {
    let counts = store.jobs_count()?;
    let failed = counts.iter().find(|(state, _)| state == "failed").map_or(0, |(_, count)| *count);
    Ok(Finding {
        fine: failed == 0,
        what: if failed == 0 {
            "no job has failed for good".into()
        } else {
            format!("{failed} jobs have failed for good")
        },
        todo: if failed == 0 {
            String::new()
        } else {
            "the server's log has a line «a job failed» for each, with the reason".into()
        },
    })
}

/// Every upload and file that the database names must be there with its size.
fn kept_files(store: &Store) -> anyhow::Result<Finding> {
    let missing = store
        .blobs_named()?
        .into_iter()
        .filter(|(blob, bytes)| !store.blobs().contains(*blob, *bytes))
        .count();
    Ok(Finding {
        fine: missing == 0,
        what: if missing == 0 {
            "every kept file is there".into()
        } else {
            format!("{missing} kept files are missing or cut off")
        },
        todo: if missing == 0 { String::new() } else { "restore the blob folder from a backup".into() },
    })
}
