//! A district on each engine whose files are synced, and small rosters.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use homeroom_ask::{changes_since, export_flat, write_changes, write_records};
use homeroom_check::check_alone;
use homeroom_inbox::{Inbox, InboxSettings};
use homeroom_jobs::{JobHandler, JobOutcome};
use homeroom_model::audit::AuditAction;
use homeroom_model::district::District;
use homeroom_model::fuse::Fuse;
use homeroom_model::ids::RosterVersion;
use homeroom_model::run::{Run, RunKind};
use homeroom_model::stored::StoredRoster;
use homeroom_model::trace::Trace;
use homeroom_read::ReadLimits;
use homeroom_store::jobs::{Claimable, Job};
use homeroom_store::{DistrictStore, StoreError};
use homeroom_sync::{QueuedRun, SyncContext, Task, change_settings, queue_decision, queue_run};
use homeroom_testkit::{Enrolled, TestStore, stores};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Records by kind and id.
pub(crate) type Records = BTreeMap<(String, String), Map<String, Value>>;

/// A district of 1,000 seats.
pub(crate) struct TestDistrict {
    pub(crate) test: Arc<TestStore>,
    context: SyncContext,
    inbox: Inbox,
    pub(crate) district: DistrictStore,
}

/// A district with the usual fuses on each engine.
pub(crate) fn districts() -> Vec<TestDistrict> {
    stores().into_iter().map(TestDistrict::new).collect()
}

/// The same with another number of seats.
pub(crate) fn districts_with_seats(seats: u32) -> Vec<TestDistrict> {
    let districts = districts();
    districts.iter().for_each(|lincoln| lincoln.change_settings(|settings| settings.seats = seats));
    districts
}

/// The same, where no fuse can blow.
pub(crate) fn districts_without_fuses() -> Vec<TestDistrict> {
    let fuses = Fuse::ALL.into_iter().filter(|fuse| *fuse != Fuse::Seats).collect::<Vec<_>>();
    let districts = districts();
    let switch_off = |settings: &mut District| {
        fuses.iter().for_each(|fuse| settings.policy.set_fuse(*fuse, "off").unwrap());
    };
    districts.iter().for_each(|lincoln| lincoln.change_settings(switch_off));
    districts
}

impl TestDistrict {
    fn new(test: TestStore) -> TestDistrict {
        TestDistrict::of_store(Arc::new(test), "lincoln")
    }

