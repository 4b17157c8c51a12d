//! The laws of planning and applying, on both engines with real files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use harness::{
    TestDistrict, class, districts, districts_with_seats, districts_without_fuses, renamed, rows, wanted,
};
use homeroom_ask::export_flat;
use homeroom_check::check_alone;
use homeroom_model::fuse::Fuse;
use homeroom_model::run::{RunKind, RunState};
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits as PlanLimits, PlanInputs, plan, split};
use homeroom_sync::Task;
use homeroom_testkit::{Enrolled, flat_csv};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn applying_gives_the_wanted_roster_repeating_changes_nothing_and_undo_restores(
        first in rows(60), second in rows(60), every in 2..9_u16,
    ) {
        for lincoln in districts_without_fuses() {
            let engine = lincoln.test.engine;
            let (a, b) = (flat_csv(&first), flat_csv(&renamed(&second, every)));
            prop_assert_eq!(lincoln.sync(&a, RunKind::Live).state, RunState::Applied);
            prop_assert_eq!(lincoln.export(), wanted(&a), "{}", engine);
            let ids = lincoln.ids();

            let test = lincoln.sync(&b, RunKind::Test);
            prop_assert_eq!(lincoln.export(), wanted(&a), "a test run changes nothing");
            let live = lincoln.sync(&b, RunKind::Live);
            prop_assert_eq!(test.report.plan, live.report.plan, "the test run showed what the live run did");
            prop_assert_eq!(lincoln.export(), wanted(&b), "{}", engine);
            for (email, id) in lincoln.ids() {
                if let Some((_, before)) = ids.iter().find(|(known, _)| *known == email) {
                    prop_assert_eq!(before, &id, "everyone who stays keeps their id");
                }
            }

            let stored = lincoln.district.roster_load().unwrap();
            let again = check_alone(&b, "").unwrap();
            prop_assert!(plan(&stored, again.roster, &again.protected, &PlanInputs::default()).plan.is_empty(), "planning after applying is empty");
            prop_assert_eq!(lincoln.sync(&b, RunKind::Live).state, RunState::Unchanged);

            prop_assert_eq!(lincoln.decide(Task::Undo(live.number)), Ok(()));
            prop_assert_eq!(lincoln.export(), wanted(&a), "undo restores, {}", engine);
            prop_assert_eq!(lincoln.ids(), ids, "and everyone has their id back");
            let undone = lincoln.district.runs_get(live.number).unwrap();
            prop_assert_eq!(undone.state, RunState::Undone);
            prop_assert_eq!(undone.report.undo.unwrap().kept, Vec::<String>::new());
            prop_assert!(lincoln.decide(Task::Undo(live.number)).is_err(), "once");
            prop_assert_eq!(lincoln.sync(&b, RunKind::Live).state, RunState::Applied, "after an undo the file is applied again");
            prop_assert_eq!(lincoln.export(), wanted(&b));
        }
    }

    #[test]
    fn the_safe_and_the_risky_part_add_up_to_the_whole_plan(first in rows(60), second in rows(20), seats in 1..40_u64, wait_all in any::<bool>()) {
        let read = |rows: &[Enrolled]| check_alone(&flat_csv(rows), "").unwrap();
        let (a, b) = (read(&first), read(&second));
        let stored = StoredRoster::from_roster(a.roster, a.report.rows);
        let whole = plan(&stored, b.roster, &b.protected, &PlanInputs::default()).plan;
        let policy = homeroom_model::Policy { wait_all, ..Default::default() };
        let limits = PlanLimits { policy, seats, rows: b.report.rows, ..PlanLimits::default() };
        let counts = whole.counts();
        let parts = split(whole, &stored, &limits, &Approval::None);
        let (safe, risky) = (parts.safe.counts(), parts.risky.counts());
        prop_assert_eq!(safe.create + risky.create, counts.create);
        prop_assert_eq!(safe.update + risky.update, counts.update);
        prop_assert_eq!(safe.deactivate + risky.deactivate, counts.deactivate);
        prop_assert_eq!(safe.reactivate + risky.reactivate, counts.reactivate);
        prop_assert_eq!(parts.held.fuses.is_empty(), risky.create.total() + risky.update.total() + risky.deactivate.total() + risky.reactivate.total() == 0);
        // The safe part stays within the licence, or adds nobody.
        prop_assert!(parts.seats.after <= seats.max(parts.seats.before) || safe.create.students + safe.reactivate.students == 0);
        for link in &parts.safe.enrollments.create {
            prop_assert!(!parts.risky.students.create.iter().any(|student| student.number == link.person), "no link to a student who waits");
        }
    }
}

