//! Holds, re-keys, pins, the calendar and seats, on both engines with real files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use std::ops::Range;

use harness::{TestDistrict, class, districts, districts_with_seats, districts_without_fuses, wanted};
use homeroom_model::PinNumber;
use homeroom_model::calendar::{Allowed, CalendarEntry, CalendarRule};
use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::Fuse;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::EntityKind;
use homeroom_model::pin::{PinChange, PinnedPerson};
use homeroom_model::policy::Policy;
use homeroom_model::rekey::{MatchedBy, ProposalReviews};
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::time::{DAY, days};
use homeroom_model::trace::NextStep;
use homeroom_store::jobs::Claimable;
use homeroom_store::pins::NewPin;
use homeroom_sync::Task;
use homeroom_testkit::{Enrolled, flat_csv};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

/// The day on which test clocks start.
const TODAY: Date = date(2026, 9, 2);

/// A class of one school with a teacher of its own.
fn class_of(school: u8, class: u8, students: Range<u16>) -> Vec<Enrolled> {
    students
        .map(|student| Enrolled { school, class, teacher: school * 10 + class, student, version: 1 })
        .collect()
}

fn fuses(run: &Run) -> Vec<(Fuse, String)> {
    let held = run.report.held.iter().flat_map(|held| &held.fuses);
    held.map(|fuse| (fuse.fuse, fuse.scope.clone())).collect()
}

fn policy(lincoln: &TestDistrict, change: impl Fn(&mut Policy)) {
    lincoln.change_settings(|settings| change(&mut settings.policy));
}

fn now(lincoln: &TestDistrict, run: &Run) -> Run {
    lincoln.district.runs_get(run.number).unwrap()
}

/// The same file under another domain.
fn with_domain(rows: &[Enrolled], domain: &str) -> Vec<u8> {
    String::from_utf8(flat_csv(rows)).unwrap().replace("students.lincoln.example.org", domain).into_bytes()
}

fn add_pin(lincoln: &TestDistrict, change: &PinChange, expires_at: Timestamp) -> PinNumber {
    let pin = NewPin { change, owner: "Mr. Gray", reason: "", until: TODAY, expires_at };
    lincoln.district.pins_add(&pin).unwrap()
}

#[test]
fn a_domain_change_is_one_approval_and_everyone_keeps_their_id() {
    for lincoln in districts() {
        let rows = class(0..60);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let before = lincoln.ids().into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        let file = with_domain(&rows, "pupils.example.org");
        let test = lincoln.sync(&file, RunKind::Test);
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!((run.state, fuses(&run)), (RunState::Held, vec![(Fuse::Identity, "students".into())]));
        assert_eq!(test.report.rekeys, run.report.rekeys, "the test run proposed the same");
        let plan = run.report.plan.unwrap();
        assert_eq!((plan.rekey.students, plan.create.students, plan.deactivate.students), (60, 0, 0));
        assert_eq!(run.report.matched[&MatchedBy::Evidence].students, 60);
        assert_eq!(
            lincoln.export(),
            wanted(&flat_csv(&rows)),
            "nothing has happened yet, {}",
            lincoln.test.engine
        );

        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
        assert_eq!(lincoln.export(), wanted(&file));
        let mut after = lincoln.ids().into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        let mut expected = before;
        after.sort();
        expected.sort();
        assert_eq!(after, expected, "everyone keeps their id");

        // Old keys are remembered: the old domain still matches.
        let back = lincoln.sync(&flat_csv(&rows), RunKind::Test);
        assert_eq!(back.report.matched[&MatchedBy::FormerKey].students, 60);
        assert_eq!(back.report.plan.unwrap().create.students, 0);

        lincoln.decide(Task::Undo(run.number)).unwrap();
        assert_eq!(lincoln.export(), wanted(&flat_csv(&rows)), "a re-key can be undone");
    }
}

