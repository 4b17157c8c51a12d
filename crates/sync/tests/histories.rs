//! Random histories of a district on both engines: files, holds released by school, undos, jobs repeated after a crash.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use harness::{Records, TestDistrict, districts_with_seats, wanted};
use homeroom_model::event::EventKind;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RosterVersion;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_sync::Task;
use homeroom_testkit::world::{World, WorldChange, changes, worlds};
use proptest::prelude::*;

/// What the operator does about a run.
#[derive(Clone, Copy, Debug)]
enum Decision {
    Nothing,
    /// Approves everything that it holds.
    Approve,
    /// Approves one school and discards the rest.
    ApproveOneSchool,
    Discard,
    Undo,
    UndoAndRedo,
}

/// A day of a district: what changes, what the operator decides, and whether the process dies after the run.
#[derive(Clone, Debug)]
struct Step {
    changes: Vec<WorldChange>,
    decision: Decision,
    crashes: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let decision = prop_oneof![
        2 => Just(Decision::Nothing),
        3 => Just(Decision::Approve),
        2 => Just(Decision::ApproveOneSchool),
        1 => Just(Decision::Discard),
        1 => Just(Decision::Undo),
        1 => Just(Decision::UndoAndRedo),
    ];
    let step = (changes(), decision, any::<bool>()).prop_map(|(changes, decision, crashes)| Step {
        changes,
        decision,
        crashes,
    });
    proptest::collection::vec(step, 1..5)
}

/// No two students have the same random id, and no active link leads to an inactive student or class.
fn assert_sound(lincoln: &TestDistrict) {
    let twice =
        "SELECT CAST(count(*) AS TEXT) FROM (SELECT id FROM student GROUP BY id HAVING count(*) > 1) twice";
    assert_eq!(lincoln.test.texts(twice), ["0"]);
    let lost = "SELECT CAST(count(*) AS TEXT) FROM enrollment e WHERE e.active AND (
        NOT EXISTS (SELECT 1 FROM student s WHERE s.district = e.district AND s.number = e.student AND s.active)
        OR NOT EXISTS (SELECT 1 FROM class c WHERE c.district = e.district AND c.number = e.class AND c.active))";
    assert_eq!(
        lincoln.test.texts(lost),
        ["0"],
        "students who stay keep their classes, {}",
        lincoln.test.engine
    );
}

/// Whoever follows the changes has the roster, from whichever version on; the logs are whole.
fn assert_followed(lincoln: &TestDistrict, snapshots: &[(RosterVersion, Records)]) {
    for (at, (since, before)) in snapshots.iter().enumerate() {
        let next = snapshots.get(at + 1).into_iter();
        for (version, after) in next.chain(snapshots.last()) {
            assert_eq!(&lincoln.replay(*since, before.clone(), *version), after, "{since} to {version}");
        }
    }
    assert_eq!(lincoln.district.audit_verify().unwrap(), None);
    let events = lincoln.district.events_list(0, u32::MAX >> 1).unwrap();
    assert!(events.iter().map(|event| event.number).eq(1..=events.len() as i64), "without gaps");
    let versions = events.iter().filter_map(|event| match event.kind {
        EventKind::RosterChanged { version, .. } => Some(version.0),
        _ => None,
    });
    assert!(versions.eq(1..=lincoln.records().0.0), "each version is an event");
}

/// An export whose numbers have no zeros at the beginning: where a file lost some of them, the stored number stays.
fn without_zeros(export: &str) -> String {
    let lines = export.lines().map(|line| match line.rsplit_once(',') {
        Some((rest, number)) => format!("{rest},{}\n", number.trim_start_matches('0')),
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn decide(lincoln: &TestDistrict, run: &Run, decision: Decision) {
    // The same file again leaves the hold where it is.
    let held = run.report.same_as.and_then(|_| lincoln.district.runs_held().unwrap());
    let run = held.as_ref().unwrap_or(run);
    let waiting = run.report.held.iter().flat_map(|held| &held.schools);
    let waiting =
        waiting.filter(|school| school.state == HeldState::Waiting).map(|school| school.school.clone());
    let waiting = waiting.collect::<Vec<_>>();
    let is_held = run.state == RunState::Held;
    match decision {
        Decision::Approve if is_held => lincoln.decide(Task::Approve(run.number, vec![])).unwrap(),
        Decision::ApproveOneSchool if is_held => {
            lincoln.decide(Task::Approve(run.number, vec![waiting[0].clone()])).unwrap();
            if lincoln.district.runs_get(run.number).unwrap().state == RunState::Held {
                lincoln.decide(Task::Discard(run.number, vec![])).unwrap();
            }
        }
        Decision::Discard if is_held => lincoln.decide(Task::Discard(run.number, vec![])).unwrap(),
        Decision::Undo | Decision::UndoAndRedo if matches!(run.state, RunState::Held | RunState::Applied) => {
            let before = lincoln.export();
            lincoln.decide(Task::Undo(run.number)).unwrap();
            if matches!(decision, Decision::UndoAndRedo) {
                lincoln.decide(Task::Redo(run.number)).unwrap();
                assert_eq!(lincoln.export(), before, "undo and redo change nothing, {}", lincoln.test.engine);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_history_ends_with_the_wanted_roster(world in worlds(), steps in steps(), seats in prop_oneof![Just(1_000_u32), 5..60_u32]) {
        for lincoln in districts_with_seats(seats) {
            let mut world = World::clone(&world);
            let mut snapshots = vec![lincoln.records()];
            lincoln.sync(world.csv().as_bytes(), RunKind::Live);
            snapshots.push(lincoln.records());
            for Step { changes, decision, crashes } in &steps {
                world.change(changes);
                let file = world.csv();
                let test = lincoln.sync(file.as_bytes(), RunKind::Test);
                let run = lincoln.sync(file.as_bytes(), RunKind::Live);
                if run.state != RunState::Unchanged {
                    prop_assert_eq!(&test.report.plan, &run.report.plan, "the test run showed what the live run did");
                    prop_assert_eq!(&test.report.rekeys, &run.report.rekeys);
                    let counts = |run: &Run| run.report.held.as_ref().map(|held| held.counts);
                    prop_assert_eq!(counts(&test), counts(&run));
                }
                assert_sound(&lincoln);
                snapshots.push(lincoln.records());
                decide(&lincoln, &run, *decision);
                assert_sound(&lincoln);
                snapshots.push(lincoln.records());
                if *crashes {
                    // The process dies after its job and before recording that: the job runs again.
                    let before = (lincoln.export(), lincoln.district.roster_load().unwrap().version);
                    let again = lincoln.decide(Task::Run(run.number));
                    prop_assert_eq!(again, Ok(()));
                    prop_assert_eq!((lincoln.export(), lincoln.district.roster_load().unwrap().version), before);
                }
            }
            let file = world.csv();
            let run = lincoln.sync(file.as_bytes(), RunKind::Live);
            decide(&lincoln, &run, Decision::Approve);
            assert_sound(&lincoln);
            snapshots.push(lincoln.records());
            assert_followed(&lincoln, &snapshots);
            let wanted = wanted(file.as_bytes());
            prop_assert_eq!(without_zeros(&lincoln.export()), without_zeros(&wanted), "{}", lincoln.test.engine);
        }
    }
}