#[test]
fn a_large_removal_waits_and_can_be_approved_or_discarded() {
    for lincoln in districts() {
        lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
        // 30 of 100 leave, 5 are new.
        let mut after = class(0..70);
        after.extend(class(200..205));
        let after = flat_csv(&after);
        let run = lincoln.sync(&after, RunKind::Live);
        assert_eq!(run.state, RunState::Held, "{}", lincoln.test.engine);
        let held = run.report.held.clone().unwrap();
        let blown = held.fuses.iter().map(|blown| blown.fuse).collect::<Vec<_>>();
        assert_eq!(blown, [Fuse::District, Fuse::School], "the only school loses too many, too");
        assert_eq!((held.counts.deactivate.students, held.counts.deactivate.enrollments), (30, 30));
        assert_eq!(lincoln.ids().len(), 105, "the safe part is applied");
        assert_eq!(run.report.seats.unwrap().after, 105);

        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
        assert_eq!(lincoln.export(), wanted(&after));
        let run = lincoln.district.runs_get(run.number).unwrap();
        assert_eq!(run.state, RunState::Applied);
        assert!(lincoln.decide(Task::Approve(run.number, vec![])).unwrap_err().contains("nothing to decide"));
        assert_eq!(lincoln.sync(&after, RunKind::Live).state, RunState::Unchanged);

        // The whole run is undone, including the approved part.
        lincoln.decide(Task::Undo(run.number)).unwrap();
        assert_eq!(lincoln.export(), wanted(&flat_csv(&class(0..100))), "{}", lincoln.test.engine);

        let run = lincoln.sync(&after, RunKind::Live);
        lincoln.decide(Task::Discard(run.number, vec![])).unwrap();
        assert_eq!(lincoln.district.runs_get(run.number).unwrap().state, RunState::Applied);
        assert_eq!(lincoln.ids().len(), 105);
    }
}

#[test]
fn a_later_upload_supersedes_a_hold() {
    for lincoln in districts() {
        lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
        let held = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        assert_eq!(held.state, RunState::Held);
        assert_eq!(lincoln.sync(&flat_csv(&class(0..101)), RunKind::Live).state, RunState::Applied);
        assert_eq!(lincoln.district.runs_get(held.number).unwrap().state, RunState::Superseded);
        assert!(lincoln.decide(Task::Approve(held.number, vec![])).is_err());
    }
}

#[test]
fn the_shrink_fuse_blows_for_a_short_file_and_for_a_truncated_one() {
    for lincoln in districts() {
        // The same students in fewer classes: nobody leaves.
        let mut rows = class(0..40);
        rows.extend((0..40).map(|student| Enrolled { school: 1, class: 2, teacher: 2, student, version: 1 }));
        rows.extend((0..40).map(|student| Enrolled { school: 1, class: 3, teacher: 3, student, version: 1 }));
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let run = lincoln.sync(&flat_csv(&class(0..40)), RunKind::Live);
        let fuses = run.report.held.unwrap().fuses;
        assert!(
            fuses.iter().any(|fuse| fuse.fuse == Fuse::Shrink && fuse.message.contains("40 rows")),
            "{fuses:?}"
        );

        // Class 2 is gone, which alone would be within the limits.
        rows.retain(|row| row.class != 2);
        let whole = flat_csv(&rows);
        let cut = &whole[..whole.len() - 40];
        let run = lincoln.sync(cut, RunKind::Live);
        let fuses = run.report.held.unwrap().fuses;
        assert!(fuses.iter().any(|fuse| fuse.message.contains("ends in the middle of a row")), "{fuses:?}");
    }
}

#[test]
fn students_beyond_the_seats_wait_and_nobody_active_is_dropped() {
    for lincoln in districts_with_seats(50) {
        lincoln.sync(&flat_csv(&class(0..45)), RunKind::Live);
        let run = lincoln.sync(&flat_csv(&class(0..60)), RunKind::Live);
        assert_eq!(run.state, RunState::Held);
        let held = run.report.held.unwrap();
        assert_eq!((held.counts.create.students, held.counts.create.enrollments), (10, 10));
        assert!(held.fuses[0].message.contains("School 1: 10"), "{}", held.fuses[0].message);
        assert_eq!(run.report.seats.unwrap().after, 50);
        assert_eq!(lincoln.ids().len(), 50);
    }
}

#[test]
fn entities_named_by_a_rejected_row_are_not_removed() {
    for lincoln in districts() {
        lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
        // The only row of student 7 has a broken teacher address.
        let file = String::from_utf8(flat_csv(&class(0..100))).unwrap();
        let spoilt = file
            .lines()
            .map(|line| if line.contains(",s7@") { line.replace("t1@lincoln.example.org", "t1") } else { line.into() } + "\n")
            .collect::<String>();
        let run = lincoln.sync(spoilt.as_bytes(), RunKind::Live);
        assert_eq!(run.state, RunState::Applied);
        assert_eq!(run.report.check.unwrap().rows_rejected, 1);
        assert_eq!(run.report.plan.unwrap().deactivate.total(), 0, "{}", lincoln.test.engine);
        assert_eq!(lincoln.export(), wanted(file.as_bytes()));
    }
}