#[test]
fn a_rejected_proposal_gives_two_students() {
    for lincoln in districts() {
        let rows = class(0..60);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let file = with_domain(&rows, "pupils.example.org");
        let run = lincoln.sync(&file, RunKind::Live);
        let id = run.report.rekeys[3].id;
        let struck = |id: EntityRef| {
            Task::ReviewProposals(
                run.number,
                ProposalReviews { rejected: vec![id.into()], ..ProposalReviews::default() },
            )
        };
        let unknown = EntityRef { kind: EntityKind::Student, number: 4_000 };
        assert!(lincoln.decide(struck(unknown)).unwrap_err().contains("holds no proposal student-4000"));
        lincoln.decide(struck(id)).unwrap();
        let shown = now(&lincoln, &run);
        assert_eq!(shown.report.held.as_ref().unwrap().counts.rekey.students, 59);
        assert_eq!(shown.report.reviews.rejected, [id.into()]);
        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
        assert_eq!(lincoln.export(), wanted(&file), "{}", lincoln.test.engine);
        let stored = lincoln.district.roster_load().unwrap();
        let former = stored.students.iter().find(|student| Some(student.number) == id.number_as()).unwrap();
        assert!(!former.active, "the student of the rejected proposal has left");
        assert_eq!(stored.students.len(), 61, "and there is a new one");
    }
}

#[test]
fn one_school_is_released_and_another_discarded() {
    for lincoln in districts() {
        let mut rows = class_of(1, 1, 0..40);
        rows.extend(class_of(2, 1, 100..140));
        rows.extend(class_of(3, 1, 200..400));
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let mut later = class_of(1, 1, 0..25);
        later.extend(class_of(2, 1, 100..125));
        later.extend(class_of(3, 1, 200..401));
        let file = flat_csv(&later);
        let run = lincoln.sync(&file, RunKind::Live);
        let blown = fuses(&run);
        assert!(
            blown.contains(&(Fuse::School, "S1".into())) && blown.contains(&(Fuse::School, "S2".into())),
            "{blown:?}"
        );
        assert!(
            lincoln.ids().iter().any(|(email, _)| email.starts_with("s400@")),
            "a hold keeps no new student out"
        );
        let held = run.report.held.clone().unwrap();
        assert_eq!(
            held.schools.iter().map(|school| school.school.as_str()).collect::<Vec<_>>(),
            ["S1", "S2"]
        );
        assert!(
            lincoln
                .decide(Task::Approve(run.number, vec!["S3".into()]))
                .unwrap_err()
                .contains("it holds changes for 'S1', 'S2'")
        );

        lincoln.decide(Task::Approve(run.number, vec!["S1".into()])).unwrap();
        let half = now(&lincoln, &run);
        assert_eq!(half.state, RunState::Held);
        let states = |run: &Run| {
            run.report.held.as_ref().unwrap().schools.iter().map(|school| school.state).collect::<Vec<_>>()
        };
        assert_eq!(states(&half), [HeldState::Released, HeldState::Waiting]);
        assert_eq!(lincoln.ids().len(), 25 + 40 + 201, "{}", lincoln.test.engine);
        assert!(lincoln.decide(Task::Approve(run.number, vec!["S1".into()])).is_err(), "once");

        lincoln.decide(Task::Discard(run.number, vec!["S2".into()])).unwrap();
        let done = now(&lincoln, &run);
        assert_eq!(
            (done.state, states(&done)),
            (RunState::Applied, vec![HeldState::Released, HeldState::Discarded])
        );
        assert_eq!(done.report.decisions.len(), 2);
        assert_eq!(lincoln.ids().len(), 25 + 40 + 201);
        assert_ne!(
            lincoln.sync(&file, RunKind::Live).state,
            RunState::Unchanged,
            "what was discarded is asked for again"
        );
    }
}

