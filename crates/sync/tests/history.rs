//! Histories, on both engines with real files.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use harness::{TestDistrict, districts_without_fuses};
use homeroom_ask::find_histories;
use homeroom_model::entity_log::CauseKind;
use homeroom_model::history::{History, HistoryEntry, HistoryEvent};
use homeroom_model::ids::EntityKind;
use homeroom_model::run::{Run, RunKind};
use homeroom_sync::Task;
use homeroom_testkit::START;
use jiff::SignedDuration;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

impl TestDistrict {
    /// Syncs a file one hour later.
    fn sync_in_an_hour(&self, file: &str) -> Run {
        self.test.store.clock().advance(HOUR);
        self.sync(file.as_bytes(), RunKind::Live)
    }

    fn decide_in_an_hour(&self, task: Task) {
        self.test.store.clock().advance(HOUR);
        self.decide(task).unwrap();
    }

    fn histories(&self, kind: EntityKind, key: &str) -> Vec<History> {
        find_histories(&self.district, kind, key).unwrap()
    }

    fn history(&self, kind: EntityKind, key: &str) -> History {
        let mut found = self.histories(kind, key);
        assert_eq!(found.len(), 1, "{key}");
        found.remove(0)
    }
}

/// Rows of school, teacher, class, student's number, first name, address and grade.
fn file(rows: &[&str]) -> String {
    let mut csv = String::from(
        "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,student_id,\
         student_first_name,student_last_name,student_email,student_grade_level\n",
    );
    for row in rows {
        let [school, teacher, class, number, first, email, grade] =
            row.split(' ').collect::<Vec<_>>().try_into().unwrap();
        csv.push_str(&format!(
            "{school},School {school},{teacher}@x.org,Tess,{teacher},{class},Class {class},{number},{first},Lee,\
             {email}@x.org,{grade}\n"
        ));
    }
    csv
}

/// `3h run: email ann@x.org → lee@x.org`
fn lines(history: &History) -> Vec<String> {
    let line = |HistoryEntry { at, cause, event }: &HistoryEntry| {
        let what = match event {
            HistoryEvent::Created { values } => {
                let values = values.iter().map(|value| format!("{} {}", value.field, value.value));
                format!("created {}", values.collect::<Vec<_>>().join(", "))
            }
            HistoryEvent::Changed { field, from, to } => format!("{field} {from} → {to}"),
            HistoryEvent::Deactivated => "deactivated".into(),
            HistoryEvent::Reactivated => "reactivated".into(),
            HistoryEvent::Joined { with } => format!("joined {}", with.key),
            HistoryEvent::Left { with } => format!("left {}", with.key),
            HistoryEvent::BeganTeaching { with } => format!("teaches {}", with.key),
            HistoryEvent::EndedTeaching { with } => format!("ended {}", with.key),
        };
        format!("{}h {}: {what}", at.unwrap().duration_since(START).as_hours(), cause.kind)
    };
    history.changes.iter().map(line).collect()
}

/// Ann moves to another school with another address, that run is undone and redone, she leaves, and returns. The run of the move.
fn ann_moves_and_returns(lincoln: &TestDistrict) -> Run {
    lincoln.sync_in_an_hour(&file(&["A tess A1 901 Ann lee 05", "A tess A1 902 Bob bob 05"]));
    let moved = lincoln.sync_in_an_hour(&file(&["A tess A1 902 Bob bob 05", "B tom B1 901 Ann ann 06"]));
    lincoln.decide_in_an_hour(Task::Undo(moved.number));
    lincoln.decide_in_an_hour(Task::Redo(moved.number));
    lincoln.sync_in_an_hour(&file(&["A tess A1 902 Bob bob 05"]));
    lincoln.sync_in_an_hour(&file(&["A tess A1 902 Bob bob 05", "A tess A1 901 Ann ann 06"]));
    moved
}

