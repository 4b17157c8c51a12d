//! The laws of undoing, on both engines with real files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use std::collections::{BTreeMap, HashSet};

use harness::{TestDistrict, class, districts, districts_without_fuses, renamed, rows, wanted};
use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::Fuse;
use homeroom_model::ids::{EntityKind, RunNumber};
use homeroom_model::run::{Run, RunKind, RunState, Undone};
use homeroom_sync::Task;
use homeroom_testkit::{Enrolled, flat_csv};
use proptest::prelude::*;

impl TestDistrict {
    fn live(&self, file: &[u8]) -> Run {
        self.sync(file, RunKind::Live)
    }

    /// Undoes a run, or redoes it when it is undone.
    fn toggle_undo(&self, run: RunNumber) -> Undone {
        let is_undone = self.state(run) == RunState::Undone;
        self.decide(if is_undone { Task::Redo(run) } else { Task::Undo(run) }).unwrap();
        let undone = self.district.runs_get(run).unwrap().report.undo.unwrap();
        if is_undone { *undone.taken_back.unwrap() } else { undone }
    }

    fn state(&self, run: RunNumber) -> RunState {
        self.district.runs_get(run).unwrap().state
    }

    /// Every row of the roster with all its columns, inactive ones too.
    fn rows(&self) -> Vec<String> {
        let tables = [
            ("school", "number, id, key, name"),
            ("class", "number, id, key, name, school"),
            ("teacher", "number, id, sis_id, email, first_name, last_name, clever_id"),
            ("student", "number, id, sis_id, email, first_name, last_name, clever_id, username, grade"),
            ("teaching", "class, teacher"),
            ("enrollment", "class, student"),
        ];
        let mut all = vec![];
        for (table, columns) in tables {
            let cells = format!("{columns}, active, created_run, changed_run");
            let cells = cells.split(", ").map(|column| match column {
                "id" if self.test.engine == "sqlite" => "hex(id)".into(),
                column => format!("CAST({column} AS TEXT)"),
            });
            let query = format!(
                "SELECT '{table} ' || {} FROM {table} ORDER BY 1",
                cells.collect::<Vec<_>>().join(" || '|' || ")
            );
            all.extend(self.test.texts(&query));
        }
        all
    }

    /// Every student's activity, last name and grade, by address.
    fn students(&self) -> BTreeMap<String, (bool, String, String)> {
        let stored = self.district.roster_load().unwrap();
        let text = |text| stored.texts.get(text).to_owned();
        let student = |student: &homeroom_model::stored::Stored<homeroom_model::roster::Student>| {
            let grade = student.values.grade.map_or("", |grade| grade.code());
            let person = student.values.person;
            (text(person.email), (student.active, text(person.last_name), grade.to_owned()))
        };
        stored.students.iter().map(student).collect()
    }

    /// Whatever was undone, active classes have an active school, and active links active ends.
    fn assert_consistent(&self) -> Result<(), TestCaseError> {
        let stored = self.district.roster_load().unwrap();
        let [schools, classes, teachers, students] =
            EntityKind::ALL.map(|kind| stored.active(kind).collect::<HashSet<_>>());
        for class in stored.classes.iter().filter(|class| class.active) {
            let school = EntityRef::from(class.values.school);
            prop_assert!(schools.contains(&school), "class {} has no school", class.number);
        }
        let teachings = stored.teachings.iter().filter(|teaching| teaching.active).map(|stored| stored.link);
        for link in teachings {
            prop_assert!(
                classes.contains(&link.class.into()) && teachers.contains(&link.person.into()),
                "{link:?}"
            );
        }
        let enrollments =
            stored.enrollments.iter().filter(|enrollment| enrollment.active).map(|stored| stored.link);
        for link in enrollments {
            prop_assert!(
                classes.contains(&link.class.into()) && students.contains(&link.person.into()),
                "{link:?}"
            );
        }
        Ok(())
    }
}

fn address(student: u16) -> String {
    format!("s{student}@students.lincoln.example.org")
}

/// Files that follow one another.
fn files() -> impl Strategy<Value = Vec<Vec<Enrolled>>> {
    let file = (rows(25), 2..6_u16).prop_map(|(rows, every)| one_version_each(renamed(&rows, every)));
    proptest::collection::vec(file, 3..6)
}