#[test]
fn a_returning_student_keeps_their_id_and_a_reassigned_address_is_a_new_student() {
    for lincoln in districts_without_fuses() {
        let file = |name: &str, others: std::ops::Range<u16>| {
            let mut csv = String::from_utf8(flat_csv(&class(others))).unwrap();
            if !name.is_empty() {
                let (first, last) = name.split_once(' ').unwrap();
                csv.push_str(&format!(
                    "S1,School 1,t1@lincoln.example.org,Tess,Teacher1,S1-C1,Class 1 1,{first},{last},lee@students.lincoln.example.org,02\n"
                ));
            }
            csv.into_bytes()
        };
        let id = |lincoln: &TestDistrict| {
            lincoln.ids().into_iter().find(|(email, _)| email.starts_with("lee@")).map(|(_, id)| id)
        };
        lincoln.sync(&file("Ann Lee", 0..5), RunKind::Live);
        let ann = id(&lincoln).unwrap();
        lincoln.sync(&file("", 0..5), RunKind::Live);
        assert_eq!(id(&lincoln), None);
        let back = lincoln.sync(&file("Ann Lee", 0..5), RunKind::Live);
        assert_eq!(back.report.plan.unwrap().reactivate.students, 1);
        assert_eq!(id(&lincoln), Some(ann.clone()), "{}", lincoln.test.engine);

        lincoln.sync(&file("", 0..5), RunKind::Live);
        let passed_on = lincoln.sync(&file("Bob Park", 0..5), RunKind::Live);
        assert_eq!(passed_on.report.plan.unwrap().create.students, 1);
        assert!(passed_on.report.messages.iter().any(|message| message.contains("clearly different name")));
        assert_ne!(id(&lincoln), Some(ann.clone()));

        // Ann's former address is Bob's now, so it no longer finds her.
        assert_eq!(lincoln.export().matches("Bob").count(), 1);
    }
}

#[test]
fn with_a_sis_id_an_address_may_change() {
    for lincoln in districts_without_fuses() {
        let file = |email: &str| {
            let mut csv = String::from("student_id,");
            for (at, line) in String::from_utf8(flat_csv(&class(0..3))).unwrap().lines().enumerate() {
                csv.push_str(&if at == 0 { format!("{line}\n") } else { format!("{},{line}\n", 900 + at) });
            }
            csv.replace("s1@students.lincoln.example.org", email).into_bytes()
        };
        lincoln.sync(&file("s1@students.lincoln.example.org"), RunKind::Live);
        let before = lincoln.ids();
        let run = lincoln.sync(&file("stu.dent@students.lincoln.example.org"), RunKind::Live);
        assert_eq!(run.report.plan.unwrap().update.students, 1, "{}", lincoln.test.engine);
        assert_eq!(run.report.plan.unwrap().create.students, 0);
        let after = lincoln.ids();
        assert_eq!(
            before.iter().find(|(email, _)| email.starts_with("s1@")).map(|(_, id)| id),
            after.iter().find(|(email, _)| email.starts_with("stu.dent@")).map(|(_, id)| id)
        );
        // Two students swap their addresses.
        let swapped = String::from_utf8(file("s1@students.lincoln.example.org")).unwrap();
        lincoln.sync(swapped.as_bytes(), RunKind::Live);
        let swapped = swapped.replace("s0@", "x@").replace("s2@", "s0@").replace("x@", "s2@");
        assert_eq!(
            lincoln.sync(swapped.as_bytes(), RunKind::Live).state,
            RunState::Applied,
            "{}",
            lincoln.test.engine
        );
        // Without the column the address finds its holder, who keeps the id.
        assert_eq!(
            lincoln.sync(&flat_csv(&class(0..3)), RunKind::Live).report.plan.unwrap().create.students,
            0
        );
    }
}

#[test]
fn a_class_without_a_teacher_is_exported_and_read_back() {
    for lincoln in districts_without_fuses() {
        let file = String::from_utf8(flat_csv(&class(0..3))).unwrap();
        lincoln.sync(file.as_bytes(), RunKind::Live);
        let vacant = file.replace("t1@lincoln.example.org,Tess,Teacher1,", ",Vacant,Staff,");
        assert_ne!(vacant, file);
        let run = lincoln.sync(vacant.as_bytes(), RunKind::Live);
        let plan = run.report.plan.unwrap();
        assert_eq!((run.state, plan.deactivate.teachers), (RunState::Applied, 1), "{}", lincoln.test.engine);
        assert_eq!((plan.deactivate.teachings, plan.deactivate.enrollments), (1, 0));

        let mut export = vec![];
        let written = export_flat(&lincoln.district.roster_load().unwrap(), &mut export).unwrap();
        assert_eq!((written.rows, written.left_out), (3, 0));
        let run = lincoln.sync(&export, RunKind::Live);
        let plan = run.report.plan.unwrap();
        assert_eq!(
            (plan.create, plan.update, plan.deactivate),
            Default::default(),
            "{}",
            lincoln.test.engine
        );
    }
}