#[test]
fn a_history_has_every_change_with_the_values_before_and_after() {
    for lincoln in districts_without_fuses() {
        let second = ann_moves_and_returns(&lincoln);

        let ann = lincoln.history(EntityKind::Student, "901");
        assert_eq!(
            lines(&ann),
            [
                "1h run: created first_name Ann, last_name Lee, email lee@x.org, sis_id 901, grade 05",
                "1h run: joined A1",
                "2h run: email lee@x.org → ann@x.org",
                "2h run: grade 05 → 06",
                "2h run: left A1",
                "2h run: joined B1",
                "3h undo: email ann@x.org → lee@x.org",
                "3h undo: grade 06 → 05",
                "3h undo: joined A1",
                "3h undo: left B1",
                "4h redo: email lee@x.org → ann@x.org",
                "4h redo: grade 05 → 06",
                "4h redo: left A1",
                "4h redo: joined B1",
                "5h run: deactivated",
                "5h run: left B1",
                "6h run: reactivated",
                "6h run: joined A1",
            ],
            "{}",
            lincoln.test.engine
        );
        let undone = ann.changes.iter().find(|change| change.cause.kind == CauseKind::Undo).unwrap();
        assert_eq!(undone.cause.run, Some(second.id));
        assert_eq!(undone.cause.upload.as_deref(), Some("roster.csv"));
        for key in ["lee@x.org", "LEE@x.org", "ann@x.org"] {
            assert_eq!(
                lincoln.history(EntityKind::Student, key),
                ann,
                "present and former keys find the same student"
            );
        }
    }
}

#[test]
fn classes_teachers_and_schools_have_histories_too() {
    for lincoln in districts_without_fuses() {
        ann_moves_and_returns(&lincoln);
        let class = lincoln.history(EntityKind::Class, "A1");
        assert_eq!(class.named.name, "Class A1");
        assert!(lines(&class).contains(&"2h run: left ann@x.org".into()), "{:?}", lines(&class));
        let tom = lincoln.history(EntityKind::Teacher, "tom@x.org");
        assert!(!tom.active);
        assert_eq!(
            lines(&tom)[1..],
            [
                "2h run: teaches B1",
                "3h undo: deactivated",
                "3h undo: ended B1",
                "4h redo: reactivated",
                "4h redo: teaches B1",
                "5h run: deactivated",
                "5h run: ended B1"
            ]
        );
        let b = lincoln.history(EntityKind::School, "B");
        assert_eq!(lines(&b)[1..], ["3h undo: deactivated", "4h redo: reactivated", "5h run: deactivated"]);
        assert!(lincoln.histories(EntityKind::Student, "tom@x.org").is_empty(), "a teacher is not a student");
        assert!(lincoln.histories(EntityKind::School, "%").is_empty());
    }
}

#[test]
fn everyone_who_ever_had_an_address_is_found_even_if_that_run_was_undone() {
    for lincoln in districts_without_fuses() {
        lincoln.sync_in_an_hour(&file(&["A tess A1 901 Ann lee_a 05"]));
        let moved = lincoln.sync_in_an_hour(&file(&["A tess A1 901 Ann ann 05"]));
        lincoln.sync_in_an_hour(&file(&["A tess A1 901 Ann ann 05", "A tess A1 902 Bob lee_a 05"]));
        let numbers = |key: &str| {
            lincoln
                .histories(EntityKind::Student, key)
                .iter()
                .map(|history| history.number)
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers("lee_a@x.org"), [1, 2], "{}", lincoln.test.engine);
        lincoln.decide_in_an_hour(Task::Undo(moved.number));
        assert_eq!(numbers("ann@x.org"), [1], "Bob has Ann's former address, so hers stays");
        lincoln.sync_in_an_hour(&file(&["A tess A1 901 Ann ann 05"]));
        lincoln.decide_in_an_hour(Task::Redo(moved.number));
        lincoln.decide_in_an_hour(Task::Undo(moved.number));
        assert_eq!(lincoln.history(EntityKind::Student, "901").named.key, "lee_a@x.org");
        assert_eq!(
            numbers("ann@x.org"),
            [1],
            "an address of an undone run is found, {}",
            lincoln.test.engine
        );
        assert_eq!(numbers("leeXa@x.org"), [0_u32; 0], "no character of a key is a wildcard");
    }
}

#[test]
fn a_class_that_moves_shows_the_ids_of_its_schools() {
    for lincoln in districts_without_fuses() {
        lincoln.sync_in_an_hour(&file(&["A tess A1 901 Ann ann 05"]));
        lincoln.sync_in_an_hour(&file(&["B tess A1 901 Ann ann 05"]));
        assert_eq!(
            lines(&lincoln.history(EntityKind::Class, "A1")),
            [
                "1h run: created id A1, name Class A1, school A",
                "1h run: teaches tess@x.org",
                "1h run: joined ann@x.org",
                "2h run: school A → B"
            ],
            "{}",
            lincoln.test.engine
        );
    }
}
