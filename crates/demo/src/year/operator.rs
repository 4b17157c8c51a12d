//! The company's side: makes runs and decisions as a server and its operator would, on a clock that the year sets.

use std::path::PathBuf;

use anyhow::Context;
use homeroom_inbox::Inbox;
use homeroom_jobs::Worker;
use homeroom_model::Zone;
use homeroom_model::audit::{AuditAction, Cause};
use homeroom_model::calendar::{Allowed, CalendarEntry, CalendarRule};
use homeroom_model::district::{Mode, Slug, Stage};
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunKind};
use homeroom_store::district::NewDistrict;
use homeroom_store::{DistrictStore, Store, StoreError};
use homeroom_sync::{SyncContext, Task, change_settings, queue_decision, queue_run};
use jiff::SignedDuration;
use jiff::civil::{Date, time};

use super::timeline::{NEW_YEAR, SUMMER};

const FILE: &str = "roster.csv";
const TIME_ZONE: &str = "America/Los_Angeles";
/// The hours at which the night's run is made and at which the operator decides.
const NIGHT: i8 = 2;
const MORNING: i8 = 8;

/// The parts of an installation without a running server: the year does its jobs itself, on a clock that it sets.
pub struct YearParts {
    /// An empty database with [`year_clock`](super::year_clock) and [`year_random`](super::year_random).
    pub store: Store,
    /// Its drop accounts.
    pub inbox: Inbox,
    /// What its jobs need.
    pub sync: SyncContext,
    /// Does its jobs.
    pub worker: Worker,
    /// A folder for the day's file.
    pub folder: PathBuf,
}

/// One district, its files and its runs.
pub(super) struct Operator {
    store: Store,
    inbox: Inbox,
    pub(super) district: DistrictStore,
    context: SyncContext,
    worker: Worker,
    upload: PathBuf,
    zone: Zone,
}

impl Operator {
    pub(super) fn open(parts: YearParts, seats: u32) -> anyhow::Result<Operator> {
        let zone = TIME_ZONE.parse::<Zone>().map_err(anyhow::Error::msg)?;
        let store = parts.store.clone();
        let district = store.districts_add(
            &NewDistrict {
                slug: Slug::parse("lincoln").expect("'lincoln' is a valid slug"),
                name: "Lincoln Unified School District".into(),
                time_zone: zone.clone(),
                seats,
                apps: vec!["rocketlit".into(), "innerorbit".into()],
                mode: Mode::Nightly,
                at: format!("{NIGHT:02}:00").parse().map_err(anyhow::Error::msg)?,
                file: FILE.into(),
            },
            &Cause::SYSTEM,
        )?;
        let district = store.district(district.id);
        store.write(|tx| district.stage_set_in_tx(tx, Stage::Live))?;
        change_settings(&district, AuditAction::CalendarChanged, |settings| {
            settings.policy.calendar = calendar();
            Ok::<_, StoreError>(())
        })?;
        let YearParts { inbox, sync, worker, folder, .. } = parts;
        Ok(Operator { store, inbox, district, context: sync, worker, upload: folder.join(FILE), zone })
    }

    /// Uploads the night's file, and does its run and every other job that is due.
    pub(super) fn sync(&self, day: Date, file: &str) -> anyhow::Result<Run> {
        self.wait_until(day, NIGHT)?;
        std::fs::write(&self.upload, file)?;
        let upload = self.inbox.receive(&self.district, FILE, &self.upload)?;
        let queued = queue_run(&self.district, RunKind::Live, upload.id)?;
        self.do_jobs()?;
        self.run(queued.number)
    }

    /// Carries out a decision on the morning after; the run afterwards.
    pub(super) fn decide(&self, day: Date, number: RunNumber, task: Task) -> anyhow::Result<Run> {
        self.wait_until(day, MORNING)?;
        queue_decision(&self.district, task)?;
        self.do_jobs()?;
        self.run(number)
    }

    pub(super) fn set_seats(&self, seats: u32) -> anyhow::Result<()> {
        change_settings(&self.district, AuditAction::SettingsChanged, |settings| {
            settings.seats = seats;
            Ok::<_, StoreError>(())
        })?;
        Ok(())
    }

    pub(super) fn run(&self, number: RunNumber) -> anyhow::Result<Run> {
        Ok(self.district.runs_get(number)?)
    }

    /// Does every job that is due.
    fn do_jobs(&self) -> anyhow::Result<()> {
        while self.worker.work_once(&self.context)? {}
        Ok(())
    }

    fn wait_until(&self, day: Date, hour: i8) -> anyhow::Result<()> {
        let time = self.zone.time_of(day, time(hour, 0, 0, 0)).context("the day is too far in the future")?;
        let clock = self.store.clock();
        clock.advance(time.duration_since(clock.now()).max(SignedDuration::ZERO));
        Ok(())
    }
}

/// A pause in summer, and then a week in which the changes of a new school year are approved in advance.
fn calendar() -> Vec<CalendarEntry> {
    let entry = |(from, to), kind, reason: &str| CalendarEntry {
        from,
        to,
        kind,
        schools: vec![],
        reason: reason.into(),
    };
    let rollover = Allowed { classes: Some(100), people: Some(40), updates: Some(100) };
    vec![
        entry(SUMMER, CalendarRule::Pause, "summer"),
        entry(NEW_YEAR, CalendarRule::Window(rollover), "the new school year"),
    ]
}
