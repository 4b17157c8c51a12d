//! A district with a conductor on each engine, and small rosters that come and go.

#![allow(dead_code, reason = "each file of tests uses its part")]

use std::sync::atomic::{AtomicU32, Ordering};

use homeroom_ask::export_flat;
use homeroom_check::check_alone;
use homeroom_inbox::{Inbox, InboxSettings};
use homeroom_jobs::Outcome;
use homeroom_model::fuse::Fuse;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunKind};
use homeroom_model::stored::StoredRoster;
use homeroom_model::trace::Trace;
use homeroom_read::ReadLimits;
use homeroom_store::jobs::Job;
use homeroom_store::{DistrictStore, StoreError};
use homeroom_sync::{QueuedRun, SyncContext, Task, handle_job, queue_decision, queue_run};
use homeroom_testkit::{Enrolled, TestStore, stores};
use jiff::Timestamp;
use proptest::prelude::*;

/// A district and what works on it.
pub(crate) struct School {
    pub(crate) test: TestStore,
    context: SyncContext,
    inbox: Inbox,
    pub(crate) district: DistrictStore,
    files: AtomicU32,
}

/// A district on each engine. With `open` no fuse can blow.
pub(crate) fn schools(seats: u32, open: bool) -> Vec<School> {
    stores().into_iter().map(|test| school(test, seats, open)).collect()
}

fn school(test: TestStore, seats: u32, open: bool) -> School {
    let district = test.district("lincoln");
    let mut settings = district.settings().unwrap();
    settings.seats = seats;
    if open {
        for fuse in [Fuse::District, Fuse::School, Fuse::Class, Fuse::Identity, Fuse::Update, Fuse::Shrink] {
            settings.policy.set_fuse(fuse, "off").unwrap();
        }
    }
    district.settings_change(&settings).unwrap();
    let inbox = Inbox::new(test.store.clone(), InboxSettings::default());
    let context = SyncContext::new(test.store.clone(), inbox.clone(), ReadLimits::default());
    School { test, context, inbox, district, files: AtomicU32::new(0) }
}

impl School {
    pub(crate) fn sync(&self, file: &[u8], kind: RunKind) -> Run {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let path = self.test.folder.path().join(format!("{number}.csv"));
        std::fs::write(&path, file).unwrap();
        let upload = self.inbox.receive(&self.district, "roster.csv", &path).unwrap();
        let QueuedRun { number, job, .. } = queue_run(&self.district, kind, upload.id).unwrap();
        self.work(job).unwrap();
        self.district.runs_get(number).unwrap()
    }

    /// Takes a file and queues its live run, which is not made.
    pub(crate) fn queue(&self, file: &[u8]) -> RunNumber {
        let path = self.test.folder.path().join("queued.csv");
        std::fs::write(&path, file).unwrap();
        let upload = self.inbox.receive(&self.district, "roster.csv", &path).unwrap();
        queue_run(&self.district, RunKind::Live, upload.id).unwrap().number
    }

    fn work(&self, job: homeroom_model::JobId) -> Result<(), String> {
        let job = self.test.store.jobs_claim("test", Timestamp::MAX, Some(job)).unwrap().unwrap();
        let outcome = handle_job(&self.context, &job);
        self.test.store.jobs_finish(&job).unwrap();
        match outcome {
            Outcome::Done => Ok(()),
            Outcome::Fail(reason) => Err(reason),
            other => panic!("{other:?}"),
        }
    }

    /// Does a job that was claimed.
    pub(crate) fn handle(&self, job: &Job) {
        let outcome = handle_job(&self.context, job);
        self.test.store.jobs_finish(job).unwrap();
        assert!(matches!(outcome, Outcome::Done), "{outcome:?}");
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

    /// Who is who: the random ids of all students by address.
    pub(crate) fn ids(&self) -> Vec<(String, String)> {
        self.test
            .store
            .read(|tx| {
                tx.rows("SELECT email, id FROM student WHERE active ORDER BY email", &[], |row| {
                    Ok::<_, StoreError>((row.text(0)?, row.uuid(1)?.to_string()))
                })
            })
            .unwrap()
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

/// What a file wants, in the form of an export.
pub(crate) fn wanted(file: &[u8]) -> String {
    let checked = check_alone(&file.to_vec(), "").unwrap();
    exported(&StoredRoster::of(checked.roster, checked.report.rows))
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

/// The same roster later: some students have another name.
pub(crate) fn renamed(rows: &[Enrolled], every: u16) -> Vec<Enrolled> {
    rows.iter()
        .map(|row| if row.student % every == 0 { Enrolled { version: 2, ..*row } } else { *row })
        .collect()
}

/// A class of `students` in school 1.
pub(crate) fn class(students: std::ops::Range<u16>) -> Vec<Enrolled> {
    students.map(|student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 }).collect()
}