#[test]
fn a_discarded_school_stays_discarded_whatever_is_approved_later() {
    for lincoln in districts() {
        let roster = |one: Range<u16>, two: Range<u16>, three: Range<u16>| {
            let mut rows = class_of(1, 1, one);
            rows.extend(class_of(2, 1, two));
            rows.extend(class_of(3, 1, three));
            flat_csv(&rows)
        };
        lincoln.sync(&roster(0..30, 100..130, 200..230), RunKind::Live);
        let run = lincoln.sync(&roster(0..23, 100..127, 200..228), RunKind::Live);
        assert_eq!(run.report.held.as_ref().unwrap().schools.len(), 3, "{:?}", fuses(&run));
        lincoln.decide(Task::Discard(run.number, vec!["S2".into()])).unwrap();
        lincoln.decide(Task::Approve(run.number, vec!["S1".into()])).unwrap();
        // The rest would no longer blow a fuse, and the limits are raised: it still waits.
        policy(&lincoln, |policy| policy.set_fuse(Fuse::District, "off").unwrap());
        lincoln.decide(Task::Approve(run.number, vec!["S3".into()])).unwrap();
        assert_eq!(lincoln.ids().len(), 23 + 30 + 28, "{}", lincoln.test.engine);
        let states = now(&lincoln, &run).report.held.unwrap().schools.into_iter().map(|school| school.state);
        assert_eq!(
            states.collect::<Vec<_>>(),
            [HeldState::Released, HeldState::Discarded, HeldState::Released]
        );
    }
}

#[test]
fn new_sis_ids_are_approved_school_by_school() {
    for lincoln in districts() {
        let roster = |numbers: u32, domain: &str| {
            let mut rows = class_of(1, 1, 0..30);
            rows.extend(class_of(2, 1, 100..130));
            let csv = String::from_utf8(with_domain(&rows, domain)).unwrap();
            let number = |(at, line): (usize, &str)| match at {
                0 => format!("{line},student_id\n"),
                _ => format!("{line},{}\n", numbers + at as u32 * 7),
            };
            csv.lines().enumerate().map(number).collect::<String>().into_bytes()
        };
        lincoln.sync(&roster(10_000, "a.example.org"), RunKind::Live);
        let file = roster(990_003, "b.example.org");
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!(run.report.plan.unwrap().rekey.students, 60);
        for key in ["S1", "S2"] {
            lincoln.decide(Task::Approve(run.number, vec![key.into()])).unwrap();
        }
        assert_eq!(lincoln.export(), wanted(&file), "{}", lincoln.test.engine);
        assert_eq!(lincoln.district.roster_load().unwrap().students.len(), 60, "nobody is there twice");
    }
}

#[test]
fn a_decision_is_refused_when_the_file_gives_another_plan_or_the_calendar_forbids_it() {
    for lincoln in districts() {
        let rows = class(0..60);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let run = lincoln.sync(&with_domain(&rows, "pupils.example.org"), RunKind::Live);
        let struck =
            ProposalReviews { rejected: vec![run.report.rekeys[0].id.into()], ..ProposalReviews::default() };
        lincoln.decide(Task::ReviewProposals(run.number, struck)).unwrap();
        let approve = || lincoln.decide(Task::Approve(run.number, vec![]));
        policy(&lincoln, |policy| policy.calendar = vec![entry(TODAY, TODAY, CalendarRule::Pause, &[])]);
        assert!(approve().unwrap_err().contains("paused"), "{}", lincoln.test.engine);
        policy(&lincoln, |policy| policy.calendar = vec![]);
        let other_grades =
            |profile: &mut homeroom_model::Profile| drop(profile.grades.insert("02".into(), "05".into()));
        lincoln.district.profiles_change("test", other_grades).unwrap();
        assert!(approve().unwrap_err().contains("produces a different plan"));
    }
}

#[test]
fn an_interrupted_run_does_not_bring_back_an_older_file() {
    for lincoln in districts() {
        let old = lincoln.queue(&flat_csv(&class(0..10))).number;
        lincoln.sync(&flat_csv(&class(0..20)), RunKind::Live);
        lincoln.decide(Task::Run(old)).unwrap();
        assert_eq!(lincoln.district.runs_get(old).unwrap().state, RunState::Superseded);
        assert_eq!(lincoln.ids().len(), 20, "{}", lincoln.test.engine);
    }
}

