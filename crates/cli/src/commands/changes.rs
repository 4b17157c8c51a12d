//! `homeroom changes`: what changed in a roster since a version.

use std::io::{BufWriter, Write};

use clap::Args;
use homeroom_ask::{WrittenRecords, changes_since, write_changes};
use homeroom_model::district::Slug;
use homeroom_model::ids::RosterVersion;
use homeroom_model::thousands;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Changes {
    /// The district
    slug: Slug,
    /// The version of the roster that you have; an export says its version, and each change its own
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(i64).range(0..))]
    since: i64,
}

impl Changes {
    /// Prints JSON lines, with `--json` and without: there is no other form.
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        let (_, district) = app.district(&self.slug)?;
        let feed = changes_since(&district, RosterVersion(self.since))?;
        let mut stdout = BufWriter::new(std::io::stdout().lock());
        let WrittenRecords { lines, version } = write_changes(&feed, &mut stdout)?;
        stdout.flush()?;
        let changes = if lines == 1 { "1 change;".into() } else { format!("{} changes;", thousands(lines)) };
        output.note(&format!("{changes} the roster is at version {version}."));
        Ok(Exit::Done)
    }
}
