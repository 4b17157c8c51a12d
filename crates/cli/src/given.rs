//! What a person names on the command line: a file, or a folder whose files are a roster together.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use homeroom_check::set_of_files;
use homeroom_read::pack;
use homeroom_store::blobs::BlobSource;
use tempfile::NamedTempFile;

/// A file that can be read, wherever it came from.
pub(crate) struct Given {
    pub(crate) source: BlobSource,
    pub(crate) name: String,
    path: PathBuf,
    /// The archive of a folder's files, which goes away with this.
    _packed: Option<NamedTempFile>,
}

impl Given {
    /// Opens a file, or packs the files of a folder.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Given> {
        if path.is_dir() {
            return Given::pack(path);
        }
        let source =
            BlobSource::of_file(path).with_context(|| format!("{} cannot be opened", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Given { source, name, path: path.to_owned(), _packed: None })
    }

    fn pack(folder: &Path) -> anyhow::Result<Given> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be listed", folder.display()))? {
            let entry = entry.with_context(|| format!("{} cannot be listed", folder.display()))?;
            names.extend(entry.path().is_file().then(|| entry.file_name().to_string_lossy().into_owned()));
        }
        names.sort();
        let listed = names.iter().map(String::as_str).collect::<Vec<_>>();
        let Some(set) = set_of_files(&listed) else {
            bail!(
                "{} holds no set of Clever or OneRoster files: name the file itself, or a folder with files such as \
                 students.csv and enrollments.csv",
                folder.display()
            );
        };
        let mut files = Vec::new();
        for at in &set.files {
            let path = folder.join(listed[*at]);
            files.push((
                listed[*at],
                File::open(&path).with_context(|| format!("{} cannot be opened", path.display()))?,
            ));
        }
        let packed = NamedTempFile::new().context("no temporary file can be made")?;
        let mut out = BufWriter::new(packed.as_file());
        pack(files, &mut out)
            .and_then(|()| std::io::Write::flush(&mut out))
            .with_context(|| format!("the files in {} cannot be packed", folder.display()))?;
        drop(out);
        let path = packed.path().to_owned();
        let source = BlobSource::of_file(&path).context("the packed files cannot be read")?;
        Ok(Given { source, name: set.archive, path, _packed: Some(packed) })
    }

    /// Where its bytes lie.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
