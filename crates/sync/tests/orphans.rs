//! Whatever happens to a district, every run that is not done is in the queue, on both engines.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use homeroom_jobs::{JobHandler, JobOutcome};
use homeroom_model::district::{Mode, Stage};
use homeroom_model::run::{RunKind, RunState};
use homeroom_model::time::{after, days};
use homeroom_store::jobs::{Claimable, Job};
use homeroom_sync::{
    RejectedRows, StageChecks, Task, adopt_orphaned_runs, cancel_run, orphaned_runs, queue_decision,
    queue_run, queue_verifying, set_stage,
};
use homeroom_testkit::{Enrolled, flat_csv};
use jiff::SignedDuration;
use proptest::prelude::*;

mod drop_harness;

use drop_harness::{Case, ROSTER, cases, change};

const LEASE: SignedDuration = SignedDuration::from_mins(1);

#[derive(Clone, Copy, Debug)]
enum Event {
    /// A class of this many students is uploaded.
    Upload(u16),
    /// A worker does this many jobs that are due.
    Work(u8),
    /// A worker claims a job and its process is killed.
    Die,
    /// A job has failed too often.
    GiveUp,
    /// A person tests or syncs the newest upload.
    Sync(RunKind),
    /// A person cancels the newest run that has not begun.
    Cancel,
    /// A person decides about the newest run.
    Decide(u8),
    Stage(Stage),
    Verify,
    Mode(Mode),
    Night,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let stage = prop_oneof![Just(Stage::Testing), Just(Stage::Live), Just(Stage::Paused)];
    let mode = prop_oneof![Just(Mode::Nightly), Just(Mode::OnUpload), Just(Mode::Manual)];
    let event = prop_oneof![
        4 => (5..40_u16).prop_map(Event::Upload),
        4 => (1..4_u8).prop_map(Event::Work),
        2 => Just(Event::Die),
        1 => Just(Event::GiveUp),
        2 => prop_oneof![Just(RunKind::Test), Just(RunKind::Live)].prop_map(Event::Sync),
        2 => Just(Event::Cancel),
        2 => (0..4_u8).prop_map(Event::Decide),
        3 => stage.prop_map(Event::Stage),
        1 => Just(Event::Verify),
        2 => mode.prop_map(Event::Mode),
        2 => Just(Event::Night),
    ];
    proptest::collection::vec(event, 1..30)
}

fn claim(case: &Case) -> Option<Job> {
    let store = &case.test.store;
    store.jobs_claim("worker", after(store.now(), LEASE), Claimable::Due(Task::KINDS)).unwrap()
}

/// What a worker does about the end of a job.
fn record(case: &Case, job: &Job, outcome: JobOutcome) {
    let store = &case.test.store;
    match outcome {
        JobOutcome::Finished | JobOutcome::Lost => {}
        JobOutcome::Done => store.jobs_finish(job).unwrap(),
        JobOutcome::Postponed { until } => store.jobs_requeue(job, until, None).unwrap(),
        JobOutcome::Retry(error) => store.jobs_requeue(job, store.now(), Some(&error)).unwrap(),
        JobOutcome::Fail(error) => store.jobs_fail(job, &error).unwrap(),
    }
}

/// People's requests may be refused: what counts is that they leave no orphan.
fn happen(case: &Case, event: Event) {
    let newest = case.district.runs_list(1).unwrap().pop();
    match event {
        Event::Upload(students) => {
            let enrolled = |student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 };
            let roster = flat_csv(&(0..students).map(enrolled).collect::<Vec<_>>());
            case.put("roster.csv", &String::from_utf8(roster).unwrap());
        }
        Event::Work(jobs) => (0..jobs).filter_map(|_| claim(case)).for_each(|job| {
            let outcome = case.context.handle(&job);
            record(case, &job, outcome);
        }),
        Event::Die => {
            if claim(case).is_some() {
                case.test.store.clock().advance(LEASE + SignedDuration::from_secs(1));
                assert_eq!(case.test.store.jobs_release_expired().unwrap(), 1);
            }
        }
        Event::GiveUp => {
            if let Some(job) = claim(case) {
                let outcome = case.context.give_up(&job, "the disk is broken".into());
                record(case, &job, outcome);
            }
        }
        Event::Sync(kind) => {
            if let Some(upload) = case.district.uploads_newest().unwrap() {
                queue_run(&case.district, kind, upload.id).unwrap();
            }
        }
        Event::Cancel => _ = newest.map(|run| cancel_run(&case.district, run.number)),
        Event::Decide(which) => {
            if let Some(run) = newest {
                let (number, all) = (run.number, vec![]);
                let task = match which {
                    0 => Task::Approve(number, all),
                    1 => Task::Discard(number, all),
                    2 => Task::Undo(number),
                    _ => Task::Redo(number),
                };
                queue_decision(&case.district, task).unwrap();
            }
        }
        Event::Stage(stage) => _ = set_stage(&case.district, stage, StageChecks::Overridden),
        Event::Verify => _ = queue_verifying(&case.district, RejectedRows::Allowed),
        Event::Mode(mode) => change(&case.district, |settings| settings.mode = mode),
        Event::Night => case.test.store.clock().advance(days(1)),
    }
}

/// Does everything that is due tonight and in the nights to come.
fn come_to_rest(case: &Case) {
    for _ in 0..4 {
        while let Some(job) = claim(case) {
            let outcome = case.context.handle(&job);
            record(case, &job, outcome);
        }
        case.test.store.clock().advance(days(1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_run_that_is_not_done_has_a_job_and_comes_to_an_end(events in events()) {
        for case in cases("roster.csv") {
            for event in &events {
                happen(&case, *event);
                let orphans = orphaned_runs(&case.district).unwrap();
                prop_assert!(orphans.is_empty(), "{:?} leaves {:?}, {}", event, orphans, case.test.engine);
            }
            come_to_rest(&case);
            let unfinished = case.district.runs_list(1_000).unwrap();
            let unfinished = unfinished.iter().filter(|run| {
                matches!(run.state, RunState::Queued | RunState::Running)
            });
            prop_assert_eq!(unfinished.count(), 0, "{}", case.test.engine);
        }
    }
}

#[test]
fn a_run_whose_job_somebody_has_deleted_is_found_and_queued_again() {
    for case in cases("roster.csv") {
        case.put("roster.csv", ROSTER);
        case.settle();
        case.test.execute("DELETE FROM job");
        assert_eq!(orphaned_runs(&case.district).unwrap().len(), 1, "{}", case.test.engine);
        assert_eq!(adopt_orphaned_runs(&case.district).unwrap(), 1);
        assert_eq!(adopt_orphaned_runs(&case.district).unwrap(), 0);
        assert_eq!(case.work()[0].state, RunState::Applied);
    }
}

#[test]
fn a_run_whose_job_failed_too_often_has_failed_and_says_why() {
    for case in cases("roster.csv") {
        case.put("roster.csv", ROSTER);
        case.settle();
        let job = claim(&case).unwrap();
        let outcome = case.context.give_up(&job, "the disk is broken".into());
        assert_eq!(outcome, JobOutcome::Finished, "{}", case.test.engine);
        let run = case.district.runs_list(1).unwrap().remove(0);
        assert_eq!((run.state, run.report.messages), (RunState::Failed, vec!["the disk is broken".into()]));
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
    }
}