#[test]
fn a_pin_follows_its_person_to_another_address() {
    for lincoln in districts_without_fuses() {
        let with_number = |email: &str| {
            let csv = String::from_utf8(flat_csv(&class(0..10))).unwrap();
            let number = |(at, line): (usize, &str)| match at {
                0 => format!("{line},student_id\n"),
                _ => format!("{line},{}\n", 900 + at),
            };
            let csv = csv.lines().enumerate().map(number).collect::<String>();
            csv.replace("s3@students.lincoln.example.org", email).into_bytes()
        };
        lincoln.sync(&with_number("s3@students.lincoln.example.org"), RunKind::Live);
        let key = "s3@students.lincoln.example.org".to_owned();
        let student = PinnedPerson { key: key.clone(), first_name: String::new(), last_name: String::new() };
        let extra = PinChange::ExtraStudent { class: "S1-C1".into(), student, grade: None };
        let end = lincoln.test.store.now() + DAY;
        add_pin(&lincoln, &extra, end);
        let run = lincoln.sync(&with_number("third@x.org"), RunKind::Live);
        assert_eq!(
            (run.state, lincoln.ids().len()),
            (RunState::Applied, 10),
            "one account, {}",
            lincoln.test.engine
        );
        add_pin(&lincoln, &PinChange::Excluded { person: key }, end);
        // A rejected row keeps everyone in its class, but not the person a pin excludes.
        let spoilt =
            String::from_utf8(with_number("fourth@x.org")).unwrap().replace("s7@students", "s7@@students");
        lincoln.sync(spoilt.as_bytes(), RunKind::Live);
        assert!(!lincoln.export().contains("fourth@x.org") && !lincoln.export().contains("third@x.org"));
    }
}

#[test]
fn only_the_plan_that_was_shown_can_be_approved() {
    for lincoln in districts() {
        let first = lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
        let run = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        lincoln.decide(Task::Undo(first.number)).unwrap();
        let refused = lincoln.decide(Task::Approve(run.number, vec![])).unwrap_err();
        assert!(refused.contains("the roster has changed since"), "{refused}");
    }
}

#[test]
fn a_hold_expires() {
    for lincoln in districts() {
        lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
        let run = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        let held = run.report.held.clone().unwrap();
        assert_eq!(held.expires_at.unwrap().to_string(), "2026-09-16T12:00:00Z");
        lincoln.test.clock.advance(days(14));
        let due = lincoln
            .test
            .store
            .jobs_claim("test", lincoln.test.store.now(), Claimable::Due(Task::KINDS))
            .unwrap()
            .unwrap();
        assert_eq!(due.kind, "expire");
        lincoln.handle(&due);
        let expired = now(&lincoln, &run);
        assert_eq!(
            (expired.state, expired.report.decisions[0].kind.as_str()),
            (RunState::Unchanged, "expired")
        );
        assert!(lincoln.decide(Task::Approve(run.number, vec![])).is_err());
        assert_eq!(lincoln.ids().len(), 100, "{}", lincoln.test.engine);
    }
}

#[test]
fn a_class_with_new_students_waits_and_the_others_are_applied() {
    for lincoln in districts() {
        let rows = |first: Range<u16>| {
            let mut rows = class_of(1, 1, first);
            rows.extend(class_of(1, 2, 100..200));
            rows
        };
        lincoln.sync(&flat_csv(&rows(0..20)), RunKind::Live);
        let mut later = rows(300..320);
        later.extend(class_of(1, 3, 0..20));
        let run = lincoln.sync(&flat_csv(&later), RunKind::Live);
        assert_eq!(fuses(&run), [(Fuse::Class, "S1-C1".into())], "{}", lincoln.test.engine);
        let held = run.report.held.clone().unwrap();
        assert_eq!(
            (held.counts.create.enrollments, held.counts.deactivate.enrollments, held.counts.create.students),
            (20, 20, 0)
        );
        let stored = lincoln.district.roster_load().unwrap();
        assert_eq!(
            stored.active_count(EntityKind::Student),
            140,
            "the new students and the other class are applied"
        );
        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
        assert_eq!(lincoln.export(), wanted(&flat_csv(&later)));
    }
}

