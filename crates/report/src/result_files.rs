//! The result files of a run, as the district finds them in `results/`.

use std::io::{self, Write};

use homeroom_model::run::Run;
use homeroom_model::{BlobId, Zone};
use homeroom_store::{DistrictStore, Store, StoreError, Tx};

use crate::render_run::render_result;

/// A file of the blob store under the name that the district sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResultFile {
    /// `roster.csv.result.txt`
    pub name: String,
    /// Its bytes.
    pub blob: BlobId,
    /// Its size.
    pub bytes: u64,
}

/// The result files of one run: kept in the blob store, not yet shown to anyone.
#[derive(Clone, Debug)]
pub struct ResultFiles(Vec<NewResultFile>);

impl ResultFiles {
    /// Shows the files to the district's accounts, in place of those of an earlier run of the same file.
    pub fn publish_in_tx(&self, district: &DistrictStore, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.0
            .iter()
            .try_for_each(|file| district.result_files_put_in_tx(tx, &file.name, file.blob, file.bytes))
    }
}

/// Writes the result files of one run.
pub struct ResultWriter<'r> {
    store: &'r Store,
    run: &'r Run,
    files: Vec<NewResultFile>,
}

impl<'r> ResultWriter<'r> {
    /// Writes `result.txt` and `result.json`.
    pub fn new(store: &'r Store, run: &'r Run, zone: &Zone) -> Result<ResultWriter<'r>, StoreError> {
        let mut writer = ResultWriter { store, run, files: Vec::new() };
        let text = render_result(run, zone);
        writer.add("result.txt", |out| out.write_all(text.as_bytes()))?;
        // The district's people need not know ours: who asked for the run is kept with the run.
        let shown = Run { requested_by: None, ..run.clone() };
        let mut json = serde_json::to_string_pretty(&shown).expect("a run has a JSON form");
        json.push('\n');
        writer.add("result.json", |out| out.write_all(json.as_bytes()))?;
        Ok(writer)
    }

    /// Writes one more file, whose name ends in `ending`.
    pub fn add(
        &mut self,
        ending: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let name = format!("{}.{ending}", self.run.upload.name);
        let mut blob = self.store.blobs().begin(&self.store.random().uuid().to_string())?;
        write(&mut blob).map_err(StoreError::io(format!("writing {name}")))?;
        let (blob, bytes) = blob.finish()?;
        self.files.push(NewResultFile { name, blob, bytes });
        Ok(())
    }

    /// The files that were written.
    pub fn finish(self) -> ResultFiles {
        ResultFiles(self.files)
    }
}
