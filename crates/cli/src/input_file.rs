//! The file named on the command line, or a folder whose files make up a roster.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use homeroom_check::set_of_files;
use homeroom_read::pack;
use homeroom_store::blobs::BlobSource;
use tempfile::NamedTempFile;

/// An opened input file.
pub(crate) struct InputFile {
    pub(crate) source: BlobSource,
    pub(crate) name: String,
    path: PathBuf,
    /// The archive of a folder's files; it is deleted on drop.
    _packed: Option<NamedTempFile>,
}

impl InputFile {
    /// Opens a file, or packs the files of a folder.
    pub(crate) fn open(path: &Path) -> anyhow::Result<InputFile> {
        if path.is_dir() {
            return InputFile::pack(path);
        }
        let source = BlobSource::of_file(path).with_context(|| format!("cannot open {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(InputFile { source, name, path: path.to_owned(), _packed: None })
    }

    fn pack(folder: &Path) -> anyhow::Result<InputFile> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
            names.extend(entry.path().is_file().then(|| entry.file_name().to_string_lossy().into_owned()));
        }
        names.sort();
        let listed = names.iter().map(String::as_str).collect::<Vec<_>>();
        let Some(set) = set_of_files(&listed) else {
            bail!(
                "{} does not contain a set of Clever or OneRoster files: name the file itself, or a folder with files \
                 such as students.csv and enrollments.csv",
                folder.display()
            );
        };
        let mut files = Vec::new();
        for index in &set.files {
            let path = folder.join(listed[*index]);
            files.push((
                listed[*index],
                File::open(&path).with_context(|| format!("cannot open {}", path.display()))?,
            ));
        }
        let packed = NamedTempFile::new().context("cannot create a temporary file")?;
        let mut out = BufWriter::new(packed.as_file());
        pack(files, &mut out)
            .and_then(|()| std::io::Write::flush(&mut out))
            .with_context(|| format!("cannot pack the files in {}", folder.display()))?;
        drop(out);
        let path = packed.path().to_owned();
        let source = BlobSource::of_file(&path).context("cannot read the packed files")?;
        Ok(InputFile { source, name: set.archive, path, _packed: Some(packed) })
    }

    /// Where its bytes are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