#[test]
fn a_class_id_of_another_school_year_is_another_class() {
    for lincoln in districts_without_fuses() {
        policy(&lincoln, |policy| policy.set_school_year("10-01").unwrap());
        let file = flat_csv(&class(0..10));
        lincoln.sync(&file, RunKind::Live);
        lincoln.test.clock.advance(days(20));
        let run = lincoln.sync(&flat_csv(&class(0..11)), RunKind::Live);
        assert_eq!(run.report.plan.unwrap().create.classes, 0, "in the same year it is the same class");
        lincoln.test.clock.advance(days(20));
        let run = lincoln.sync(&file, RunKind::Live);
        let plan = run.report.plan.unwrap();
        assert_eq!((plan.create.classes, plan.deactivate.classes), (1, 1), "{}", lincoln.test.engine);
        assert_eq!((plan.create.students, plan.unchanged.students), (0, 10), "everyone keeps their id");
        assert_eq!(lincoln.export(), wanted(&file));
        let run = lincoln.sync(&flat_csv(&class(0..12)), RunKind::Live);
        assert_eq!(run.report.plan.unwrap().create.classes, 0);
    }
}

#[test]
fn pins_win_over_the_file_until_they_expire() {
    for lincoln in districts() {
        let file = flat_csv(&class(0..10));
        lincoln.sync(&file, RunKind::Live);
        let pin = |what: PinChange, number: u32| {
            let end = lincoln.test.store.now() + days(number);
            add_pin(&lincoln, &what, end)
        };
        let person = |key: &str, first_name: &str, last_name: &str| PinnedPerson {
            key: key.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
        };
        let class_id = || "S1-C1".to_owned();
        let zoe = person("zoe@lincoln.example.org", "Zoe", "Zed");
        pin(PinChange::ExtraStudent { class: class_id(), student: zoe, grade: None }, 3);
        let co_teacher = person("co@lincoln.example.org", "Cora", "Ott");
        pin(PinChange::CoTeacher { class: class_id(), teacher: co_teacher }, 3);
        pin(PinChange::ClassName { class: class_id(), name: "Robotics".into() }, 3);
        pin(PinChange::Excluded { person: "s7@students.lincoln.example.org".into() }, 3);
        let nobody = pin(
            PinChange::ExtraStudent { class: "S9".into(), student: person("x@x.org", "", ""), grade: None },
            3,
        );

        lincoln.test.clock.advance(SignedDuration::from_secs(1));
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!(run.state, RunState::Applied, "the same file, but not the same roster");
        assert_eq!(run.report.pins.len(), 5, "every plan shows them");
        assert!(run.report.pins[4].effect.contains("no effect"), "{:?}", run.report.pins[4]);
        let export = lincoln.export();
        assert!(
            export.contains("zoe@lincoln") && export.contains("co@lincoln") && export.contains("Robotics")
        );
        assert!(!export.contains(",s7@"), "{export}");
        assert_eq!(lincoln.sync(&file, RunKind::Live).state, RunState::Unchanged);

        assert!(
            lincoln.district.pins_remove(nobody).unwrap() && !lincoln.district.pins_remove(nobody).unwrap()
        );
        lincoln.test.clock.advance(days(4));
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!((run.state, run.report.pins.len()), (RunState::Applied, 0), "{}", lincoln.test.engine);
        assert_eq!(lincoln.export(), wanted(&file));
    }
}

fn entry(from: Date, to: Date, kind: CalendarRule, schools: &[&str]) -> CalendarEntry {
    let schools = schools.iter().map(|school| (*school).to_owned()).collect();
    CalendarEntry { from, to, kind, schools, reason: String::new() }
}

#[test]
fn a_pause_applies_nothing_and_additions_only_removes_nothing() {
    for lincoln in districts() {
        lincoln.sync(&flat_csv(&class(0..10)), RunKind::Live);
        policy(&lincoln, |policy| policy.calendar = vec![entry(TODAY, TODAY, CalendarRule::Pause, &[])]);
        let file = flat_csv(&class(1..12));
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!(run.state, RunState::Tested);
        assert!(
            run.report.messages.iter().any(|message| message.contains("paused")),
            "{:?}",
            run.report.messages
        );

        policy(&lincoln, |policy| {
            policy.calendar = vec![entry(TODAY, date(2026, 9, 3), CalendarRule::AdditionsOnly, &[])]
        });
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!(run.state, RunState::Applied);
        assert_eq!(lincoln.ids().len(), 12, "{}", lincoln.test.engine);
        assert!(
            run.report
                .messages
                .iter()
                .any(|message| message.contains("until the additions-only period is over"))
        );
        lincoln.test.clock.advance(days(2));
        let run = lincoln.sync(&file, RunKind::Live);
        assert_eq!(run.state, RunState::Applied, "the same file is planned again when the range is over");
        assert_eq!(lincoln.export(), wanted(&file));
    }
}

