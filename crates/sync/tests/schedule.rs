//! The runs that a live district makes by itself: which upload, when, and what stops or moves them, on both engines.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use homeroom_inbox::DropPath;
use homeroom_model::audit::{Actor, ActorKind, Cause};
use homeroom_model::calendar::{CalendarEntry, CalendarRule};
use homeroom_model::district::{Mode, Stage};
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::time::days;
use homeroom_store::DistrictStore;
use homeroom_sync::{StageChecks, SyncError, cancel_run, queue_run, set_stage};
use jiff::civil::Date;

use homeroom_testkit::{Enrolled, flat_csv};

mod drop_harness;

use drop_harness::{Case, ROSTER, cases, change};

fn stage(case: &Case, stage: Stage) -> homeroom_sync::StageChange {
    set_stage(&case.district, stage, StageChecks::Enforced).unwrap()
}

/// Every run, oldest first: its kind, its state and the name of its file.
fn story(case: &Case) -> Vec<(RunKind, RunState, String)> {
    let mut runs = case.district.runs_list(100).unwrap();
    runs.reverse();
    runs.into_iter().map(|run| (run.kind, run.state, run.upload.name)).collect()
}

fn states(case: &Case) -> Vec<(RunKind, RunState)> {
    story(case).into_iter().map(|(kind, state, _)| (kind, state)).collect()
}

/// When the jobs of the district are due.
fn due(case: &Case) -> Vec<i64> {
    let sql = "SELECT CAST((run_at - 1788350400000) / 60000 AS TEXT) FROM job WHERE state = 'waiting' ORDER BY run_at";
    case.test.texts(sql).iter().map(|minutes| minutes.parse().unwrap()).collect()
}

fn students(case: &Case) -> usize {
    case.district.roster_load().unwrap().students.iter().filter(|student| student.active).count()
}

fn with_bob() -> String {
    format!("{ROSTER}1,Oak,tess@x.org,Tess,Gray,S1,Art,Bob,Kim,bob@x.org,5\n")
}

fn range(kind: CalendarRule, from: &str, to: &str) -> CalendarEntry {
    let day = |text: &str| text.parse::<Date>().unwrap();
    CalendarEntry { from: day(from), to: day(to), kind, schools: vec![], reason: String::new() }
}

fn person(district: &DistrictStore) -> DistrictStore {
    let kim = Actor { kind: ActorKind::CommandLine, name: "kim".into(), origin: "desk".into() };
    district.acting_for(Cause::new(kim, "because"))
}

#[test]
fn pausing_stops_the_run_of_the_night_and_its_end_queues_the_newest_upload() {
    for case in cases("roster.csv") {
        case.change_to_nightly();
        case.put("roster.csv", ROSTER);
        case.settle();
        assert_eq!(due(&case), [14 * 60], "{}: at 02:00", case.test.engine);
        let paused = stage(&case, Stage::Paused).runs;
        assert_eq!((paused.stopped.len(), paused.next.is_none()), (1, true));
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
        case.put("roster.csv", &with_bob());
        case.work();
        assert_eq!(students(&case), 0, "nothing is applied while the district is paused");
        let tested = (RunKind::Test, RunState::Tested);
        assert_eq!(states(&case), [(RunKind::Live, RunState::Superseded), tested]);
        let stopped = case.district.runs_list(2).unwrap().remove(1);
        assert_eq!(stopped.report.messages, ["The district was set to paused before this run began."]);

        assert!(stage(&case, Stage::Live).runs.next.is_some());
        case.work();
        assert_eq!((states(&case).len(), students(&case)), (3, 2), "no upload was needed");
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
    }
}

#[test]
fn a_change_of_mode_or_time_moves_the_queued_run_in_the_same_transaction() {
    for case in cases("roster.csv") {
        case.change_to_nightly();
        case.put("roster.csv", ROSTER);
        case.settle();
        change(&case.district, |settings| settings.at = "23:30".parse().unwrap());
        assert_eq!(due(&case), [11 * 60 + 30], "{}", case.test.engine);
        change(&case.district, |settings| settings.mode = Mode::Manual);
        assert_eq!(due(&case), [] as [i64; 0]);
        change(&case.district, |settings| settings.mode = Mode::OnUpload);
        assert_eq!(due(&case), [0]);
        case.work();
        assert_eq!(
            states(&case),
            [(RunKind::Live, RunState::Superseded), (RunKind::Live, RunState::Applied)]
        );
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
    }
}

#[test]
fn what_was_uploaded_in_a_pause_is_tested_at_once_and_synced_when_it_is_over() {
    for case in cases("roster.csv") {
        change(&case.district, |settings| {
            settings.policy.calendar.push(range(CalendarRule::Pause, "2026-09-01", "2026-09-04"));
        });
        case.put("roster.csv", ROSTER);
        case.settle();
        let end = 12 * 60 + 2 * 24 * 60;
        assert_eq!(due(&case), [0, end], "{}", case.test.engine);
        case.work();
        assert_eq!(states(&case), [(RunKind::Live, RunState::Queued), (RunKind::Test, RunState::Tested)]);
        // The pause is made longer, then removed: the run follows.
        change(&case.district, |settings| settings.policy.calendar[0].to = "2026-09-10".parse().unwrap());
        assert_eq!(due(&case), [end + 6 * 24 * 60]);
        change(&case.district, |settings| settings.policy.calendar.clear());
        case.work();
        assert_eq!(students(&case), 1);
    }
}

