//! The queue's promises, on both engines.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::time::Duration;

use homeroom_jobs::{JobOutcome, Worker, WorkerSettings, release_jobs_of_dead_workers};
use homeroom_store::jobs::{Claimable, Job, JobState, NewJob, Priority};
use homeroom_store::{DistrictStore, StoreError};
use homeroom_testkit::{TestStore, stores};
use jiff::{SignedDuration, Timestamp};

/// A kind of job of which one waits at most.
const SETTLE: &str = "settle";
/// What the workers of these tests know.
const KINDS: &[&str] = &[SETTLE, "run", "undo"];

fn worker(test: &TestStore) -> Worker {
    let settings = WorkerSettings {
        folder: test.folder.path().join("workers"),
        lease: Duration::from_secs(30),
        poll: Duration::from_millis(10),
    };
    Worker::new(test.store.clone(), settings, KINDS).unwrap()
}

fn enqueue(district: &DistrictStore, kind: &str, run_at: Timestamp) -> homeroom_model::JobId {
    enqueue_as(district, kind, run_at, Priority::Scheduled)
}

fn enqueue_as(
    district: &DistrictStore,
    kind: &str,
    run_at: Timestamp,
    priority: Priority,
) -> homeroom_model::JobId {
    let dedup_key = (kind == SETTLE).then_some(SETTLE);
    let job = NewJob { kind, payload: "{}".into(), exclusive: kind != SETTLE, dedup_key, priority, run_at };
    district.store().write(|tx| district.jobs_enqueue_in_tx(tx, &job)).unwrap()
}

#[test]
fn a_job_runs_once_and_is_then_gone() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let id = enqueue(&district, "run", test.store.now());
        assert!(worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Done);
        assert!(!worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
    }
}

#[test]
fn what_somebody_waits_for_is_started_before_the_runs_of_the_night() {
    for test in stores() {
        let worker = worker(&test);
        let districts = (0..5).map(|nth| test.district(&format!("district-{nth}"))).collect::<Vec<_>>();
        let night = |minute: i64| test.store.now() - SignedDuration::from_mins(60 - minute);
        let runs = (0..).zip(&districts).map(|(nth, district)| enqueue(district, "run", night(nth)));
        let runs = runs.collect::<Vec<_>>();
        let undo = enqueue_as(&districts[4], "undo", test.store.now(), Priority::Requested);
        let mut done = vec![];
        for _ in 0..6 {
            let order = std::sync::Mutex::new(&mut done);
            let handler = |job: &Job| {
                order.lock().unwrap().push(job.id);
                JobOutcome::Done
            };
            assert!(worker.work_once(&handler).unwrap());
        }
        assert_eq!(done[0], undo, "{}", test.engine);
        assert_eq!(done[1..], runs, "in the order in which they were due");
    }
}

#[test]
fn a_job_does_not_run_before_it_is_due() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        enqueue(&district, "run", test.store.now() + SignedDuration::from_secs(1));
        assert!(!worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
        test.store.clock().advance(SignedDuration::from_millis(1_000));
        assert!(worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
    }
}

#[test]
fn exclusive_jobs_run_one_at_a_time_in_a_district_and_beside_those_of_other_districts() {
    for test in stores() {
        let (lincoln, oak) = (test.district("lincoln"), test.district("oak-hill"));
        let worker = worker(&test);
        let now = test.store.now();
        enqueue(&lincoln, "run", now - SignedDuration::from_millis(3));
        enqueue(&lincoln, "undo", now - SignedDuration::from_millis(2));
        enqueue(&oak, "run", now - SignedDuration::from_millis(1));
        let inner = worker.clone();
        let begun = std::sync::Mutex::new(vec![]);
        worker
            .work_once(&|job: &Job| {
                begun.lock().unwrap().push(job.district);
                // While the first is running, only the other district's job can be claimed.
                assert!(
                    inner
                        .work_once(&|job: &Job| {
                            begun.lock().unwrap().push(job.district);
                            JobOutcome::Done
                        })
                        .unwrap()
                );
                assert!(!inner.work_once(&|_: &Job| JobOutcome::Done).unwrap(), "{}", test.engine);
                JobOutcome::Done
            })
            .unwrap();
        assert_eq!(*begun.lock().unwrap(), [lincoln.id(), oak.id()], "{}", test.engine);
        assert!(worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
    }
}

#[test]
fn a_failing_job_is_retried_with_growing_pauses_and_then_fails_for_good() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let id = enqueue(&district, "run", test.store.now());
        let mut tries = 0;
        let mut waited = 0;
        while district.jobs_state(id).unwrap() == JobState::Waiting {
            if worker.work_once(&|_: &Job| JobOutcome::Retry("the disk is full".into())).unwrap() {
                tries += 1;
            } else {
                test.store.clock().advance(SignedDuration::from_millis(1_000));
                waited += 1;
            }
            assert!(waited < 1_000, "the job never fails for good");
        }
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Failed("the disk is full".into()));
        assert_eq!(tries, 6);
        assert_eq!(waited, 2 + 4 + 8 + 16 + 32, "seconds between the tries");
    }
}

