//! `homeroom roster`: the stored roster.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use homeroom_ask::{WrittenRecords, export_flat, write_records};
use homeroom_model::district::Slug;
use homeroom_store::DistrictStore;
use serde_json::json;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::new_file::write_new_file;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Roster {
    /// Write the active roster to a file
    Export {
        /// The district
        slug: Slug,
        /// Format of the file
        #[arg(long, value_enum)]
        format: Format,
        /// File to write; - for standard output
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// Flat CSV; reading it back plans no change
    Flat,
    /// One JSON object a line, with permanent ids; `homeroom changes` continues it
    Jsonl,
}

impl Roster {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let Roster::Export { slug, format, out } = self;
        let app = global.open()?;
        let (_, district) = app.district(slug)?;
        match format {
            Format::Flat => flat(&district, out, output),
            Format::Jsonl => jsonl(&district, slug, out, output),
        }
    }
}

fn flat(district: &DistrictStore, out: &Path, output: &Output) -> anyhow::Result<Exit> {
    let stored = district.roster_load()?;
    if out.as_os_str() == "-" {
        export_flat(&stored, &mut BufWriter::new(std::io::stdout().lock()))?;
        return Ok(Exit::Done);
    }
    let exported = write_new_file(out, |file| Ok(export_flat(&stored, file)?))?;
    if exported.left_out > 0 {
        output.note(&format!(
            "{} active people and classes have no row in a flat file: people without a class, and classes without \
             a teacher or without students.",
            exported.left_out
        ));
    }
    let document = json!({"out": out, "rows": exported.rows, "left_out": exported.left_out});
    output.result(&document, || format!("Wrote {} rows to {}", exported.rows, out.display()))?;
    Ok(Exit::Done)
}

fn jsonl(district: &DistrictStore, slug: &Slug, out: &Path, output: &Output) -> anyhow::Result<Exit> {
    let records = district.roster_with_ids()?;
    let next = |version| format!("the changes after it: homeroom changes {slug} --since {version}");
    if out.as_os_str() == "-" {
        let mut stdout = BufWriter::new(std::io::stdout().lock());
        let WrittenRecords { version, .. } = write_records(&records, &mut stdout)?;
        stdout.flush()?;
        output.note(&format!("This is version {version}; {}", next(version)));
        return Ok(Exit::Done);
    }
    let WrittenRecords { lines, version } = write_new_file(out, |file| Ok(write_records(&records, file)?))?;
    let document = json!({"out": out, "rows": lines, "version": version});
    output.result(&document, || {
        format!("Wrote {lines} records of version {version} to {}; {}", out.display(), next(version))
    })?;
    Ok(Exit::Done)
}
