//! `homeroom audit`: who did what, and whether that record is as it was written.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Subcommand;
use homeroom_model::Zone;
use homeroom_model::audit::{AuditEntry, AuditFault};
use homeroom_model::district::Slug;
use homeroom_report::terminal_safe;
use serde::Serialize;
use serde_json::json;

use crate::app::App;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::new_file::write_new_file;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Audit {
    /// List what was done, newest first: to a district, or without one the districts that were added and erased
    List {
        /// The district
        slug: Option<Slug>,
        /// How many entries to list
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        most: usize,
    },
    /// Check that no entry was changed, removed, inserted or moved: of a district, or of all
    Verify {
        /// The district
        slug: Option<Slug>,
    },
    /// Write every entry to a file, oldest first, one JSON object a line
    Export {
        /// The district; without one, the log of the installation and of every district
        slug: Option<Slug>,
        /// File to write; - for standard output
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
}

/// A log that was checked.
#[derive(Serialize)]
struct Verified {
    /// The district; `None` for the log of the installation.
    district: Option<Slug>,
    entries: usize,
    /// The hash of the last entry. Keep it elsewhere: who has it can tell whether the whole log was written anew.
    last_hash: Option<String>,
    fault: Option<AuditFault>,
}

impl Audit {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        match self {
            Audit::List { slug, most } => {
                let mut entries = entries(&app, slug.as_ref())?;
                entries.reverse();
                entries.truncate(*most);
                let zone = match slug {
                    Some(slug) => app.district(slug)?.0.time_zone,
                    None => Zone::utc(),
                };
                output.result(&entries, || list_text(&entries, &zone))?;
                Ok(Exit::Done)
            }
            Audit::Verify { slug } => verify(&app, slug.as_ref(), output),
            Audit::Export { slug, out } => {
                let mut all = entries(&app, slug.as_ref())?;
                if slug.is_none() {
                    for district in app.store.districts_list()? {
                        all.extend(entries(&app, Some(&district.slug))?);
                    }
                }
                export(&all, out, output)
            }
        }
    }
}

/// A district's log, or that of the installation, oldest first.
fn entries(app: &App, slug: Option<&Slug>) -> anyhow::Result<Vec<AuditEntry>> {
    Ok(match slug {
        Some(slug) => app.district(slug)?.1.audit_list()?,
        None => app.store.installation_audit_list()?,
    })
}

fn verify(app: &App, slug: Option<&Slug>, output: &Output) -> anyhow::Result<Exit> {
    let logs = match slug {
        Some(slug) => vec![verified(app, Some(slug.clone()))?],
        None => {
            let districts = app.store.districts_list()?.into_iter().map(|district| Some(district.slug));
            [None].into_iter().chain(districts).map(|slug| verified(app, slug)).collect::<Result<_, _>>()?
        }
    };
    output.result(&logs, || logs.iter().map(Verified::line).collect())?;
    Ok(if logs.iter().all(|log| log.fault.is_none()) { Exit::Done } else { Exit::Failed })
}

fn verified(app: &App, slug: Option<Slug>) -> anyhow::Result<Verified> {
    let fault = match &slug {
        Some(slug) => app.district(slug)?.1.audit_verify()?,
        None => app.store.installation_audit_verify()?,
    };
    // Entries that cannot be read are a fault, too.
    let entries = if fault.is_none() { entries(app, slug.as_ref())? } else { vec![] };
    let last_hash = entries.last().map(|entry| entry.hash.clone());
    Ok(Verified { district: slug, entries: entries.len(), last_hash, fault })
}

impl Verified {
    fn line(&self) -> String {
        let whose = self.district.as_ref().map_or_else(|| "the installation".into(), Slug::to_string);
        match (&self.fault, &self.last_hash) {
            (Some(AuditFault { fault, .. }), _) => format!(
                "PROBLEM  {whose}: {fault}. Somebody changed the database by hand: compare it with a backup or an earlier export\n"
            ),
            (None, Some(hash)) => {
                format!("ok       {whose}: {} entries, the last with the hash {hash}\n", self.entries)
            }
            (None, None) => format!("ok       {whose}: no entries yet\n"),
        }
    }
}

fn export(entries: &[AuditEntry], out: &std::path::Path, output: &Output) -> anyhow::Result<Exit> {
    let write = |file: &mut dyn Write| {
        for entry in entries {
            serde_json::to_writer(&mut *file, entry)?;
            file.write_all(b"\n")?;
        }
        Ok(())
    };
    if out.as_os_str() == "-" {
        let mut stdout = BufWriter::new(std::io::stdout().lock());
        write(&mut stdout)?;
        stdout.flush()?;
        return Ok(Exit::Done);
    }
    write_new_file(out, write)?;
    let document = json!({"out": out, "entries": entries.len()});
    output.result(&document, || format!("Wrote {} entries to {}", entries.len(), out.display()))?;
    Ok(Exit::Done)
}

fn list_text(entries: &[AuditEntry], zone: &Zone) -> String {
    if entries.is_empty() {
        return "Nothing yet".into();
    }
    let line = |entry: &AuditEntry| {
        let AuditEntry { number, at, cause, action, subject, details, .. } = entry;
        let action = action.as_str().replace('_', " ");
        let details = if details.is_empty() { String::new() } else { format!(" ({details})") };
        let line =
            format!("{number:>5}  {}  {action}: {subject}{details}, {}", zone.show(*at), cause.in_words());
        terminal_safe(&line) + "\n"
    };
    entries.iter().map(line).collect()
}
