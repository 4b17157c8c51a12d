//! Homeroom itself, as it is shipped, on a database of its own: nothing of a run is made again here, so what is measured is what districts get.

use std::path::PathBuf;

use anyhow::Context;
use homeroom_inbox::{Inbox, InboxSettings};
use homeroom_jobs::{JobSettings, Worker};
use homeroom_model::audit::{AuditAction, Cause};
use homeroom_model::calendar::{Allowed, CalendarEntry, CalendarRule};
use homeroom_model::district::{Mode, Slug, Stage};
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::{Run, RunKind};
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Clock, Random, Zone};
use homeroom_read::ReadLimits;
use homeroom_store::district::NewDistrict;
use homeroom_store::{DistrictStore, Store, StoreSettings};
use homeroom_sync::{SyncContext, Task, change_settings, queue_decision, queue_run};
use jiff::civil::{Date, time};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::game::Game;
use crate::style::Style;

const FILE: &str = "roster.csv";
const NIGHT: i8 = 2;
const MORNING: i8 = 8;

pub(crate) struct Engine {
    store: Store,
    inbox: Inbox,
    district: DistrictStore,
    context: SyncContext,
    worker: Worker,
    upload: PathBuf,
    /// Removed with it.
    _folder: TempDir,
}

impl Engine {
    /// A live district with an empty roster and the fuses of a game; a window in August allows a new school year.
    pub(crate) fn new(game: &Game) -> anyhow::Result<Engine> {
        let folder = tempfile::tempdir()?;
        let settings = StoreSettings {
            database_url: format!("sqlite://{}", folder.path().join("homeroom.db").display()),
            blobs: folder.path().join("blobs"),
            connections: 2,
        };
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);
        let store = Store::open(&settings, clock, Random::seeded(game.seed))?;
        store.migrate()?;
        let inbox = Inbox::new(store.clone(), InboxSettings::default());
        let context = SyncContext::new(store.clone(), inbox.clone(), ReadLimits::default());
        let worker = JobSettings::default().for_worker(folder.path().join("workers"));
        let worker = Worker::new(store.clone(), worker, Task::KINDS)?;
        let district = add_district(&store, game)?;
        let upload = folder.path().join(FILE);
        Ok(Engine { store, inbox, district, context, worker, upload, _folder: folder })
    }

    /// Uploads a night's file, and does its run.
    pub(crate) fn sync(&self, day: Date, file: &[u8]) -> anyhow::Result<Run> {
        self.wait_until(day, NIGHT)?;
        std::fs::write(&self.upload, file)?;
        let upload = self.inbox.receive(&self.district, FILE, &self.upload)?;
        let queued = queue_run(&self.district, RunKind::Live, upload.id)?;
        self.do_jobs()?;
        Ok(self.district.runs_get(queued.number)?)
    }

    /// Rejects and accepts proposals, and approves what is left.
    pub(crate) fn approve(&self, day: Date, run: &Run, reviews: ProposalReviews) -> anyhow::Result<Run> {
        self.wait_until(day, MORNING)?;
        if !reviews.is_empty() {
            queue_decision(&self.district, Task::ReviewProposals(run.number, reviews))?;
            self.do_jobs()?;
        }
        queue_decision(&self.district, Task::Approve(run.number, vec![]))?;
        self.do_jobs()?;
        Ok(self.district.runs_get(run.number)?)
    }

    pub(crate) fn discard(&self, day: Date, run: &Run) -> anyhow::Result<Run> {
        self.wait_until(day, MORNING)?;
        queue_decision(&self.district, Task::Discard(run.number, vec![]))?;
        self.do_jobs()?;
        Ok(self.district.runs_get(run.number)?)
    }

    pub(crate) fn undo(&self, day: Date, run: &Run) -> anyhow::Result<()> {
        self.wait_until(day, MORNING)?;
        queue_decision(&self.district, Task::Undo(run.number))?;
        self.do_jobs()
    }

    pub(crate) fn roster(&self) -> anyhow::Result<StoredRoster> {
        Ok(self.district.roster_load()?)
    }

    fn do_jobs(&self) -> anyhow::Result<()> {
        while self.worker.work_once(&self.context)? {}
        Ok(())
    }

    fn wait_until(&self, day: Date, hour: i8) -> anyhow::Result<()> {
        let time =
            Zone::utc().time_of(day, time(hour, 0, 0, 0)).context("the day is too far in the future")?;
        let clock = self.store.clock();
        clock.advance(time.duration_since(clock.now()).max(SignedDuration::ZERO));
        Ok(())
    }
}

fn add_district(store: &Store, game: &Game) -> anyhow::Result<DistrictStore> {
    let added = store.districts_add(
        &NewDistrict {
            slug: Slug::parse("lincoln").expect("'lincoln' is a valid slug"),
            name: "Lincoln Unified School District".into(),
            time_zone: Zone::utc(),
            seats: 1_000_000,
            apps: vec![],
            mode: Mode::Nightly,
            at: format!("{NIGHT:02}:00").parse().map_err(anyhow::Error::msg)?,
            file: FILE.into(),
        },
        &Cause::SYSTEM,
    )?;
    let district = store.district(added.id);
    store.write(|tx| district.stage_set_in_tx(tx, Stage::Live))?;
    let window = Allowed { classes: Some(100), people: Some(40), updates: Some(100) };
    let calendar = (2027..2060)
        .map(|year| CalendarEntry {
            from: Date::constant(year, 8, 14),
            to: Date::constant(year, 8, 20),
            kind: CalendarRule::Window(window),
            schools: vec![],
            reason: "the new school year".into(),
        })
        .collect();
    change_settings(&district, AuditAction::SettingsChanged, |settings| {
        for fuse in &game.fuses {
            fuse.change(&mut settings.policy)?;
        }
        if game.style == Style::Classes {
            settings.policy.set_school_year("08-10")?;
        }
        settings.policy.calendar = calendar;
        anyhow::Ok(())
    })?;
    Ok(district)
}