    /// A further district of a store.
    pub(crate) fn of_store(test: Arc<TestStore>, slug: &str) -> TestDistrict {
        let district = test.district(slug);
        let inbox = Inbox::new(test.store.clone(), InboxSettings::default());
        let context = SyncContext::new(test.store.clone(), inbox.clone(), ReadLimits::default());
        let lincoln = TestDistrict { test, context, inbox, district };
        lincoln.change_settings(|settings| settings.seats = 1_000);
        lincoln
    }

    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut District)) {
        change_settings(&self.district, AuditAction::SettingsChanged, |settings| {
            change(settings);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    }

    pub(crate) fn sync(&self, file: &[u8], kind: RunKind) -> Run {
        static FILES: AtomicU32 = AtomicU32::new(0);
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let path = self.test.folder.path().join(format!("{number}.csv"));
        std::fs::write(&path, file).unwrap();
        let upload = self.inbox.receive(&self.district, "roster.csv", &path).unwrap();
        let QueuedRun { number, job, .. } = queue_run(&self.district, kind, upload.id).unwrap();
        self.work(job).unwrap();
        self.district.runs_get(number).unwrap()
    }

    /// Receives a file and queues its live run without making it.
    pub(crate) fn queue(&self, file: &[u8]) -> QueuedRun {
        let path = self.test.folder.path().join("queued.csv");
        std::fs::write(&path, file).unwrap();
        let upload = self.inbox.receive(&self.district, "roster.csv", &path).unwrap();
        queue_run(&self.district, RunKind::Live, upload.id).unwrap()
    }

    fn work(&self, job: homeroom_model::JobId) -> Result<(), String> {
        let job = self.test.store.jobs_claim("test", Timestamp::MAX, Claimable::Only(job)).unwrap().unwrap();
        match self.context.handle(&job) {
            JobOutcome::Finished => Ok(()),
            JobOutcome::Fail(reason) => {
                self.test.store.jobs_finish(&job).unwrap();
                Err(reason)
            }
            other => panic!("{other:?}"),
        }
    }

    /// A context that calls `progress` at each step of a run.
    pub(crate) fn context_with(&self, progress: impl Fn() + Send + Sync + 'static) -> SyncContext {
        let context = SyncContext::new(self.test.store.clone(), self.inbox.clone(), ReadLimits::default());
        context.with_progress(move |_| progress())
    }

    /// Does a claimed job.
    pub(crate) fn handle(&self, job: &Job) {
        let outcome = self.context.handle(job);
        assert!(matches!(outcome, JobOutcome::Finished), "{outcome:?}");
    }

    pub(crate) fn trace(&self, student: &str, class: Option<&str>) -> Trace {
        homeroom_ask::trace(&self.district, &ReadLimits::default(), student, class).unwrap()
    }

    pub(crate) fn decide(&self, task: Task) -> Result<(), String> {
        let job = queue_decision(&self.district, task).unwrap();
        self.work(job)
    }

    pub(crate) fn export(&self) -> String {
        exported(&self.district.roster_load().unwrap())
    }

    /// Every active record by kind and id, and the version of the roster.
    pub(crate) fn records(&self) -> (RosterVersion, Records) {
        let mut out = vec![];
        let written = write_records(&self.district.roster_with_ids().unwrap(), &mut out).unwrap();
        let mut records = Records::new();
        lines(&out).into_iter().for_each(|line| keep(&mut records, line));
        assert_eq!(records.len() as u64, written.lines);
        (written.version, records)
    }

    /// What the changes since a version, up to another one, make of the records of that version.
    pub(crate) fn replay(&self, since: RosterVersion, mut records: Records, to: RosterVersion) -> Records {
        let mut out = vec![];
        write_changes(&changes_since(&self.district, since).unwrap(), &mut out).unwrap();
        let mut last = since.0;
        for mut line in lines(&out) {
            let line_of = |name: &str, line: &mut Map<String, Value>| line.remove(name).unwrap();
            let version = line_of("version", &mut line).as_i64().unwrap();
            assert!(last <= version && since.0 < version, "in order");
            last = version;
            let change = line_of("change", &mut line);
            for name in ["at", "act", "run"] {
                line_of(name, &mut line);
            }
            if version > to.0 {
                continue;
            }
            let known = records.contains_key(&key(&line));
            let expected = change == "update" || change == "deactivate";
            assert_eq!(known, expected, "{change} of {line:?}, {}", self.test.engine);
            keep(&mut records, line);
        }
        records
    }

    /// Addresses and random ids of all active students.
    pub(crate) fn ids(&self) -> Vec<(String, String)> {
        let id = if self.test.engine == "sqlite" { "hex(id)" } else { "CAST(id AS TEXT)" };
        let query = format!("SELECT email || ' ' || {id} FROM student WHERE active ORDER BY email");
        let split = |line: String| line.split_once(' ').map(|(email, id)| (email.to_owned(), id.to_owned()));
        self.test.texts(&query).into_iter().filter_map(split).collect()
    }
}

fn lines(out: &[u8]) -> Vec<Map<String, Value>> {
    let text = std::str::from_utf8(out).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn key(line: &Map<String, Value>) -> (String, String) {
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    (text("kind"), text("id"))
}

fn keep(records: &mut Records, line: Map<String, Value>) {
    if line["active"] == true {
        records.insert(key(&line), line);
    } else {
        records.remove(&key(&line));
    }
}

fn exported(stored: &StoredRoster) -> String {
    let mut out = vec![];
    export_flat(stored, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut lines = text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    lines.sort();
    lines.join("\n")
}

/// The roster in a file, in the form of an export.
pub(crate) fn wanted(file: &[u8]) -> String {
    let checked = check_alone(&file.to_vec(), "").unwrap();
    exported(&StoredRoster::from_roster(checked.roster, checked.report.rows))
}

pub(crate) fn rows(most: usize) -> impl Strategy<Value = Vec<Enrolled>> {
    let row =
        (1..3_u8, 1..5_u8, 1..30_u16, any::<bool>()).prop_map(|(school, class, student, moved)| Enrolled {
            school,
            class,
            teacher: school * 10 + class + u8::from(moved && class == 1),
            student,
            version: 1,
        });
    proptest::collection::vec(row, 1..most)
}

/// The same roster later, with another name for every `every`th student.
pub(crate) fn renamed(rows: &[Enrolled], every: u16) -> Vec<Enrolled> {
    rows.iter()
        .map(|row| if row.student % every == 0 { Enrolled { version: 2, ..*row } } else { *row })
        .collect()
}

/// A class of `students` in school 1.
pub(crate) fn class(students: std::ops::Range<u16>) -> Vec<Enrolled> {
    students.map(|student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 }).collect()
}
