//! Takes back what a run changed, or puts it back in place: each value and each state for itself. What later runs changed
//! is kept, and listed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use homeroom_model::counts::Counts;
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::entity_log::{CauseKind, ChangedRuns, EntityLog, OldValues, RunChanges, Undo, Undos};
use homeroom_model::history::Field;
use homeroom_model::ids::RunNumber;
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::roster::Link;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StringArena;

use crate::fitting::{Links, Things, keep_schools};
use crate::replay::{Later, Turn, Turned};
use homeroom_model::fields::Fields;

/// Plans that `run` is taken back, or put back in place when it is taken back already. `stored` and `changes` must be of
/// the same version.
pub fn undo(stored: &StoredRoster, changes: RunChanges, run: RunNumber) -> Undo {
    let mut turning = Turning { turn: Turn::of(run, &changes.undos, &changes.texts), kept: Vec::new() };
    let mut schools = turning.things("school", &stored.schools, &changes.schools);
    let mut classes = turning.things("class", &stored.classes, &changes.classes);
    let mut teachers = turning.things("teacher", &stored.teachers, &changes.teachers);
    let mut students = turning.things("student", &stored.students, &changes.students);
    let mut teachings = turning.links("teaching", &stored.teachings, &changes.teachings);
    let mut enrollments = turning.links("enrollment", &stored.enrollments, &changes.enrollments);

    // What is kept may need more to be kept. The roster as it is now fits together, so this has an end.
    let (mut kept, texts) = (turning.kept, &changes.texts);
    loop {
        let said = kept.len();
        teachings.keep_ends(&mut classes, &mut teachers, &mut kept);
        enrollments.keep_ends(&mut classes, &mut students, &mut kept);
        keep_schools(&mut classes, &mut schools, &mut kept);
        schools.keep_keys_unique(&stored.texts, texts, &mut kept);
        classes.keep_keys_unique(&stored.texts, texts, &mut kept);
        teachers.keep_keys_unique(&stored.texts, texts, &mut kept);
        students.keep_keys_unique(&stored.texts, texts, &mut kept);
        if kept.len() == said {
            break;
        }
    }

    let mut restored = Counts::default();
    let (schools, old_schools, school_runs) = outcome(&schools.turned, texts, &mut restored.schools);
    let (classes, old_classes, class_runs) = outcome(&classes.turned, texts, &mut restored.classes);
    let (teachers, old_teachers, teacher_runs) = outcome(&teachers.turned, texts, &mut restored.teachers);
    let (students, old_students, student_runs) = outcome(&students.turned, texts, &mut restored.students);
    let (teachings, teaching_runs) = links_outcome(&teachings.turned, texts, &mut restored.teachings);
    let (enrollments, enrollment_runs) = links_outcome(&enrollments.turned, texts, &mut restored.enrollments);
    Undo {
        plan: Plan {
            base_version: changes.version,
            schools,
            classes,
            teachers,
            students,
            teachings,
            enrollments,
            // A key that is given back stays remembered as a former one, which does no harm. One that is taken back is not:
            // a file that is undone may have given somebody's address to somebody else.
            former_keys: vec![],
            texts: Arc::new(changes.texts),
            ..Plan::default()
        },
        old_values: OldValues {
            schools: old_schools,
            classes: old_classes,
            teachers: old_teachers,
            students: old_students,
        },
        changed_runs: ChangedRuns {
            schools: school_runs,
            classes: class_runs,
            teachers: teacher_runs,
            students: student_runs,
            teachings: teaching_runs,
            enrollments: enrollment_runs,
        },
        restored,
        kept,
    }
}

/// Turns one list after the other, and gathers what is kept.
struct Turning<'c> {
    turn: Turn<'c>,
    kept: Vec<String>,
}