#[test]
fn restarts_are_no_failures() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let id = enqueue(&district, "run", test.store.now());
        for _ in 0..20 {
            test.store.jobs_claim("stopped", test.store.now(), Claimable::Due(KINDS)).unwrap().unwrap();
            test.store.clock().advance(SignedDuration::from_secs(1));
            test.store.jobs_release_expired().unwrap();
        }
        assert!(worker.work_once(&|_: &Job| JobOutcome::Retry("the disk is full".into())).unwrap());
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Waiting, "{}", test.engine);
    }
}

#[test]
fn a_panic_fails_only_its_own_job() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let id = enqueue(&district, "run", test.store.now());
        assert!(worker.work_once(&|_: &Job| panic!("on purpose")).unwrap());
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Waiting);
        test.store.clock().advance(SignedDuration::from_millis(10_000));
        assert!(worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
    }
}

#[test]
fn the_jobs_of_a_dead_worker_are_requeued_at_once_and_those_of_a_live_one_are_not() {
    for test in stores() {
        let district = test.district("lincoln");
        let folder = test.folder.path().join("workers");
        let id = enqueue(&district, "run", test.store.now());
        std::fs::create_dir_all(&folder).unwrap();
        // A worker whose process was killed: its file is there, and nobody holds its lock.
        std::fs::write(folder.join("dead.lock"), "").unwrap();
        test.store
            .jobs_claim("dead", test.store.now() + SignedDuration::from_secs(1_000), Claimable::Due(KINDS))
            .unwrap()
            .unwrap();
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Running);
        assert_eq!(release_jobs_of_dead_workers(&test.store, &folder).unwrap(), 1, "{}", test.engine);
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Waiting);

        let living = worker(&test);
        living
            .work_once(&|_: &Job| {
                assert_eq!(release_jobs_of_dead_workers(&test.store, &folder).unwrap(), 0, "{}", test.engine);
                JobOutcome::Done
            })
            .unwrap();
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Done);
    }
}

#[test]
fn the_job_of_a_worker_on_another_machine_is_requeued_when_its_lease_expires() {
    for test in stores() {
        let district = test.district("lincoln");
        let folder = test.folder.path().join("workers");
        enqueue(&district, "run", test.store.now());
        test.store
            .jobs_claim("elsewhere", test.store.now() + SignedDuration::from_secs(5), Claimable::Due(KINDS))
            .unwrap()
            .unwrap();
        assert_eq!(release_jobs_of_dead_workers(&test.store, &folder).unwrap(), 0);
        test.store.clock().advance(SignedDuration::from_millis(5_001));
        assert_eq!(release_jobs_of_dead_workers(&test.store, &folder).unwrap(), 1);
    }
}

#[test]
fn a_second_settle_job_moves_the_time_of_the_one_that_waits() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let now = test.store.now();
        let first = enqueue(&district, SETTLE, now + SignedDuration::from_millis(1_000));
        let second = enqueue(&district, SETTLE, now + SignedDuration::from_millis(5_000));
        assert_eq!(first, second, "{}", test.engine);
        test.store.clock().advance(SignedDuration::from_millis(4_000));
        assert!(!worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
        test.store.clock().advance(SignedDuration::from_millis(1_000));
        // A running one does not block a new one, and gives way to it when it is requeued.
        assert!(
            worker
                .work_once(&|job: &Job| {
                    assert_eq!(job.kind, SETTLE);
                    enqueue(&district, SETTLE, now + SignedDuration::from_millis(9_000));
                    JobOutcome::Postponed { until: now + SignedDuration::from_millis(20_000) }
                })
                .unwrap()
        );
        assert_eq!(
            test.store.jobs_next_due().unwrap(),
            Some(now + SignedDuration::from_millis(9_000)),
            "{}",
            test.engine
        );
        assert_eq!(test.store.jobs_count().unwrap(), [("waiting".to_owned(), 1)]);
    }
}

#[test]
fn two_running_jobs_with_one_key_are_one_job_when_both_workers_are_dead() {
    for test in stores() {
        let district = test.district("lincoln");
        for worker in ["first", "second"] {
            enqueue(&district, SETTLE, test.store.now());
            test.store.jobs_claim(worker, test.store.now(), Claimable::Due(KINDS)).unwrap().unwrap();
        }
        test.store.clock().advance(SignedDuration::from_secs(1));
        assert_eq!(test.store.jobs_release_expired().unwrap(), 1, "{}", test.engine);
        assert_eq!(test.store.jobs_count().unwrap(), [("waiting".to_owned(), 1)]);
    }
}

#[test]
fn a_waiting_job_is_moved_and_cancelled_by_its_key() {
    for test in stores() {
        let (district, oak) = (test.district("lincoln"), test.district("oak-hill"));
        let now = test.store.now();
        let id = enqueue(&district, SETTLE, now);
        enqueue(&oak, SETTLE, now);
        let later = now + SignedDuration::from_secs(60);
        let write =
            |key: &str| test.store.write(|tx| district.jobs_move_in_tx(tx, SETTLE, key, later)).unwrap();
        assert_eq!((write("another"), write(SETTLE)), (None, Some(id)), "{}", test.engine);
        let cancel = || test.store.write(|tx| district.jobs_cancel_in_tx(tx, SETTLE)).unwrap();
        assert_eq!((cancel(), cancel()), (true, false));
        let keys = |district: &DistrictStore| test.store.read(|tx| district.jobs_keys_in_tx(tx)).unwrap();
        assert_eq!(keys(&oak), [SETTLE]);
        assert_eq!(keys(&district), Vec::<String>::new());
    }
}

