//! A live district on each engine, to whose account files are uploaded.

#![allow(dead_code, reason = "each test file uses a part of it")]

use homeroom_inbox::{DropBox, DropPath, Inbox, InboxSettings, OpenMode, SETTLE};
use homeroom_jobs::{JobHandler, JobOutcome};
use homeroom_model::AccountId;
use homeroom_model::audit::AuditAction;
use homeroom_model::district::{District, Mode, Stage};
use homeroom_model::run::Run;
use homeroom_model::time::days;
use homeroom_read::ReadLimits;
use homeroom_store::jobs::{Claimable, Job};
use homeroom_store::{DistrictStore, StoreError};
use homeroom_sync::{SyncContext, Task, change_settings};
use homeroom_testkit::{TestStore, stores};
use jiff::Timestamp;

const NEW: OpenMode = OpenMode { create: true, truncate: true, exclusive: false, append: false };

/// A roster of one student.
pub(crate) const ROSTER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
                      student_first_name,student_last_name,student_email,student_grade_level\n\
                      1,Oak,tess@x.org,Tess,Gray,S1,Art,Ann,Lee,ann@x.org,5\n";

pub(crate) struct Case {
    pub(crate) test: TestStore,
    pub(crate) district: DistrictStore,
    pub(crate) drop_box: DropBox,
    pub(crate) inbox: Inbox,
    pub(crate) context: SyncContext,
}

pub(crate) fn change(district: &DistrictStore, change: impl FnOnce(&mut District)) {
    change_settings(district, AuditAction::SettingsChanged, |settings| {
        change(settings);
        Ok::<_, StoreError>(())
    })
    .unwrap();
}

/// A live district with an account on each engine.
pub(crate) fn cases(file: &str) -> Vec<Case> {
    let case = |test: TestStore| {
        let district = test.district("lincoln");
        change(&district, |settings| {
            settings.file = file.into();
            settings.mode = Mode::OnUpload;
        });
        test.store.write(|tx| district.stage_set_in_tx(tx, Stage::Live)).unwrap();
        let inbox =
            Inbox::new(test.store.clone(), InboxSettings { settle_seconds: 0, ..InboxSettings::default() });
        inbox.account_add(&district, None, None).unwrap();
        let drop_box = inbox.drop_box(district.id(), AccountId(1));
        let context = SyncContext::new(test.store.clone(), inbox.clone(), ReadLimits::default());
        Case { test, district, drop_box, inbox, context }
    };
    stores().into_iter().map(case).collect()
}

impl Case {
    pub(crate) fn put(&self, name: &str, text: &str) {
        let mut handle = self.drop_box.open_write(&DropPath::parse(name.as_bytes()).unwrap(), NEW).unwrap();
        handle.write_at(text.as_bytes(), 0).unwrap();
        handle.close().unwrap();
    }

    pub(crate) fn change_to_nightly(&self) {
        change(&self.district, |settings| settings.mode = Mode::Nightly);
    }

    /// Does the jobs of these kinds that are due.
    pub(crate) fn work_on(&self, kinds: &[&str]) {
        while let Some(job) =
            self.test.store.jobs_claim("test", Timestamp::MAX, Claimable::Due(kinds)).unwrap()
        {
            assert!(matches!(self.context.handle(&job), JobOutcome::Finished), "{}", job.kind);
        }
    }

    /// A job that is due.
    pub(crate) fn claim(&self) -> Option<Job> {
        self.test.store.jobs_claim("test", Timestamp::MAX, Claimable::Due(Task::KINDS)).unwrap()
    }

    /// Does a claimed job; the reason when it failed for good.
    pub(crate) fn handle(&self, job: &Job) -> Result<(), String> {
        match self.context.handle(job) {
            JobOutcome::Finished => Ok(()),
            JobOutcome::Fail(reason) => {
                self.test.store.jobs_finish(job).unwrap();
                Err(reason)
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn settle(&self) {
        self.work_on(&[SETTLE]);
    }

    /// Does all jobs of this night; the runs, newest first.
    pub(crate) fn work(&self) -> Vec<Run> {
        self.test.store.clock().advance(days(1));
        self.work_on(Task::KINDS);
        self.district.runs_list(100).unwrap()
    }
}
