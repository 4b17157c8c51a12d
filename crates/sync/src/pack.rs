//! Packs a roster that arrives as several files into one upload.

use std::collections::BTreeMap;

use homeroom_check::set_of_files;
use homeroom_model::BlobId;
use homeroom_model::ids::{AccountId, UploadId};
use homeroom_read::pack;
use homeroom_store::drop_files::{DropFile, DropFileKind};
use homeroom_store::uploads::NewUpload;
use homeroom_store::{DistrictStore, StoreError, Tx};

/// The files of a set, packed into an archive that is in the blob store and not yet recorded.
pub(crate) struct PackedSet {
    account: AccountId,
    path: String,
    blob: BlobId,
    bytes: u64,
    /// The new uploads among them.
    parts: Vec<UploadId>,
}

impl PackedSet {
    /// Records the archive as an upload that is read in place of its parts.
    pub(crate) fn record_in_tx(&self, district: &DistrictStore, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let Self { account, path, blob, bytes, .. } = self;
        let new = NewUpload { account: Some(*account), path, blob: *blob, bytes: *bytes };
        let whole = district.uploads_record_in_tx(tx, &new)?;
        self.parts.iter().try_for_each(|part| district.upload_parts_add_in_tx(tx, *part, whole.id))
    }
}

/// Packs the sets to which new uploads belong, each with the other files of its folder. A file that is not there is missing in the
/// archive too, and the check reports it.
pub(crate) fn pack_sets(district: &DistrictStore) -> Result<Vec<PackedSet>, StoreError> {
    let (waiting, file) = district.store().read(|tx| {
        Ok::<_, StoreError>((district.uploads_waiting_in_tx(tx)?, district.settings_in_tx(tx)?.file))
    })?;
    let mut folders = BTreeMap::<_, Vec<_>>::new();
    for upload in waiting.iter().filter(|upload| upload.name != file) {
        let Some(account) = upload.account else { continue };
        let folder = upload.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry((account.0, folder)).or_default().push(upload);
    }
    let mut packed = Vec::new();
    for ((account, folder), uploads) in folders {
        let account = AccountId(account);
        let files = files_in(district, account, folder)?;
        let names = files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
        let Some(set) = set_of_files(&names) else { continue };
        let members = set.files.iter().map(|at| &files[*at]).collect::<Vec<_>>();
        let parts = uploads.iter().filter(|upload| members.iter().any(|(name, _)| *name == upload.name));
        let parts = parts.map(|upload| upload.id).collect::<Vec<_>>();
        if parts.is_empty() {
            continue;
        }
        let (blob, bytes) = write_archive(district, &members)?;
        let path = if folder.is_empty() { set.archive } else { format!("{folder}/{}", set.archive) };
        packed.push(PackedSet { account, path, blob, bytes, parts });
    }
    Ok(packed)
}

/// The complete files in a folder of an account, with their bytes.
fn files_in(
    district: &DistrictStore,
    account: AccountId,
    folder: &str,
) -> Result<Vec<(String, BlobId)>, StoreError> {
    let below = district.store().read(|tx| district.drop_files_below_in_tx(tx, account, folder))?;
    let within = |file: DropFile| {
        let DropFileKind::File { blob } = file.kind else { return None };
        let rest =
            if folder.is_empty() { &file.path } else { file.path.strip_prefix(folder)?.strip_prefix('/')? };
        (!rest.contains('/')).then(|| (rest.to_owned(), blob))
    };
    Ok(below.into_iter().filter_map(within).collect())
}

fn write_archive(
    district: &DistrictStore,
    members: &[&(String, BlobId)],
) -> Result<(BlobId, u64), StoreError> {
    let store = district.store();
    let mut files = Vec::new();
    for (name, blob) in members {
        files.push((name.as_str(), store.blobs().open_file(*blob)?));
    }
    let mut archive = store.blobs().begin(&store.random().uuid().to_string())?;
    pack(files, &mut archive).map_err(StoreError::io("packing the files of a set"))?;
    archive.finish()
}
