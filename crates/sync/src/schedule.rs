//! Which upload a live district syncs next by itself, and when.
//!
//! At most one such run is queued. It is looked at again whenever something that it depends on has changed: an upload, the stage, the
//! settings, the calendar, or the end of a live run.

use homeroom_model::audit::Cause;
use homeroom_model::district::{District, Mode, Stage};
use homeroom_model::ids::UploadId;
use homeroom_model::run::{RunKind, RunState};
use homeroom_store::runs::QueuedLiveRun;
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::queue::QueuedRun;
use crate::task::Task;

/// A run that a district makes by itself.
#[derive(Clone, Copy, Debug)]
pub struct ScheduledRun {
    /// The run.
    pub run: QueuedRun,
    /// The upload that it reads.
    pub upload: UploadId,
    /// When it begins.
    pub at: Timestamp,
}

/// What became of the runs that a district makes by itself.
#[derive(Clone, Debug, Default)]
pub struct Rescheduled {
    /// The run that is queued now.
    pub next: Option<ScheduledRun>,
    /// Runs that were queued before and will not be made.
    pub stopped: Vec<QueuedLiveRun>,
}

/// Queues the run that the district should make next by itself, at its time, and takes others out of the queue; `reason` says why.
pub(crate) fn reschedule_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    reason: &str,
) -> Result<Rescheduled, StoreError> {
    let settings = district.settings_in_tx(tx)?;
    let wanted = wanted_in_tx(district, tx, &settings)?;
    let by_schedule = district.acting_for(Cause::SCHEDULE);
    let mut rescheduled = Rescheduled::default();
    for queued in district.runs_scheduled_in_tx(tx)? {
        match wanted {
            Some((upload, at)) if upload == queued.upload && rescheduled.next.is_none() => {
                let job = Task::Run(queued.number).enqueue_in_tx(&by_schedule, tx, at)?;
                let run = QueuedRun { number: queued.number, id: queued.id, job };
                rescheduled.next = Some(ScheduledRun { run, upload, at });
            }
            _ => {
                district.runs_end_queued_in_tx(tx, queued.number, RunState::Superseded, reason)?;
                Task::Run(queued.number).cancel_in_tx(district, tx)?;
                rescheduled.stopped.push(queued);
            }
        }
    }
    if let Some((upload, at)) = wanted.filter(|_| rescheduled.next.is_none()) {
        let (number, id) = by_schedule.runs_create_in_tx(tx, RunKind::Live, upload)?;
        let job = Task::Run(number).enqueue_in_tx(&by_schedule, tx, at)?;
        rescheduled.next = Some(ScheduledRun { run: QueuedRun { number, id, job }, upload, at });
    }
    Ok(rescheduled)
}

/// The upload that should be synced next, and when.
fn wanted_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    settings: &District,
) -> Result<Option<(UploadId, Timestamp)>, StoreError> {
    if settings.stage != Stage::Live || settings.mode == Mode::Manual {
        return Ok(None);
    }
    let profile = district.profile_in_tx(tx)?;
    let newest = district.uploads_at_root_in_tx(tx)?;
    let newest =
        newest.into_iter().find(|upload| upload.name == settings.file || profile.expects(&upload.name));
    let Some(newest) = newest else { return Ok(None) };
    let last = district.uploads_synced_last_in_tx(tx)?;
    let now = district.store().now();
    let allows_changes = |day: Date| settings.policy.pause_on(day).is_none();
    let allows_removals =
        |day: Date| allows_changes(day) && settings.policy.additions_only_on(day).next().is_none();
    Ok(match last {
        Some(last) if last.received_at > newest.received_at => None,
        Some(last) if last.id == newest.id => {
            // Its removals wait for the end of an additions-only period.
            let waits = district.runs_deferred_in_tx(tx, last.id)?;
            waits.then(|| (last.id, next_time(settings, now, allows_removals)))
        }
        _ => Some((newest.id, next_time(settings, now, allows_changes))),
    })
}

/// How many days the calendar is followed into the future.
const MAX_DAYS: i64 = 3_660;

/// The first time from now on at which a run of the district may begin, on a day that `allows` it.
fn next_time(settings: &District, now: Timestamp, allows: impl Fn(Date) -> bool) -> Timestamp {
    let time_on = |day: Date| match settings.mode {
        Mode::Nightly => settings.time_zone.time_of(day, settings.at.time()),
        _ if day == settings.today(now) => Some(now),
        _ => settings.time_zone.start_of(day),
    };
    let today = settings.today(now);
    (0..MAX_DAYS)
        .map(|days| today.saturating_add(days.days()))
        .filter(|day| allows(*day))
        .filter_map(time_on)
        .find(|time| *time > now || settings.mode != Mode::Nightly)
        .unwrap_or(Timestamp::MAX)
}