/// A student has one name, in whatever classes they are.
fn one_version_each(mut rows: Vec<Enrolled>) -> Vec<Enrolled> {
    let mut versions = BTreeMap::new();
    for row in &mut rows {
        row.version = *versions.entry(row.student).or_insert(row.version);
    }
    rows
}

fn versions(rows: &[Enrolled]) -> BTreeMap<u16, u8> {
    rows.iter().map(|row| (row.student, row.version)).collect()
}

/// The run of a file. What waits, as doubts about who is who do without any fuse, is approved.
fn applied_whole(lincoln: &TestDistrict, rows: &[Enrolled]) -> Run {
    let run = lincoln.live(&flat_csv(rows));
    if run.state == RunState::Held {
        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
    }
    lincoln.district.runs_get(run.number).unwrap()
}

/// The runs of these files, each applied.
fn applied(lincoln: &TestDistrict, files: &[Vec<Enrolled>]) -> Vec<RunNumber> {
    let runs = files.iter().map(|rows| applied_whole(lincoln, rows));
    runs.filter(|run| run.state == RunState::Applied).map(|run| run.number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn undo_and_redo_change_nothing_and_undoing_every_run_leads_back_to_the_beginning(files in files()) {
        for lincoln in districts_without_fuses() {
            let runs = applied(&lincoln, &files);
            let all = lincoln.rows();
            for run in &runs {
                lincoln.toggle_undo(*run);
                lincoln.assert_consistent()?;
                lincoln.toggle_undo(*run);
                prop_assert_eq!(lincoln.state(*run), RunState::Applied);
                prop_assert_eq!(lincoln.rows(), all.clone(), "{} run {}", lincoln.test.engine, run.0);
            }
            for times in 0..2 {
                for run in runs.iter().rev() {
                    prop_assert_eq!(lincoln.toggle_undo(*run).kept, Vec::<String>::new());
                }
                prop_assert_eq!(lincoln.export(), "", "newest first, undos lead back to the beginning");
                for run in &runs {
                    prop_assert_eq!(lincoln.toggle_undo(*run).kept, Vec::<String>::new());
                }
                prop_assert_eq!(lincoln.rows(), all.clone(), "oldest first, to the end again, {}", times);
            }
        }
    }

    #[test]
    fn runs_undone_in_any_order_leave_a_consistent_roster(
        files in files(), turns in proptest::collection::vec(any::<prop::sample::Index>(), 2..8),
    ) {
        for lincoln in districts_without_fuses() {
            let runs = applied(&lincoln, &files);
            let mut kept_for_others = false;
            for turn in &turns {
                let run = *turn.get(&runs);
                let kept = lincoln.toggle_undo(run).kept;
                lincoln.assert_consistent()?;
                kept_for_others |= kept.iter().any(|kept| !kept.contains(" later by "));
                let before = lincoln.rows();
                lincoln.toggle_undo(run);
                lincoln.assert_consistent()?;
                lincoln.toggle_undo(run);
                // Values kept because other entities needed them may be undone now.
                prop_assert!(kept_for_others || lincoln.rows() == before, "{}", lincoln.test.engine);
            }
        }
    }

    #[test]
    fn undoing_a_run_in_the_middle_keeps_the_changes_of_later_runs(
        files in files(), middle in any::<prop::sample::Index>(),
    ) {
        for lincoln in districts_without_fuses() {
            let files = files.iter().filter(|rows| applied_whole(&lincoln, rows).state == RunState::Applied);
            let files = files.map(|rows| versions(rows)).collect::<Vec<_>>();
            let runs = lincoln.district.runs_list(100).unwrap();
            let runs = runs.iter().rev().filter(|run| run.state == RunState::Applied).collect::<Vec<_>>();
            let at = middle.index(runs.len());
            let before = lincoln.students();
            lincoln.toggle_undo(runs[at].number);
            let after = lincoln.students();
            for pair in files[at..].windows(2) {
                for student in 0..40 {
                    let (old, new) = (pair[0].get(&student), pair[1].get(&student));
                    let (before, after) = (before.get(&address(student)), after.get(&address(student)));
                    if old.is_some() != new.is_some() {
                        prop_assert_eq!(before.map(|student| student.0), after.map(|student| student.0), "student {}", student);
                    }
                    if old.is_some() && new.is_some() && old != new {
                        let values = |student: Option<&(bool, String, String)>| student.map(|(_, name, grade)| (name.clone(), grade.clone()));
                        prop_assert_eq!(values(before), values(after), "student {}", student);
                    }
                }
            }
        }
    }
}

/// A class of ten whose students' rows are changed.
fn ten(changes: &[(&str, &str)]) -> Vec<u8> {
    let csv = String::from_utf8(flat_csv(&class(0..10))).unwrap();
    changes.iter().fold(csv, |csv, (from, to)| csv.replace(from, to)).into_bytes()
}

#[test]
fn each_value_is_undone_on_its_own() {
    for lincoln in districts_without_fuses() {
        lincoln.live(&ten(&[]));
        let married = ("Dent4v1", "Park");
        let both = lincoln
            .live(&ten(&[married, ("@students.lincoln.example.org,02", "@students.lincoln.example.org,05")]));
        let later = ("s4@students.lincoln.example.org,05", "s4@students.lincoln.example.org,06");
        let grades = ("@students.lincoln.example.org,02", "@students.lincoln.example.org,05");
        let last = lincoln.live(&ten(&[married, grades, later]));
        let undone = lincoln.toggle_undo(both.number);
        assert_eq!(undone.kept, ["the grade of student 5 was changed later by run 3 and stays as it is"]);
        assert_eq!(undone.restored.students, 10, "the last name of one, the grades of the others");
        assert_eq!(
            lincoln.students()[&address(4)],
            (true, "Dent4v1".into(), "06".into()),
            "{}",
            lincoln.test.engine
        );
        assert_eq!(lincoln.students()[&address(5)], (true, "Dent5v1".into(), "02".into()));

        // When the later change is undone too, the value before both shows.
        let undone = lincoln.toggle_undo(last.number);
        assert_eq!((undone.kept.len(), undone.restored.students), (0, 1));
        assert_eq!(lincoln.export(), wanted(&ten(&[])));
        lincoln.toggle_undo(both.number);
        assert_eq!(lincoln.export(), wanted(&ten(&[married, grades])), "{}", lincoln.test.engine);
        lincoln.toggle_undo(last.number);
        assert_eq!(lincoln.export(), wanted(&ten(&[married, grades, later])));
    }
}

#[test]
fn a_value_changed_by_a_later_run_is_kept_even_when_it_is_the_same_again() {
    for lincoln in districts_without_fuses() {
        lincoln.live(&ten(&[]));
        let first = lincoln.live(&ten(&[("Dent4v1", "Park")]));
        lincoln.live(&ten(&[("Dent4v1", "Moss")]));
        lincoln.live(&ten(&[("Dent4v1", "Park")]));
        let undone = lincoln.toggle_undo(first.number);
        assert_eq!(undone.kept, ["the last name of student 5 was changed later by run 4 and stays as it is"]);
        assert_eq!(lincoln.students()[&address(4)].1, "Park", "{}", lincoln.test.engine);
    }
}

#[test]
fn one_sentence_lists_all_kept_values_of_an_entity() {
    for lincoln in districts_without_fuses() {
        let second = lincoln.sync(&flat_csv(&class(0..10)), RunKind::Live);
        assert_eq!(second.state, RunState::Applied);
        let first_change = lincoln.sync(&flat_csv(&renamed(&class(0..10), 2)), RunKind::Live);
        // Student 4 changes once more.
        let mut rows = renamed(&class(0..10), 2);
        rows[4].version = 3;
        let later = lincoln.sync(&flat_csv(&rows), RunKind::Live);
        assert_eq!(later.report.plan.unwrap().update.students, 1);
        let undone = lincoln.toggle_undo(first_change.number);
        assert_eq!(undone.restored.students, 4);
        assert_eq!(
            undone.kept,
            ["the last name and grade of student 5 were changed later by run 3 and stay as they are"]
        );
        let mut expected = class(0..10);
        expected[4].version = 3;
        assert_eq!(lincoln.export(), wanted(&flat_csv(&expected)), "{}", lincoln.test.engine);
    }
}

#[test]
fn students_who_left_and_returned_leave_and_return_again_by_undo_and_redo() {
    for lincoln in districts_without_fuses() {
        lincoln.live(&flat_csv(&class(0..10)));
        let left = lincoln.live(&flat_csv(&class(0..8)));
        // Students 8 and 9 are back, under other names: whether they are the same is for a person to say.
        let back = applied_whole(&lincoln, &renamed(&class(0..10), 8));
        let all = lincoln.rows();
        let undone = lincoln.toggle_undo(left.number);
        assert_eq!(undone.restored.total(), 0, "the students have returned already");
        assert_eq!(undone.kept.len(), 4, "{:?}", undone.kept);
        lincoln.toggle_undo(back.number);
        assert_eq!(
            lincoln.export(),
            wanted(&flat_csv(&class(0..10))),
            "nobody has left, {}",
            lincoln.test.engine
        );
        assert_eq!(lincoln.students()[&address(8)].1, "Dent8v1");
        lincoln.toggle_undo(left.number);
        assert_eq!(lincoln.export(), wanted(&flat_csv(&class(0..8))));
        lincoln.toggle_undo(back.number);
        assert_eq!(lincoln.rows(), all, "{}", lincoln.test.engine);
    }
}

#[test]
fn an_address_that_someone_else_has_now_is_not_restored() {
    for lincoln in districts_without_fuses() {
        let file = |rows: &[(u32, &str, &str)]| {
            let mut csv = String::from("student_id,");
            let rows_of_class = String::from_utf8(flat_csv(&class(0..1))).unwrap();
            let (header, row) = rows_of_class.split_once('\n').unwrap();
            csv.push_str(&format!("{header}\n"));
            for (number, first, email) in rows {
                let row = row.replace("Stu,", &format!("{first},")).replace("s0@", &format!("{email}@"));
                csv.push_str(&format!("{number},{row}"));
            }
            csv.into_bytes()
        };
        lincoln.live(&file(&[(901, "Ann", "lee")]));
        let moved = lincoln.live(&file(&[(901, "Anna", "ann.lee")]));
        assert_eq!(moved.report.plan.unwrap().update.students, 1);
        let taken = lincoln.live(&file(&[(901, "Anna", "ann.lee"), (902, "Bob", "lee")]));
        assert_eq!(taken.report.plan.unwrap().create.students, 1);
        let undone = lincoln.toggle_undo(moved.number);
        assert_eq!(
            undone.kept,
            ["the e-mail of student 1 stays as it is: another student has the former one now"]
        );
        let export = lincoln.export();
        assert!(
            export.contains("Ann,Dent0v1,ann.lee@"),
            "the name is taken back, {}: {export}",
            lincoln.test.engine
        );
        lincoln.toggle_undo(moved.number);
        assert_eq!(lincoln.export().matches("Anna,Dent0v1,ann.lee@").count(), 1);
        lincoln.toggle_undo(taken.number);
        assert_eq!(lincoln.toggle_undo(moved.number).kept, Vec::<String>::new());
        assert_eq!(lincoln.export().matches("Ann,Dent0v1,lee@").count(), 1, "{}", lincoln.test.engine);
    }
}

#[test]
fn a_redone_run_no_longer_holds_anything() {
    for lincoln in districts() {
        lincoln.live(&flat_csv(&class(0..100)));
        let mut rows = class(0..70);
        rows.extend(class(200..205));
        let held = lincoln.live(&flat_csv(&rows));
        assert_eq!(held.state, RunState::Held);
        lincoln.toggle_undo(held.number);
        assert_eq!(lincoln.export(), wanted(&flat_csv(&class(0..100))));
        lincoln.toggle_undo(held.number);
        let run = lincoln.district.runs_get(held.number).unwrap();
        assert_eq!(run.state, RunState::Applied, "{}", lincoln.test.engine);
        assert_eq!(run.report.decisions[0].kind.as_str(), "discarded");
        assert!(run.report.messages[0].contains("sync the file again"), "{:?}", run.report.messages);
        assert_eq!(lincoln.ids().len(), 105);
        assert!(lincoln.decide(Task::Approve(held.number, vec![])).is_err());
        lincoln.toggle_undo(held.number);
        lincoln.toggle_undo(held.number);
        assert_eq!(lincoln.state(held.number), RunState::Applied);
        assert_eq!(lincoln.district.runs_get(held.number).unwrap().report.messages.len(), 1, "said once");
    }
}

#[test]
fn a_superseded_run_is_superseded_again_after_undo_and_redo() {
    for lincoln in districts() {
        lincoln.live(&flat_csv(&class(0..100)));
        let mut rows = class(0..50);
        rows.extend(class(200..205));
        let held = lincoln.live(&flat_csv(&rows));
        lincoln.live(&flat_csv(&class(0..101)));
        assert_eq!(lincoln.state(held.number), RunState::Superseded);
        let before = lincoln.rows();
        lincoln.toggle_undo(held.number);
        lincoln.toggle_undo(held.number);
        assert_eq!(lincoln.state(held.number), RunState::Superseded, "{}", lincoln.test.engine);
        assert_eq!(lincoln.rows(), before);
    }
}

#[test]
fn a_hold_made_before_an_undo_is_refused_and_a_new_one_can_be_approved_and_undone() {
    for lincoln in districts() {
        let roster = |students: std::ops::Range<u16>, version: u8| {
            flat_csv(&class(students).into_iter().map(|row| Enrolled { version, ..row }).collect::<Vec<_>>())
        };
        lincoln.change_settings(|settings| settings.policy.set_fuse(Fuse::Update, "off").unwrap());
        lincoln.live(&roster(0..100, 1));
        let renamed = lincoln.live(&roster(0..100, 2));
        // Thirty are missing, and nothing else changes.
        let held = lincoln.live(&roster(0..70, 2));
        assert_eq!(held.state, RunState::Held);
        // The last seventy lose their new names again before the thirty go.
        lincoln.toggle_undo(renamed.number);
        let refused = lincoln.decide(Task::Approve(held.number, vec![])).unwrap_err();
        assert!(refused.contains("has changed since"), "{refused}");
        lincoln.toggle_undo(renamed.number);
        let refused = lincoln.decide(Task::Approve(held.number, vec![])).unwrap_err();
        assert!(
            refused.contains("has changed since"),
            "what was shown was shown of another version: {refused}"
        );
        let held = lincoln.live(&roster(0..70, 2));
        lincoln.decide(Task::Approve(held.number, vec![])).unwrap();
        assert_eq!(lincoln.export(), wanted(&roster(0..70, 2)));
        let undone = lincoln.toggle_undo(held.number);
        assert_eq!((undone.restored.students, undone.kept.len()), (30, 0), "{:?}", undone.kept);
        assert_eq!(lincoln.export(), wanted(&roster(0..100, 2)), "{}", lincoln.test.engine);
        lincoln.toggle_undo(held.number);
        assert_eq!(lincoln.export(), wanted(&roster(0..70, 2)));
    }
}

#[test]
fn an_undo_without_a_recorded_number_cannot_be_redone() {
    for lincoln in districts_without_fuses() {
        let run = lincoln.live(&ten(&[]));
        lincoln.toggle_undo(run.number);
        let mut report = lincoln.district.runs_get(run.number).unwrap().report;
        report.undo.as_mut().unwrap().number = None;
        lincoln
            .test
            .store
            .write(|tx| lincoln.district.runs_set_in_tx(tx, run.number, RunState::Undone, &report))
            .unwrap();
        let refused = lincoln.decide(Task::Redo(run.number)).unwrap_err();
        assert!(refused.contains("older version of homeroom"), "{refused}");
    }
}

#[test]
fn a_job_that_runs_twice_reverts_nothing() {
    for lincoln in districts_without_fuses() {
        let run = lincoln.live(&ten(&[]));
        assert!(lincoln.decide(Task::Redo(run.number)).unwrap_err().contains("was undone"));
        lincoln.decide(Task::Undo(run.number)).unwrap();
        let refused = lincoln.decide(Task::Undo(run.number)).unwrap_err();
        assert!(refused.contains("is undone already: `homeroom run redo "), "{refused}");
        assert_eq!((lincoln.state(run.number), lincoln.export().as_str()), (RunState::Undone, ""));
        lincoln.decide(Task::Redo(run.number)).unwrap();
        assert!(lincoln.decide(Task::Redo(run.number)).is_err(), "{}", lincoln.test.engine);
        assert_eq!(lincoln.export(), wanted(&ten(&[])));
    }
}