#[test]
fn ranges_of_several_schools_count_side_by_side() {
    for lincoln in districts() {
        let roster = |one: Range<u16>, two: Range<u16>, three: Range<u16>| {
            let mut rows = class_of(1, 1, one);
            rows.extend(class_of(2, 1, two));
            rows.extend(class_of(3, 1, three));
            flat_csv(&rows)
        };
        lincoln.sync(&roster(0..30, 100..130, 200..230), RunKind::Live);
        policy(&lincoln, |policy| {
            let of = |key| entry(TODAY, TODAY, CalendarRule::AdditionsOnly, &[key]);
            policy.calendar = vec![of("S1"), of("S2")];
        });
        let run = lincoln.sync(&roster(0..28, 100..128, 200..228), RunKind::Live);
        assert_eq!(run.state, RunState::Applied, "{:?}", fuses(&run));
        assert_eq!(
            lincoln.ids().len(),
            30 + 30 + 28,
            "only the third school loses anyone, {}",
            lincoln.test.engine
        );
    }
}

#[test]
fn a_window_allows_only_what_was_agreed() {
    for lincoln in districts() {
        // Ten classes of each of two schools, with one student list each.
        let roster = |term: u8, students: [Range<u16>; 2]| {
            let mut rows = Vec::new();
            for (at, students) in students.into_iter().enumerate() {
                for number in 0..10 {
                    rows.extend(class_of(at as u8 + 1, term + number, students.clone()));
                }
            }
            flat_csv(&rows)
        };
        let all = [0..40, 100..140];
        lincoln.sync(&roster(1, all.clone()), RunKind::Live);
        let allowed = CalendarRule::Window(Allowed { classes: Some(100), people: Some(5), updates: None });
        policy(&lincoln, |policy| {
            policy.calendar = vec![entry(TODAY, date(2026, 9, 4), allowed.clone(), &["S1"])]
        });

        let other_term = |schools: [bool; 2], students: [Range<u16>; 2]| {
            let mut rows = Vec::new();
            for (at, students) in students.into_iter().enumerate() {
                let term = if schools[at] { 11 } else { 1 };
                for number in 0..10 {
                    // The teachers stay.
                    let of_class = class_of(at as u8 + 1, term + number, students.clone());
                    let teacher = (at as u8 + 1) * 10 + 1 + number;
                    rows.extend(of_class.into_iter().map(|row| Enrolled { teacher, ..row }));
                }
            }
            flat_csv(&rows)
        };
        let run = lincoln.sync(&other_term([true, true], all.clone()), RunKind::Test);
        assert!(fuses(&run).contains(&(Fuse::District, "classes".into())), "only one school was agreed on");
        let run = lincoln.sync(&other_term([true, false], [0..36, 100..140]), RunKind::Test);
        assert_eq!(fuses(&run).len(), 0, "4 of 80 students are within 5%: {:?}", fuses(&run));
        let run = lincoln.sync(&other_term([true, false], [0..35, 100..140]), RunKind::Test);
        assert!(fuses(&run).contains(&(Fuse::District, "students".into())), "5 of 80 are not");
        let run = lincoln.sync(&other_term([true, false], all.clone()), RunKind::Live);
        assert_eq!(run.state, RunState::Applied, "{}: {:?}", lincoln.test.engine, fuses(&run));
        lincoln.test.clock.advance(days(5));
        let run = lincoln.sync(&roster(1, all), RunKind::Test);
        assert!(!fuses(&run).is_empty(), "after the window the usual limits hold");
    }
}