impl Turning<'_> {
    fn things<'s, V: Entity + Fields>(
        &mut self,
        what: &'static str,
        stored: &'s [Stored<V>],
        pasts: &[EntityLog<V::Number, V>],
    ) -> Things<'s, V> {
        let Turning { turn, kept } = self;
        let turned = pasts.iter().map(|past| {
            let (turned, later) = turn.turn(past);
            keep_later(kept, turn.undos, what, past.of, &later);
            turned
        });
        Things { what, stored, turned: turned.collect() }
    }

    fn links<'s, P: EntityNumber>(
        &mut self,
        what: &'static str,
        stored: &'s [StoredLink<P>],
        pasts: &[EntityLog<Link<P>, ()>],
    ) -> Links<'s, P> {
        let Turning { turn, kept } = self;
        let turned = pasts.iter().map(|past| {
            let (turned, later) = turn.turn(past);
            let Link { class, person } = past.of;
            keep_later(kept, turn.undos, what, format_args!("{class}/{person}"), &later);
            turned
        });
        Links { what, stored, turned: turned.collect() }
    }
}

/// A sentence for each later number that changed something of a thing.
fn keep_later(kept: &mut Vec<String>, undos: &Undos, what: &str, of: impl Display, later: &[Later]) {
    let mut words_by_number = BTreeMap::<_, Vec<_>>::new();
    for (number, field) in later {
        words_by_number.entry(*number).or_default().push(field.map_or("state", Field::in_words));
    }
    for (number, words) in words_by_number {
        let by = cause_in_words(undos, number);
        kept.push(match words.as_slice() {
            ["state"] => format!("{what} {of} was changed later by {by} and stays as it is"),
            [word] => format!("the {word} of {what} {of} was changed later by {by} and stays as it is"),
            [words @ .., last] => format!(
                "the {} and {last} of {what} {of} were changed later by {by} and stay as they are",
                words.join(", ")
            ),
            [] => continue,
        });
    }
}

fn cause_in_words(undos: &Undos, number: RunNumber) -> String {
    match undos.cause(number) {
        (CauseKind::Run, run) => format!("run {}", run.0),
        (CauseKind::Undo, run) => format!("the undo of run {}", run.0),
        (CauseKind::Redo, run) => format!("the undo of run {}'s undo", run.0),
    }
}

type Outcome<V> = (Changes<V>, Vec<Numbered<V>>, Vec<(<V as Entity>::Number, RunNumber)>);

/// What is left to do for things of one kind: changes, values of inactive ones, and who changed them last.
fn outcome<V: Entity + Fields>(
    turned: &[Turned<V::Number, V>],
    texts: &StringArena,
    restored: &mut u64,
) -> Outcome<V> {
    let (mut changes, mut old_values, mut changed_runs) = (Changes::default(), vec![], vec![]);
    for one in turned {
        let (number, changes_values) = (one.of, one.changes_values(texts));
        let values = Numbered { number, values: one.then.values };
        match (one.now.active, one.then.active) {
            (false, true) => changes.reactivate.push(values),
            (true, true) if changes_values => changes.update.push(values),
            (true, false) => changes.deactivate.push(number),
            _ => {}
        }
        if changes_values && !one.then.active {
            old_values.push(values);
        }
        *restored += u64::from(one.is_written(texts));
        changed_runs.extend(one.changed_run(texts).map(|run| (number, run)));
    }
    (changes, old_values, changed_runs)
}

/// The same for links.
fn links_outcome<P: EntityNumber>(
    turned: &[Turned<Link<P>, ()>],
    texts: &StringArena,
    restored: &mut u64,
) -> (LinkChanges<P>, Vec<(Link<P>, RunNumber)>) {
    let ends = turned.iter().filter(|one| one.goes()).map(|one| one.of).collect::<Vec<_>>();
    let back = turned.iter().filter(|one| one.comes_back()).map(|one| one.of).collect::<Vec<_>>();
    *restored = (ends.len() + back.len()) as u64;
    let changed_runs = turned.iter().filter_map(|one| Some((one.of, one.changed_run(texts)?))).collect();
    (LinkChanges { deactivate: ends, reactivate: back, ..LinkChanges::default() }, changed_runs)
}
