//! A worker that is stopped in the middle of a job, for longer than its lease, while another one takes the job over: on both engines there
//! is one owner and one result, and nothing happens twice.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::{TestDistrict, class};
use homeroom_jobs::{JobHandler, JobOutcome};
use homeroom_model::JobId;
use homeroom_model::run::{RunKind, RunState};
use homeroom_store::StoreError;
use homeroom_store::jobs::{Claimable, Job, JobState};
use homeroom_sync::{Task, queue_decision};
use homeroom_testkit::{TestStore, flat_csv, stores};
use jiff::SignedDuration;

/// Rounds on each engine, with a district of their own.
const ROUNDS: usize = 100;

/// A worker is stopped at one of so many steps, if its job has as many.
const STEPS: usize = 5;

const LEASE: SignedDuration = SignedDuration::from_secs(5);

fn claim(test: &TestStore, worker: &str, job: JobId) -> Job {
    let until = test.store.now() + LEASE;
    test.store.jobs_claim(worker, until, Claimable::Only(job)).unwrap().unwrap()
}

/// Does a job with a worker that is stopped at the step `stopped_at`, while another one does it to its end. Returns how it ended for both;
/// the other one has nothing to do when the job has fewer steps.
fn do_with_a_stop(lincoln: &TestDistrict, job: &Job, stopped_at: usize) -> (JobOutcome, Option<JobOutcome>) {
    let id = job.id;
    let steps = Arc::new(AtomicUsize::new(0));
    let taken = Arc::new(std::sync::Mutex::new(None));
    let context = {
        let (steps, taken, test) = (Arc::clone(&steps), Arc::clone(&taken), Arc::clone(&lincoln.test));
        let other = lincoln.context_with(|| {});
        lincoln.context_with(move || {
            if steps.fetch_add(1, Ordering::SeqCst) == stopped_at {
                test.store.clock().advance(LEASE + SignedDuration::from_secs(1));
                assert_eq!(test.store.jobs_release_expired().unwrap(), 1);
                *taken.lock().unwrap() = Some(other.handle(&claim(&test, "other", id)));
            }
        })
    };
    let stopped = context.handle(job);
    let taken = taken.lock().unwrap().take();
    (stopped, taken)
}

/// The job is done once, whoever did it.
fn assert_done_once(lincoln: &TestDistrict, job: JobId, stopped_at: usize, what: &str) {
    let what = format!("{what}, stopped at {stopped_at}, {}", lincoln.test.engine);
    let claimed = claim(&lincoln.test, "stopped", job);
    match do_with_a_stop(lincoln, &claimed, stopped_at) {
        (JobOutcome::Lost, Some(JobOutcome::Finished)) | (JobOutcome::Finished, None) => {}
        // It was refused, because it has happened by now: the job is not its own to fail.
        (JobOutcome::Fail(reason), Some(JobOutcome::Finished)) => {
            let failed = lincoln.test.store.jobs_fail(&claimed, &reason);
            assert!(matches!(failed, Err(StoreError::ClaimLost)), "{what}: {failed:?}");
        }
        ended => panic!("{what}: {ended:?}"),
    }
    assert_eq!(lincoln.district.jobs_state(job).unwrap(), JobState::Done, "{what}");
}

fn rows_of(lincoln: &TestDistrict) -> usize {
    let district = lincoln.district.id().0;
    lincoln
        .test
        .texts(&format!("SELECT CAST(position AS TEXT) FROM roster_change WHERE district = {district}"))
        .len()
}

fn round(test: &Arc<TestStore>, nth: usize) {
    let lincoln = TestDistrict::of_store(Arc::clone(test), &format!("district-{nth}"));
    let stops = |task: usize| (nth / STEPS.pow(task as u32 % 3) + task) % STEPS;
    let first = flat_csv(&class(0..40));
    let queued = lincoln.queue(&first);
    assert_done_once(&lincoln, queued.job, stops(0), "a first load");
    let run = lincoln.district.runs_get(queued.number).unwrap();
    assert_eq!((run.kind, run.state), (RunKind::Live, RunState::Applied));
    let loaded = lincoln.export();

    // Half of the students are missing, which waits.
    let queued = lincoln.queue(&flat_csv(&class(0..20)));
    assert_done_once(&lincoln, queued.job, stops(1), "a run that holds");
    assert_eq!(lincoln.district.runs_get(queued.number).unwrap().state, RunState::Held);
    assert_eq!(lincoln.export(), loaded);
    let before = rows_of(&lincoln);
    let decided = queue_decision(&lincoln.district, Task::Approve(queued.number, vec![])).unwrap();
    assert_done_once(&lincoln, decided, stops(2), "an approval");
    let run = lincoln.district.runs_get(queued.number).unwrap();
    assert_eq!((run.state, run.report.decisions.len()), (RunState::Applied, 1));
    let changes = rows_of(&lincoln) - before;

    for (task, what) in [(Task::Undo(queued.number), "an undo"), (Task::Redo(queued.number), "a redo")] {
        let before = rows_of(&lincoln);
        let decided = queue_decision(&lincoln.district, task).unwrap();
        assert_done_once(&lincoln, decided, stops(3), what);
        assert_eq!(rows_of(&lincoln) - before, changes, "{what}");
    }
    assert_eq!(
        lincoln.district.roster_load().unwrap().students.iter().filter(|student| student.active).count(),
        20
    );
}

#[test]
fn a_worker_that_is_stopped_for_longer_than_its_lease_changes_nothing_when_it_wakes_up() {
    for test in stores() {
        let test = Arc::new(test);
        (0..ROUNDS).for_each(|nth| round(&test, nth));
        let left = test.store.jobs_count().unwrap();
        // The ends of the holds, in two weeks.
        assert_eq!(left, [("waiting".to_owned(), i64::try_from(ROUNDS).unwrap())], "{}", test.engine);
    }
}
