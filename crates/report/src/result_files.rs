//! The result files of a run, as the district finds them in `results/`.

use std::io::{self, Write};

use homeroom_model::run::Run;
use homeroom_model::{BlobId, Zone};
use homeroom_store::{DistrictStore, Store, StoreError, Tx};

use crate::result_text::result_text;

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
    /// Writes the files of a run. `findings` and `corrected` write two CSV files; `plan` is the third, when there is a plan.
    pub fn write(
        store: &Store,
        run: &Run,
        time_zone: &Zone,
        findings: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        corrected: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        plan: Option<&[u8]>,
    ) -> Result<ResultFiles, StoreError> {
        let text = result_text(run, time_zone);
        let mut json = serde_json::to_string_pretty(run).expect("a run has a JSON form");
        json.push('\n');
        let mut files = vec![
            keep(store, run, "result.txt", |out| out.write_all(text.as_bytes()))?,
            keep(store, run, "result.json", |out| out.write_all(json.as_bytes()))?,
            keep(store, run, "findings.csv", findings)?,
            keep(store, run, "corrected.csv", corrected)?,
        ];
        if let Some(plan) = plan {
            files.push(keep(store, run, "plan.csv", |out| out.write_all(plan))?);
        }
        Ok(ResultFiles(files))
    }

    /// Shows the files to the district's accounts, in place of those of an earlier run of the same file.
    pub fn publish_in_tx(&self, district: &DistrictStore, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.0
            .iter()
            .try_for_each(|file| district.result_files_put_in_tx(tx, &file.name, file.blob, file.bytes))
    }
}

fn keep(
    store: &Store,
    run: &Run,
    ending: &str,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<NewResultFile, StoreError> {
    let name = format!("{}.{ending}", run.upload.name);
    let mut blob = store.blobs().begin(&store.random().uuid().to_string())?;
    write(&mut blob).map_err(StoreError::io(format!("writing {name}")))?;
    let (blob, bytes) = blob.finish()?;
    Ok(NewResultFile { name, blob, bytes })
}
