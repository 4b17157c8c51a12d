//! Records of the transaction that applies a plan.

use homeroom_model::ids::RosterVersion;
use homeroom_model::run::Run;
use homeroom_model::seats::Seats;
use homeroom_store::applied_file::AppliedFile;
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::civil::Date;

/// Records since when the licence is exceeded, for its days of grace.
pub(crate) fn record_seats_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    seats: &Seats,
    today: Date,
) -> Result<(), StoreError> {
    let over = seats.after > seats.limit;
    district.seats_over_set_in_tx(tx, over.then_some(today))
}

/// Records the file that the roster is now the same as.
pub(crate) fn record_applied_file_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    run: &Run,
    rows: u64,
    version: RosterVersion,
) -> Result<(), StoreError> {
    let file = AppliedFile { run: run.number, blob: run.upload.blob, rows, version: Some(version) };
    district.applied_file_set_in_tx(tx, &file)
}
