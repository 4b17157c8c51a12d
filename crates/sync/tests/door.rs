//! A whole district's story through the core alone, as any door tells it: every rule is the core's, on both engines.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use homeroom_model::audit::{Actor, ActorKind, AuditAction, Cause};
use homeroom_model::district::{Mode, Stage};
use homeroom_model::ids::RunNumber;
use homeroom_model::pin::PinChange;
use homeroom_model::refusal::{Refusal, StageRefusal};
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::time::days;
use homeroom_store::DistrictStore;
use homeroom_sync::{
    PinRequest, RejectedRows, StageChecks, SyncError, add_pin, queue_approval, queue_redo, queue_run,
    queue_undo, queue_verifying, remove_pin, set_stage,
};
use homeroom_testkit::{Enrolled, flat_csv};

mod drop_harness;

use drop_harness::{Case, cases, change};

/// What a door has: a district's store for whoever is at it.
fn kim(case: &Case, reason: &str) -> DistrictStore {
    let kim = Actor { kind: ActorKind::CommandLine, name: "kim".into(), origin: "desk".into() };
    case.district.acting_for(Cause::new(kim, reason))
}

fn class_of(students: std::ops::Range<u16>) -> String {
    let enrolled = |student| Enrolled {
        school: 1,
        class: (student % 10) as u8,
        teacher: (student % 10) as u8,
        student,
        version: 1,
    };
    String::from_utf8(flat_csv(&students.map(enrolled).collect::<Vec<_>>())).unwrap()
}

fn refusal<T: std::fmt::Debug>(refused: Result<T, SyncError>) -> Refusal {
    match refused.unwrap_err() {
        SyncError::Refused(refusal) => refusal,
        error => panic!("{error}"),
    }
}

fn newest(case: &Case) -> Run {
    case.district.runs_list(1).unwrap().remove(0)
}

fn state(case: &Case, run: RunNumber) -> RunState {
    case.district.runs_get(run).unwrap().state
}

fn students(case: &Case) -> usize {
    case.district.roster_load().unwrap().students.iter().filter(|student| student.active).count()
}

/// From the first upload to the first night: nobody goes live by accident.
fn goes_live(case: &Case) {
    set_stage(&case.district, Stage::Testing, StageChecks::Enforced).unwrap();
    let slug = case.district.settings().unwrap().slug;
    let refused = refusal(queue_verifying(&case.district, RejectedRows::Refused));
    let file = "roster.csv".to_owned();
    assert_eq!(refused, StageRefusal::NoTestRun { district: slug.clone(), file }.into());
    case.put("roster.csv", &class_of(0..300));
    case.work();
    assert_eq!((newest(case).state, students(case)), (RunState::Tested, 0));
    let refused = refusal(set_stage(&case.district, Stage::Live, StageChecks::Enforced));
    let stage = Stage::Testing;
    assert_eq!(refused, StageRefusal::RosterNotLoaded { district: slug.clone(), stage }.into());
    queue_verifying(&kim(case, "all rows are fine"), RejectedRows::Refused).unwrap();
    case.work();
    assert_eq!(case.district.settings().unwrap().stage, Stage::Verifying, "in the transaction of its run");
    let refused = refusal(set_stage(&case.district, Stage::Live, StageChecks::Enforced));
    assert_eq!(refused, StageRefusal::LoginsNotTested { district: slug }.into());
    set_stage(&kim(case, "logins tested by phone"), Stage::Live, StageChecks::Overridden).unwrap();
}

/// More than 50 people are removed, undone and redone only by who types their number.
fn many_people(case: &Case) -> RunNumber {
    case.put("roster.csv", &class_of(0..200));
    case.work();
    let held = newest(case).number;
    assert_eq!((state(case, held), students(case)), (RunState::Held, 300), "{}", case.test.engine);
    let many = Refusal::Unconfirmed { people: 100 };
    let by_kim = kim(case, "the school closed");
    for confirmed in [None, Some(99), Some(0)] {
        assert_eq!(refusal(queue_approval(&by_kim, held, &[], confirmed)), many);
    }
    queue_approval(&by_kim, held, &[], Some(100)).unwrap();
    case.work();
    assert_eq!((state(case, held), students(case)), (RunState::Applied, 200));
    let decided = case.district.runs_get(held).unwrap().report.decisions.remove(0).by.unwrap();
    assert_eq!(decided.in_words(), "by kim at the command line: the school closed");
    assert_eq!(refusal(queue_undo(&by_kim, held, None)), many);
    queue_undo(&by_kim, held, Some(100)).unwrap();
    case.work();
    assert_eq!((state(case, held), students(case)), (RunState::Undone, 300));
    // A second undo is refused: it is not a redo.
    queue_undo(&by_kim, held, Some(100)).unwrap();
    let job = case.claim().unwrap();
    let refused = case.handle(&job).unwrap_err();
    assert!(refused.contains("run redo"), "{refused}");
    assert_eq!(refusal(queue_redo(&by_kim, held, Some(3))), many);
    queue_redo(&by_kim, held, Some(100)).unwrap();
    case.work();
    assert_eq!((state(case, held), students(case)), (RunState::Applied, 200));
    held
}

#[test]
fn a_districts_story_is_told_without_the_command_line() {
    for case in cases("roster.csv") {
        goes_live(&case);
        many_people(&case);
        case.put("roster.csv", &class_of(0..201));
        case.work();

        let until = "2027-01-01".parse().unwrap();
        let email = "s3@students.lincoln.example.org".to_owned();
        let pin = PinChange::Excluded { person: email };
        let request = PinRequest { change: &pin, owner: "kim", reason: "moved abroad", until };
        let past = PinRequest { until: "2026-09-01".parse().unwrap(), ..request };
        assert!(matches!(refusal(add_pin(&case.district, &past)), Refusal::NotAFutureDay { .. }));
        let (number, run) = add_pin(&kim(&case, ""), &request).unwrap();
        assert!(run.is_some(), "the roster follows at once");
        case.work();
        assert_eq!(students(&case), 200);
        remove_pin(&kim(&case, "back again"), number).unwrap();
        case.work();
        assert_eq!(students(&case), 201);
        assert!(matches!(refusal(remove_pin(&case.district, number)), Refusal::NoSuchPin { .. }));

        // Paused means tested, whoever asks.
        set_stage(&kim(&case, "summer"), Stage::Paused, StageChecks::Enforced).unwrap();
        case.put("roster.csv", &class_of(0..202));
        case.work();
        let upload = case.district.uploads_newest().unwrap().unwrap();
        queue_run(&kim(&case, "please"), RunKind::Live, upload.id).unwrap();
        case.work();
        assert_eq!((newest(&case).state, students(&case)), (RunState::Tested, 201));
        set_stage(&case.district, Stage::Live, StageChecks::Enforced).unwrap();
        change(&case.district, |settings| settings.mode = Mode::OnUpload);
        case.test.store.clock().advance(days(1));
        case.work();
        assert_eq!(students(&case), 202, "{:?}", newest(&case));

        let log = case.district.audit_list().unwrap();
        let reasons = |action| {
            log.iter().filter(move |entry| entry.action == action).map(|entry| entry.cause.reason.as_str())
        };
        assert!(reasons(AuditAction::StageChanged).any(|reason| reason == "logins tested by phone"));
        assert!(reasons(AuditAction::HoldApproved).eq(["the school closed"]));
        assert!(reasons(AuditAction::PinRemoved).eq(["back again"]));
        assert_eq!(case.district.audit_verify().unwrap(), None);
    }
}
