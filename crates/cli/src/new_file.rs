//! Writes a file as a whole.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;

/// Writes a file, so that a reader of the old one never sees half a new one.
pub(crate) fn write_new_file<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let unfinished = path.with_extension("unfinished");
    let cannot_write = || format!("cannot write {}", path.display());
    let mut file = BufWriter::new(File::create(&unfinished).with_context(cannot_write)?);
    let written = write(&mut file)?;
    file.flush().with_context(cannot_write)?;
    file.get_ref().sync_all().with_context(cannot_write)?;
    std::fs::rename(&unfinished, path).with_context(cannot_write)?;
    Ok(written)
}
