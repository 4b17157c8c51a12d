//! `homeroom roster`: the stored roster.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use homeroom_ask::export_flat;
use homeroom_model::district::Slug;
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Subcommand)]
pub(crate) enum Roster {
    /// Write the active roster into a file
    Export {
        /// The district
        slug: Slug,
        /// The file's format
        #[arg(long, value_enum)]
        format: Format,
        /// The file to write; `-` is standard output
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// The flat CSV: reading it back plans no change
    Flat,
}

impl Roster {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let Roster::Export { slug, format: Format::Flat, out } = self;
        let app = place.open()?;
        let (_, district) = app.district(slug)?;
        let stored = district.roster_load()?;
        if out.as_os_str() == "-" {
            export_flat(&stored, &mut BufWriter::new(std::io::stdout().lock()))?;
            return Ok(Exit::Done);
        }
        // A reader of the old file never sees half a new one.
        let unfinished = out.with_extension("unfinished");
        let written = || format!("{} cannot be written", out.display());
        let mut file = BufWriter::new(File::create(&unfinished).with_context(written)?);
        let exported = export_flat(&stored, &mut file).with_context(written)?;
        file.flush().with_context(written)?;
        file.get_ref().sync_all().with_context(written)?;
        std::fs::rename(&unfinished, out).with_context(written)?;
        if exported.left_out > 0 {
            output.note(&format!(
                "{} active people or classes have no row in a flat file: they are in no class, or it has no teacher or \
                 no students.",
                exported.left_out
            ));
        }
        let document = json!({"out": out, "rows": exported.rows, "left_out": exported.left_out});
        output.result(&document, || format!("{} rows written to {}", exported.rows, out.display()))?;
        Ok(Exit::Done)
    }
}
