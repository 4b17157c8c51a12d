//! Packs several files into one archive, from which they are read as a set.

use std::io;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Writes files under their names into a zip archive, without compression. The same files give the same bytes.
///
/// # Errors
/// When a file cannot be read or the archive cannot be written.
pub fn pack<'n, R: io::Read>(
    files: impl IntoIterator<Item = (&'n str, R)>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut archive = ZipWriter::new_stream(out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    for (name, mut file) in files {
        archive.start_file(name, options)?;
        io::copy(&mut file, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}
