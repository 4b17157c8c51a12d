//! `homeroom doctor`: what is wrong with this installation, and how to fix it.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use clap::Args;
use homeroom_store::Store;
use homeroom_sync::orphaned_runs;
use serde::Serialize;

use crate::app::App;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::folders;
use crate::output::Output;
use crate::server::sftp_address;

#[derive(Args)]
pub(crate) struct Doctor {}

/// The result of one examination.
#[derive(Serialize)]
struct Diagnosis {
    #[serde(skip)]
    label: &'static str,
    #[serde(rename = "fine")]
    is_ok: bool,
    #[serde(rename = "what")]
    state: String,
    /// How to fix it.
    #[serde(rename = "todo", skip_serializing_if = "String::is_empty")]
    advice: String,
}

impl Diagnosis {
    fn ok(state: impl Into<String>) -> Diagnosis {
        Diagnosis { label: "ok", is_ok: true, state: state.into(), advice: String::new() }
    }

    /// Something to know that is not a problem.
    fn note(state: impl Into<String>) -> Diagnosis {
        Diagnosis { label: "note", ..Diagnosis::ok(state) }
    }

    fn problem(state: impl Into<String>, fix: impl Into<String>) -> Diagnosis {
        Diagnosis { label: "PROBLEM", is_ok: false, state: state.into(), advice: fix.into() }
    }

    fn line(&self) -> String {
        let advice =
            if self.advice.is_empty() { String::new() } else { format!("         {}\n", self.advice) };
        format!("{:<8} {}\n{advice}", self.label, self.state)
    }
}

impl Doctor {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let diagnoses = match global.open() {
            Ok(app) => examine(&app)?,
            Err(error) => vec![Diagnosis::problem(
                format!("homeroom cannot start here: {error:#}"),
                "fix the problem named above; `homeroom config check` checks the settings alone",
            )],
        };
        output.result(&diagnoses, || diagnoses.iter().map(Diagnosis::line).collect())?;
        Ok(if diagnoses.iter().all(|diagnosis| diagnosis.is_ok) { Exit::Done } else { Exit::Failed })
    }
}

fn examine(app: &App) -> anyhow::Result<Vec<Diagnosis>> {
    let mut diagnoses =
        vec![schema(&app.store)?, server(app)?, failed_jobs(&app.store)?, stored_files(&app.store)?];
    diagnoses.extend([orphans(&app.store)?, audit_logs(&app.store)?, private_files(app)?, disk(app)]);
    diagnoses.extend(app.settings.mail.warning().map(Diagnosis::note));
    Ok(diagnoses)
}

fn schema(store: &Store) -> anyhow::Result<Diagnosis> {
    // A database of another schema was refused when it was opened.
    Ok(Diagnosis::ok(format!("the database answers and has schema {}", store.schema_versions()?.actual)))
}

fn server(app: &App) -> anyhow::Result<Diagnosis> {
    let (host, port) = sftp_address(app)?;
    let answers = (host.as_str(), port)
        .to_socket_addrs()?
        .any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok());
    Ok(match answers {
        true => Diagnosis::ok(format!("SFTP answers at {host}:{port}")),
        false => Diagnosis::problem(
            format!("nothing answers at {host}:{port}"),
            "start the server: homeroom serve",
        ),
    })
}

fn failed_jobs(store: &Store) -> anyhow::Result<Diagnosis> {
    let counts = store.jobs_count()?;
    let failed = counts.iter().find(|(state, _)| state == "failed").map_or(0, |(_, count)| *count);
    Ok(match failed {
        0 => Diagnosis::ok("no job has failed permanently"),
        _ => Diagnosis::problem(
            format!("{failed} jobs have failed permanently"),
            "search the server's log for \"a job failed\"; each such line has the reason",
        ),
    })
}

/// Every run that is not done must be in the queue.
fn orphans(store: &Store) -> anyhow::Result<Diagnosis> {
    let mut orphans = 0;
    for district in store.districts_list()? {
        orphans += orphaned_runs(&store.district(district.id))?.len();
    }
    Ok(match orphans {
        0 => Diagnosis::ok("every run that is not done is in the queue"),
        _ => Diagnosis::problem(
            format!("{orphans} runs are neither done nor in the queue"),
            "restart the server: it queues them again when it starts",
        ),
    })
}

fn audit_logs(store: &Store) -> anyhow::Result<Diagnosis> {
    let mut faults = i32::from(store.installation_audit_verify()?.is_some());
    for district in store.districts_list()? {
        faults += i32::from(store.district(district.id).audit_verify()?.is_some());
    }
    Ok(match faults {
        0 => Diagnosis::ok("the audit logs are as they were written"),
        _ => Diagnosis::problem(
            format!("{faults} audit logs are not as they were written"),
            "run `homeroom audit verify`, which names the first wrong entry of each",
        ),
    })
}

/// Nobody else on the machine may read children's data.
fn private_files(app: &App) -> anyhow::Result<Diagnosis> {
    let open = folders::open_to_others(&app.folders())?;
    Ok(match open.as_slice() {
        [] => Diagnosis::ok("only this user can read the data folder and the stored files"),
        [first, ..] => {
            let folders = app.folders().iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>();
            Diagnosis::problem(
                format!(
                    "other users of this machine may read {}",
                    match open.len() {
                        1 => first.display().to_string(),
                        files => format!("{files} files and folders, such as {}", first.display()),
                    }
                ),
                format!("take that from them: chmod -R go-rwx {}", folders.join(" ")),
            )
        }
    })
}

fn disk(app: &App) -> Diagnosis {
    match folders::unwritable(&app.folders()) {
        None => Diagnosis::ok("the data folder can be written to, and its disk has space"),
        Some(problem) => Diagnosis::problem(problem, "make space, or make the folder writable"),
    }
}

/// Every blob that the database names must exist with its size.
fn stored_files(store: &Store) -> anyhow::Result<Diagnosis> {
    let blobs = store.blobs_referenced()?.into_iter();
    let missing = blobs.filter(|(blob, bytes)| !store.blobs().contains(*blob, *bytes)).count();
    Ok(match missing {
        0 => Diagnosis::ok("all stored files are complete"),
        _ => Diagnosis::problem(
            format!("{missing} stored files are missing or truncated"),
            "restore the blob folder from a backup",
        ),
    })
}
