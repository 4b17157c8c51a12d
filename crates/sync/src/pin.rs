//! Adds and removes pins, and lets the roster follow them.

use homeroom_model::district::Stage;
use homeroom_model::ids::{PinNumber, UploadId};
use homeroom_model::pin::PinChange;
use homeroom_model::refusal::Refusal;
use homeroom_model::run::RunKind;
use homeroom_store::DistrictStore;
use homeroom_store::pins::NewPin;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::SyncError;
use crate::queue::{QueuedRun, queue_run};

/// A pin that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct PinRequest<'a> {
    /// What is different from the file.
    pub change: &'a PinChange,
    /// Who wants it.
    pub owner: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The last day on which it is in force, by the district's clocks.
    pub until: Date,
}

/// Adds a pin, and queues the run that lets the roster follow it; `None` when it takes effect with the next file, because
/// the roster no longer matches the one that it came from.
///
/// # Errors
/// [`SyncError::Refused`] when its last day is over, or too far away.
pub fn add_pin(
    district: &DistrictStore,
    pin: &PinRequest<'_>,
) -> Result<(PinNumber, Option<QueuedRun>), SyncError> {
    let PinRequest { change, owner, reason, until } = *pin;
    let settings = district.settings()?;
    let end = settings.time_zone.start_of(until.saturating_add(1.day()));
    let end = end.filter(|end| *end > district.store().now());
    let expires_at = end.ok_or(Refusal::NotAFutureDay { day: until })?;
    let number = district.pins_add(&NewPin { change, owner, reason, until, expires_at })?;
    Ok((number, follow_pins(district)?))
}

/// Removes a pin, and queues the run that lets the roster follow; `None` when that happens with the next file, as for
/// [`add_pin`].
///
/// # Errors
/// [`SyncError::Refused`] when there is no active pin with this number.
pub fn remove_pin(district: &DistrictStore, pin: PinNumber) -> Result<Option<QueuedRun>, SyncError> {
    if !district.pins_remove(pin)? {
        return Err(Refusal::NoSuchPin { district: district.settings()?.slug, pin }.into());
    }
    follow_pins(district)
}

/// Queues another run of the file that the roster came from. When the roster no longer matches that file, because changes are held or
/// were discarded or undone, or when the district is paused, the pins take effect with the next file: an older one is not brought back.
fn follow_pins(district: &DistrictStore) -> Result<Option<QueuedRun>, SyncError> {
    match upload_of_roster(district)? {
        Some(upload) => Ok(Some(queue_run(district, RunKind::Live, upload)?)),
        None => Ok(None),
    }
}

fn upload_of_roster(district: &DistrictStore) -> Result<Option<UploadId>, SyncError> {
    let settings = district.settings()?;
    if settings.stage == Stage::Paused {
        return Ok(None);
    }
    let applied = district.applied_file()?;
    match applied.filter(|applied| applied.version == Some(settings.roster_version)) {
        Some(applied) => Ok(district.runs_get(applied.run)?.upload.id),
        None => Ok(None),
    }
}
