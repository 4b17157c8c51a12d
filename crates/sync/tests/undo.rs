//! The laws of undoing, on both engines with real files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use std::collections::{BTreeMap, HashSet};

use harness::{School, class, renamed, rows, schools, wanted};
use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::Fuse;
use homeroom_model::ids::{EntityKind, RunNumber};
use homeroom_model::run::{Run, RunKind, RunState, Undone};
use homeroom_store::StoreError;
use homeroom_sync::Task;
use homeroom_testkit::{Enrolled, flat_csv};
use proptest::prelude::*;

impl School {
    fn live(&self, file: &[u8]) -> Run {
        self.sync(file, RunKind::Live)
    }

    /// Takes a run back, or puts it back in place; what became of it.
    fn turn(&self, run: RunNumber) -> Undone {
        let taken_back = self.state(run) == RunState::Undone;
        self.decide(if taken_back { Task::Redo(run) } else { Task::Undo(run) }).unwrap();
        let undone = self.district.runs_get(run).unwrap().report.undo.unwrap();
        if taken_back { *undone.taken_back.unwrap() } else { undone }
    }

    fn state(&self, run: RunNumber) -> RunState {
        self.district.runs_get(run).unwrap().state
    }

    /// Every row of the roster with all its columns, also of what is inactive.
    fn picture(&self) -> Vec<String> {
        let tables = [
            ("school", "number, id, key, name"),
            ("class", "number, id, key, name, school"),
            ("teacher", "number, id, sis_id, email, first_name, last_name, clever_id"),
            ("student", "number, id, sis_id, email, first_name, last_name, clever_id, username, grade"),
            ("teaching", "class, teacher"),
            ("enrollment", "class, student"),
        ];
        let mut picture = vec![];
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
            let rows = self.test.store.read(|tx| tx.rows(&query, &[], |row| row.text(0)));
            picture.extend(rows.map_err(|error: StoreError| error).unwrap());
        }
        picture
    }

    /// Of each student by address: whether they are active, their last name and their grade.
    fn students(&self) -> BTreeMap<String, (bool, String, String)> {
        let stored = self.district.roster_load().unwrap();
        let text = |text| stored.texts.get(text).to_owned();
        let student = |one: &homeroom_model::stored::Stored<homeroom_model::roster::Student>| {
            let grade = one.values.grade.map_or("", |grade| grade.code());
            let person = one.values.person;
            (text(person.email), (one.active, text(person.last_name), grade.to_owned()))
        };
        stored.students.iter().map(student).collect()
    }

    /// What must hold whatever was undone: what is in force has all that it needs.
    fn fits_together(&self) -> Result<(), TestCaseError> {
        let stored = self.district.roster_load().unwrap();
        let [schools, classes, teachers, students] =
            EntityKind::ALL.map(|kind| stored.active(kind).collect::<HashSet<_>>());
        for class in stored.classes.iter().filter(|class| class.active) {
            let school = EntityRef::from(class.values.school);
            prop_assert!(schools.contains(&school), "class {} has no school", class.number);
        }
        let teachings = stored.teachings.iter().filter(|teaching| teaching.active).map(|one| one.link);
        for link in teachings {
            prop_assert!(
                classes.contains(&link.class.into()) && teachers.contains(&link.person.into()),
                "{link:?}"
            );
        }
        let enrollments =
            stored.enrollments.iter().filter(|enrollment| enrollment.active).map(|one| one.link);
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

/// The runs of these files, each applied.
fn applied(school: &School, files: &[Vec<Enrolled>]) -> Vec<RunNumber> {
    let runs = files.iter().map(|rows| school.live(&flat_csv(rows)));
    runs.filter(|run| run.state == RunState::Applied).map(|run| run.number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn an_undo_and_its_undo_change_nothing_and_undos_in_turn_lead_back(files in files()) {
        for school in schools(1_000, true) {
            let runs = applied(&school, &files);
            let whole = school.picture();
            for run in &runs {
                school.turn(*run);
                school.fits_together()?;
                school.turn(*run);
                prop_assert_eq!(school.state(*run), RunState::Applied);
                prop_assert_eq!(school.picture(), whole.clone(), "{} run {}", school.test.engine, run.0);
            }
            for times in 0..2 {
                for run in runs.iter().rev() {
                    prop_assert_eq!(school.turn(*run).kept, Vec::<String>::new());
                }
                prop_assert_eq!(school.export(), "", "newest first, undos lead back to the beginning");
                for run in &runs {
                    prop_assert_eq!(school.turn(*run).kept, Vec::<String>::new());
                }
                prop_assert_eq!(school.picture(), whole.clone(), "oldest first, to the end again, {}", times);
            }
        }
    }

    #[test]
    fn whatever_is_undone_in_whatever_order_fits_together(
        files in files(), turns in proptest::collection::vec(any::<prop::sample::Index>(), 2..8),
    ) {
        for school in schools(1_000, true) {
            let runs = applied(&school, &files);
            let mut had_to_fit = false;
            for turn in &turns {
                let run = *turn.get(&runs);
                let kept = school.turn(run).kept;
                school.fits_together()?;
                had_to_fit |= kept.iter().any(|kept| !kept.contains(" later by "));
                let before = school.picture();
                school.turn(run);
                school.fits_together()?;
                school.turn(run);
                // What had to stay for the sake of something else may follow now.
                prop_assert!(had_to_fit || school.picture() == before, "{}", school.test.engine);
            }
        }
    }

    #[test]
    fn the_undo_of_a_run_in_the_middle_keeps_what_later_runs_changed(
        files in files(), middle in any::<prop::sample::Index>(),
    ) {
        for school in schools(1_000, true) {
            let files = files.iter().filter(|rows| school.live(&flat_csv(rows)).state == RunState::Applied);
            let files = files.map(|rows| versions(rows)).collect::<Vec<_>>();
            let runs = school.district.runs_list(100).unwrap();
            let runs = runs.iter().rev().filter(|run| run.state == RunState::Applied).collect::<Vec<_>>();
            let at = middle.index(runs.len());
            let before = school.students();
            school.turn(runs[at].number);
            let after = school.students();
            for pair in files[at..].windows(2) {
                for student in 0..40 {
                    let (was, is) = (pair[0].get(&student), pair[1].get(&student));
                    let (before, after) = (before.get(&address(student)), after.get(&address(student)));
                    if was.is_some() != is.is_some() {
                        prop_assert_eq!(before.map(|one| one.0), after.map(|one| one.0), "student {}", student);
                    }
                    if was.is_some() && is.is_some() && was != is {
                        let values = |one: Option<&(bool, String, String)>| one.map(|one| (one.1.clone(), one.2.clone()));
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
fn each_value_is_taken_back_for_itself() {
    for school in schools(1_000, true) {
        school.live(&ten(&[]));
        let married = ("Dent4v1", "Park");
        let both = school
            .live(&ten(&[married, ("@students.lincoln.example.org,02", "@students.lincoln.example.org,05")]));
        let later = ("s4@students.lincoln.example.org,05", "s4@students.lincoln.example.org,06");
        let grades = ("@students.lincoln.example.org,02", "@students.lincoln.example.org,05");
        let last = school.live(&ten(&[married, grades, later]));
        let undone = school.turn(both.number);
        assert_eq!(undone.kept, ["the grade of student 5 was changed later by run 3 and stays as it is"]);
        assert_eq!(undone.restored.students, 10, "the last name of one, the grades of the others");
        assert_eq!(
            school.students()[&address(4)],
            (true, "Dent4v1".into(), "06".into()),
            "{}",
            school.test.engine
        );
        assert_eq!(school.students()[&address(5)], (true, "Dent5v1".into(), "02".into()));

        // What lay under the later change shows when that is taken back too: what no run that stands has changed.
        let undone = school.turn(last.number);
        assert_eq!((undone.kept.len(), undone.restored.students), (0, 1));
        assert_eq!(school.export(), wanted(&ten(&[])));
        school.turn(both.number);
        assert_eq!(school.export(), wanted(&ten(&[married, grades])), "{}", school.test.engine);
        school.turn(last.number);
        assert_eq!(school.export(), wanted(&ten(&[married, grades, later])));
    }
}

#[test]
fn what_a_later_run_changed_is_kept_also_when_the_value_is_the_same_again() {
    for school in schools(1_000, true) {
        school.live(&ten(&[]));
        let first = school.live(&ten(&[("Dent4v1", "Park")]));
        school.live(&ten(&[("Dent4v1", "Moss")]));
        school.live(&ten(&[("Dent4v1", "Park")]));
        let undone = school.turn(first.number);
        assert_eq!(undone.kept, ["the last name of student 5 was changed later by run 4 and stays as it is"]);
        assert_eq!(school.students()[&address(4)].1, "Park", "{}", school.test.engine);
    }
}

#[test]
fn all_values_of_one_thing_are_kept_in_one_sentence() {
    for school in schools(1_000, true) {
        let second = school.sync(&flat_csv(&class(0..10)), RunKind::Live);
        assert_eq!(second.state, RunState::Applied);
        let first_change = school.sync(&flat_csv(&renamed(&class(0..10), 2)), RunKind::Live);
        // Student 4 changes once more.
        let mut rows = renamed(&class(0..10), 2);
        rows[4].version = 3;
        let later = school.sync(&flat_csv(&rows), RunKind::Live);
        assert_eq!(later.report.plan.unwrap().update.students, 1);
        let undone = school.turn(first_change.number);
        assert_eq!(undone.restored.students, 4);
        assert_eq!(
            undone.kept,
            ["the last name and grade of student 5 were changed later by run 3 and stay as they are"]
        );
        let mut expected = class(0..10);
        expected[4].version = 3;
        assert_eq!(school.export(), wanted(&flat_csv(&expected)), "{}", school.test.engine);
    }
}

#[test]
fn who_left_and_came_back_leaves_and_comes_back_again() {
    for school in schools(1_000, true) {
        school.live(&flat_csv(&class(0..10)));
        let left = school.live(&flat_csv(&class(0..8)));
        // Students 8 and 9 are back, under other names.
        let back = school.live(&flat_csv(&renamed(&class(0..10), 8)));
        let whole = school.picture();
        let undone = school.turn(left.number);
        assert_eq!(undone.restored.total(), 0, "whoever has come back is here already");
        assert_eq!(undone.kept.len(), 4, "{:?}", undone.kept);
        school.turn(back.number);
        assert_eq!(
            school.export(),
            wanted(&flat_csv(&class(0..10))),
            "nobody has left, {}",
            school.test.engine
        );
        assert_eq!(school.students()[&address(8)].1, "Dent8v1");
        school.turn(left.number);
        assert_eq!(school.export(), wanted(&flat_csv(&class(0..8))));
        school.turn(back.number);
        assert_eq!(school.picture(), whole, "{}", school.test.engine);
    }
}

#[test]
fn an_address_that_somebody_else_has_meanwhile_is_not_given_back() {
    for school in schools(1_000, true) {
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
        school.live(&file(&[(901, "Ann", "lee")]));
        let moved = school.live(&file(&[(901, "Anna", "ann.lee")]));
        assert_eq!(moved.report.plan.unwrap().update.students, 1);
        let taken = school.live(&file(&[(901, "Anna", "ann.lee"), (902, "Bob", "lee")]));
        assert_eq!(taken.report.plan.unwrap().create.students, 1);
        let undone = school.turn(moved.number);
        assert_eq!(
            undone.kept,
            ["the e-mail of student 1 stays as it is: another student has the former one now"]
        );
        let export = school.export();
        assert!(
            export.contains("Ann,Dent0v1,ann.lee@"),
            "the name is taken back, {}: {export}",
            school.test.engine
        );
        school.turn(moved.number);
        assert_eq!(school.export().matches("Anna,Dent0v1,ann.lee@").count(), 1);
        school.turn(taken.number);
        assert_eq!(school.turn(moved.number).kept, Vec::<String>::new());
        assert_eq!(school.export().matches("Ann,Dent0v1,lee@").count(), 1, "{}", school.test.engine);
    }
}

#[test]
fn a_hold_is_gone_when_its_run_is_put_back_in_place() {
    for school in schools(1_000, false) {
        school.live(&flat_csv(&class(0..100)));
        let mut rows = class(0..70);
        rows.extend(class(200..205));
        let held = school.live(&flat_csv(&rows));
        assert_eq!(held.state, RunState::Held);
        school.turn(held.number);
        assert_eq!(school.export(), wanted(&flat_csv(&class(0..100))));
        school.turn(held.number);
        let run = school.district.runs_get(held.number).unwrap();
        assert_eq!(run.state, RunState::Applied, "{}", school.test.engine);
        assert_eq!(run.report.decisions[0].decision, "discarded");
        assert!(run.report.messages[0].contains("sync the file again"), "{:?}", run.report.messages);
        assert_eq!(school.ids().len(), 105);
        assert!(school.decide(Task::Approve(held.number, vec![])).is_err());
        school.turn(held.number);
        school.turn(held.number);
        assert_eq!(school.state(held.number), RunState::Applied);
        assert_eq!(school.district.runs_get(held.number).unwrap().report.messages.len(), 1, "said once");
    }
}

#[test]
fn a_superseded_run_is_superseded_again() {
    for school in schools(1_000, false) {
        school.live(&flat_csv(&class(0..100)));
        let mut rows = class(0..50);
        rows.extend(class(200..205));
        let held = school.live(&flat_csv(&rows));
        school.live(&flat_csv(&class(0..101)));
        assert_eq!(school.state(held.number), RunState::Superseded);
        let before = school.picture();
        school.turn(held.number);
        school.turn(held.number);
        assert_eq!(school.state(held.number), RunState::Superseded, "{}", school.test.engine);
        assert_eq!(school.picture(), before);
    }
}

#[test]
fn after_an_undo_a_hold_is_planned_anew_and_can_be_undone() {
    for school in schools(1_000, false) {
        let roster = |students: std::ops::Range<u16>, version: u8| {
            flat_csv(&class(students).into_iter().map(|row| Enrolled { version, ..row }).collect::<Vec<_>>())
        };
        let mut settings = school.district.settings().unwrap();
        settings.policy.set_fuse(Fuse::Update, "off").unwrap();
        school.district.settings_change(&settings).unwrap();
        school.live(&roster(0..100, 1));
        let renamed = school.live(&roster(0..100, 2));
        // Thirty are missing, and nothing else changes.
        let held = school.live(&roster(0..70, 2));
        assert_eq!(held.state, RunState::Held);
        // The last seventy lose their new names again before the thirty go.
        school.turn(renamed.number);
        let refused = school.decide(Task::Approve(held.number, vec![])).unwrap_err();
        assert!(refused.contains("has changed since"), "{refused}");
        school.turn(renamed.number);
        let refused = school.decide(Task::Approve(held.number, vec![])).unwrap_err();
        assert!(
            refused.contains("has changed since"),
            "what was shown was shown of another version: {refused}"
        );
        let held = school.live(&roster(0..70, 2));
        school.decide(Task::Approve(held.number, vec![])).unwrap();
        assert_eq!(school.export(), wanted(&roster(0..70, 2)));
        let undone = school.turn(held.number);
        assert_eq!((undone.restored.students, undone.kept.len()), (30, 0), "{:?}", undone.kept);
        assert_eq!(school.export(), wanted(&roster(0..100, 2)), "{}", school.test.engine);
        school.turn(held.number);
        assert_eq!(school.export(), wanted(&roster(0..70, 2)));
    }
}

#[test]
fn an_undo_of_a_version_that_did_not_note_its_number_is_not_undone() {
    for school in schools(1_000, true) {
        let run = school.live(&ten(&[]));
        school.turn(run.number);
        let mut report = school.district.runs_get(run.number).unwrap().report;
        report.undo.as_mut().unwrap().number = None;
        school
            .test
            .store
            .write(|tx| school.district.runs_set_in_tx(tx, run.number, RunState::Undone, &report))
            .unwrap();
        let refused = school.decide(Task::Redo(run.number)).unwrap_err();
        assert!(refused.contains("older version of homeroom"), "{refused}");
    }
}

#[test]
fn a_job_that_is_done_twice_turns_nothing_back() {
    for school in schools(1_000, true) {
        let run = school.live(&ten(&[]));
        assert!(school.decide(Task::Redo(run.number)).unwrap_err().contains("was undone"));
        school.decide(Task::Undo(run.number)).unwrap();
        let refused = school.decide(Task::Undo(run.number)).unwrap_err();
        assert!(refused.contains("only a run that has applied something"), "{refused}");
        assert_eq!((school.state(run.number), school.export().as_str()), (RunState::Undone, ""));
        school.decide(Task::Redo(run.number)).unwrap();
        assert!(school.decide(Task::Redo(run.number)).is_err(), "{}", school.test.engine);
        assert_eq!(school.export(), wanted(&ten(&[])));
    }
}