#[test]
fn a_job_can_be_run_by_id_before_it_is_due_and_reports_its_failure() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let later = test.store.now() + SignedDuration::from_secs(1_000);
        let id = enqueue(&district, "run", later);
        assert_eq!(worker.work_on(district.id(), id, &|_: &Job| JobOutcome::Done).unwrap(), Ok(()));
        let id = enqueue(&district, "run", later);
        let failed =
            worker.work_on(district.id(), id, &|_: &Job| JobOutcome::Fail("no such run".into())).unwrap();
        assert_eq!(failed, Err("no such run".into()));
        assert_eq!(test.store.jobs_count().unwrap(), []);
    }
}

type Ending = fn(&TestStore, &Job) -> Result<(), StoreError>;

/// What a worker may do to a job that it has claimed.
const ENDINGS: [Ending; 6] = [
    |test, job| test.store.jobs_renew(job, test.store.now()),
    |test, job| test.store.jobs_finish(job),
    |test, job| test.store.write(|tx| test.store.jobs_finish_in_tx(tx, job)),
    |test, job| test.store.write(|tx| test.store.jobs_hold_in_tx(tx, job)),
    |test, job| test.store.jobs_requeue(job, test.store.now(), Some("the disk is full")),
    |test, job| test.store.jobs_fail(job, "no such run"),
];

#[test]
fn who_has_lost_a_job_changes_nothing_of_it() {
    let of_kind = |kind| stores().into_iter().map(move |test| (test, kind));
    for (test, kind) in of_kind("run").chain(of_kind(SETTLE)) {
        let district = test.district("lincoln");
        let folder = test.folder.path().join("workers");
        let id = enqueue(&district, kind, test.store.now());
        let claim = |worker| {
            let until = test.store.now() + SignedDuration::from_secs(5);
            test.store.jobs_claim(worker, until, Claimable::Due(KINDS)).unwrap()
        };
        let lost = claim("stopped").unwrap();
        test.store.clock().advance(SignedDuration::from_secs(6));
        assert_eq!(release_jobs_of_dead_workers(&test.store, &folder).unwrap(), 1);
        let refused = |when: &str| {
            for (nth, end) in ENDINGS.iter().enumerate() {
                let ended = end(&test, &lost);
                assert!(
                    matches!(ended, Err(StoreError::ClaimLost)),
                    "{} {when} {nth}: {ended:?}",
                    test.engine
                );
            }
        };
        refused("while it waits");
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Waiting);
        // Also the worker itself, when it has claimed the job another time.
        for taker in ["another", "stopped"] {
            let taken = claim(taker).unwrap();
            refused("while another one does it");
            assert_eq!(district.jobs_state(id).unwrap(), JobState::Running);
            test.store.jobs_requeue(&taken, test.store.now(), None).unwrap();
        }
        test.store.jobs_finish(&claim("another").unwrap()).unwrap();
        refused("when it is done");
        assert_eq!(test.store.jobs_count().unwrap(), [], "{}", test.engine);
    }
}

#[test]
fn a_worker_that_has_lost_its_job_goes_on_with_the_next_one() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let first = enqueue(&district, "run", test.store.now());
        let claimed_by_another = |_: &Job| {
            test.store.clock().advance(SignedDuration::from_secs(60));
            test.store.jobs_release_expired().unwrap();
            test.store.jobs_claim("another", Timestamp::MAX, Claimable::Only(first)).unwrap().unwrap();
            JobOutcome::Done
        };
        assert!(worker.work_once(&claimed_by_another).unwrap());
        assert_eq!(district.jobs_state(first).unwrap(), JobState::Running, "{}", test.engine);
        let oak = test.district("oak-hill");
        let next = enqueue(&oak, "run", test.store.now());
        assert!(worker.work_once(&|_: &Job| JobOutcome::Done).unwrap());
        assert_eq!(oak.jobs_state(next).unwrap(), JobState::Done);
    }
}

#[test]
fn a_job_of_a_kind_that_no_worker_knows_waits_for_one_that_does() {
    for test in stores() {
        let (district, worker) = (test.district("lincoln"), worker(&test));
        let id = enqueue(&district, "of-the-next-version", test.store.now());
        enqueue(&district, "run", test.store.now());
        assert!(
            worker
                .work_once(&|job: &Job| if job.kind == "run" {
                    JobOutcome::Done
                } else {
                    panic!("{}", job.kind)
                })
                .unwrap()
        );
        assert!(!worker.work_once(&|job: &Job| panic!("{}", job.kind)).unwrap());
        assert_eq!(district.jobs_state(id).unwrap(), JobState::Waiting, "{}", test.engine);
    }
}
