//! `homeroom roster`: the stored roster.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use homeroom_ask::export_flat;
use homeroom_model::district::Slug;
use serde_json::json;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
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
}

impl Roster {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let Roster::Export { slug, format: Format::Flat, out } = self;
        let app = global.open()?;
        let (_, district) = app.district(slug)?;
        let stored = district.roster_load()?;
        if out.as_os_str() == "-" {
            export_flat(&stored, &mut BufWriter::new(std::io::stdout().lock()))?;
            return Ok(Exit::Done);
        }
        // A reader of the old file never sees half a new one.
        let unfinished = out.with_extension("unfinished");
        let cannot_write = || format!("cannot write {}", out.display());
        let mut file = BufWriter::new(File::create(&unfinished).with_context(cannot_write)?);
        let exported = export_flat(&stored, &mut file).with_context(cannot_write)?;
        file.flush().with_context(cannot_write)?;
        file.get_ref().sync_all().with_context(cannot_write)?;
        std::fs::rename(&unfinished, out).with_context(cannot_write)?;
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
}