#[test]
fn seats_have_grace_days_and_limits_of_schools() {
    for lincoln in districts_with_seats(50) {
        policy(&lincoln, |policy| policy.grace_days = 5);
        lincoln.sync(&flat_csv(&class(0..45)), RunKind::Live);
        let run = lincoln.sync(&flat_csv(&class(0..55)), RunKind::Live);
        let seats = run.report.seats.clone().unwrap();
        assert_eq!(
            (run.state, seats.after, seats.grace_until),
            (RunState::Applied, 55, Some(date(2026, 9, 7)))
        );
        lincoln.test.clock.advance(days(6));
        let run = lincoln.sync(&flat_csv(&class(0..60)), RunKind::Live);
        let seats = run.report.seats.clone().unwrap();
        assert_eq!(
            (run.state, seats.after, seats.forecast),
            (RunState::Held, 55, Some(60)),
            "{}",
            lincoln.test.engine
        );
        assert_eq!(
            (seats.waiting.len(), seats.schools[0].waiting),
            (5, 5),
            "who is active stays, who is new waits"
        );

        // Ten leave: their seats are free for the five who waited.
        policy(&lincoln, |policy| {
            policy.set_fuse(Fuse::District, "off").unwrap();
            policy.set_fuse(Fuse::School, "off").unwrap();
            // They stand one after the other.
            policy.set_fuse(Fuse::Shrink, "off").unwrap();
        });
        let run = lincoln.sync(&flat_csv(&class(10..60)), RunKind::Live);
        assert_eq!((run.state, run.report.seats.unwrap().after), (RunState::Applied, 50));
        policy(&lincoln, |policy| policy.school_seats = [("S2".into(), 3)].into());
        let mut rows = class(20..60);
        rows.extend(class_of(2, 1, 200..206));
        let run = lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let seats = run.report.seats.clone().unwrap();
        assert_eq!(fuses(&run), [(Fuse::Seats, "students".into())]);
        let of_school = seats.schools.iter().find(|school| school.school == "S2").unwrap();
        assert_eq!((of_school.limit, of_school.after, of_school.waiting), (Some(3), 3, 3));
        assert!(seats.waiting[0].contains("s203@"), "{:?}", seats.waiting);
    }
}

#[test]
fn a_trace_says_why_someone_is_or_is_not_there() {
    for lincoln in districts_with_seats(50) {
        lincoln.sync(&flat_csv(&class(0..45)), RunKind::Live);
        let trace = |key: &str, class: Option<&str>| lincoln.trace(key, class);
        let there = trace("s1@students.lincoln.example.org", Some("S1-C1"));
        assert!(there.is_there && there.answer.contains("The file has them"), "{}", there.answer);
        assert_eq!(there.steps.iter().find_map(|step| step.line), Some(3), "{:?}", there.steps);
        let unknown = trace("nobody@x.org", None);
        assert!(!unknown.is_there && unknown.answer.contains("has no row for them"), "{}", unknown.answer);

        let file = String::from_utf8(flat_csv(&class(0..60))).unwrap();
        let spoilt = file.replace("S1-C1,Class 1 1,Stu,Dent7v1,", ",Class 1 1,Stu,Dent7v1,");
        assert_ne!(file, spoilt);
        let run = lincoln.sync(spoilt.as_bytes(), RunKind::Live);
        assert_eq!(run.state, RunState::Held);
        let waits = trace("s59@students.lincoln.example.org", None);
        assert!(!waits.is_there && waits.answer.contains("seats fuse"), "{}", waits.answer);
        assert_eq!(waits.next_step, Some(NextStep::Decide(run.id)));
        let rejected = trace("S7@students.lincoln.example.org ", None);
        assert!(rejected.is_there && rejected.answer.contains("line 9 was left out"), "{}", rejected.answer);
        assert!(
            rejected.steps.iter().any(|step| step.rule.as_deref() == Some("class-id-missing")),
            "{:?}",
            rejected.steps
        );

        let excluded = PinChange::Excluded { person: "s3@students.lincoln.example.org".into() };
        add_pin(&lincoln, &excluded, lincoln.test.store.now() + DAY);
        lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        let pinned = trace("s3@students.lincoln.example.org", None);
        assert!(
            !pinned.is_there && pinned.answer.contains("Pin 1 counts"),
            "{} ({})",
            pinned.answer,
            lincoln.test.engine
        );
        let rejected = lincoln.sync(b"school_id\n1\n", RunKind::Live);
        assert_eq!(rejected.state, RunState::Rejected);
        assert!(trace("s1@students.lincoln.example.org", None).answer.contains("rejected as a whole"));
    }
}