/// A class of this many students.
fn class_of(students: u16) -> String {
    let enrolled = |student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 };
    String::from_utf8(flat_csv(&(0..students).map(enrolled).collect::<Vec<_>>())).unwrap()
}

#[test]
fn removals_that_waited_for_the_end_of_an_additions_only_range_are_made_by_themselves() {
    for case in cases("roster.csv") {
        case.put("roster.csv", &class_of(40));
        case.work();
        change(&case.district, |settings| {
            settings.policy.calendar.push(range(CalendarRule::AdditionsOnly, "2026-09-01", "2026-09-06"));
        });
        case.put("roster.csv", &class_of(39));
        case.work();
        let run = case.district.runs_list(1).unwrap().remove(0);
        assert_eq!((run.state, students(&case)), (RunState::Queued, 40), "{}", case.test.engine);
        assert_eq!(due(&case), [12 * 60 + 4 * 24 * 60]);
        case.test.store.clock().advance(days(4));
        case.work();
        assert_eq!(students(&case), 39);
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
    }
}

#[test]
fn a_cancelled_run_is_not_made_and_only_a_newer_upload_is_synced() {
    for case in cases("roster.csv") {
        case.change_to_nightly();
        case.put("roster.csv", ROSTER);
        case.settle();
        let queued = case.district.runs_list(1).unwrap().remove(0);
        let cancelled = cancel_run(&person(&case.district), queued.number).unwrap();
        assert_eq!(cancelled.state, RunState::Cancelled, "{}", case.test.engine);
        assert_eq!(cancelled.report.messages, ["Cancelled by kim at the command line: because."]);
        let again = cancel_run(&case.district, queued.number);
        assert!(matches!(again, Err(SyncError::Refused(_))), "{again:?}");
        change(&case.district, |settings| settings.seats = 20);
        case.work();
        assert_eq!((states(&case).len(), students(&case)), (1, 0));
        case.put("roster.csv", &with_bob());
        case.settle();
        case.work();
        assert_eq!((states(&case).len(), students(&case)), (2, 2));
    }
}

#[test]
fn a_file_that_somebody_synced_at_noon_is_not_replaced_by_an_older_one_at_night() {
    for case in cases("roster.csv") {
        case.change_to_nightly();
        case.put("roster.csv", ROSTER);
        case.settle();
        case.test.store.clock().advance(days(1) / 24);
        let path = case.test.folder.path().join("noon.csv");
        std::fs::write(&path, with_bob()).unwrap();
        let district = person(&case.district);
        let upload = case.inbox.receive(&district, "roster.csv", &path).unwrap();
        queue_run(&district, RunKind::Live, upload.id).unwrap();
        case.work();
        assert_eq!(students(&case), 2, "{}", case.test.engine);
        let states = states(&case);
        assert_eq!(states[0], (RunKind::Live, RunState::Superseded), "{states:?}");
        assert_eq!(case.test.store.jobs_count().unwrap(), []);
    }
}

#[test]
fn a_file_in_a_folder_of_the_account_is_only_tested() {
    for case in cases("roster.csv") {
        case.drop_box.create_folder(&DropPath::parse(b"old").unwrap()).unwrap();
        case.put("roster.csv", &with_bob());
        case.work();
        case.put("old/roster.csv", ROSTER);
        case.work();
        assert_eq!(states(&case)[1], (RunKind::Test, RunState::Tested), "{}", case.test.engine);
        assert_eq!(students(&case), 2);
    }
}

#[test]
fn two_people_who_change_different_settings_at_once_both_get_what_they_asked_for() {
    for case in cases("roster.csv") {
        let gate = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                gate.wait();
                (1..=20).for_each(|seats| change(&case.district, |settings| settings.seats = seats));
            });
            scope.spawn(|| {
                gate.wait();
                for hour in 1..=20 {
                    let at = format!("{hour:02}:00").parse().unwrap();
                    change(&case.district, |settings| settings.at = at);
                }
            });
        });
        let settings = case.district.settings().unwrap();
        assert_eq!((settings.seats, settings.at.to_string()), (20, "20:00".into()), "{}", case.test.engine);
    }
}

#[test]
fn a_run_says_who_asked_for_it() {
    for case in cases("roster.csv") {
        case.put("roster.csv", ROSTER);
        case.work();
        let run = |number: usize| -> Run { case.district.runs_list(10).unwrap().remove(number) };
        assert_eq!(run(0).requested_by, Some(Cause::SCHEDULE), "{}", case.test.engine);
        let upload = run(0).upload.id.unwrap();
        queue_run(&person(&case.district), RunKind::Test, upload).unwrap();
        let by = run(0).requested_by.unwrap();
        assert_eq!(by.in_words(), "by kim at the command line: because");
    }
}
