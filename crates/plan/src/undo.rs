//! Takes back what a run changed: values as well as states. What was changed later is kept, and listed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use homeroom_model::changes::{ChangedEntity, ChangedLink, ChangedRuns, OldValues, RunChanges, Undo};
use homeroom_model::ids::RunNumber;
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::roster::{Class, Link, Person, School};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::texts::Texts;

/// Plans the undo of `run`. `stored` and `changes` must be of the same version.
pub fn undo(stored: &StoredRoster, changes: RunChanges, run: RunNumber) -> Undo {
    let mut kept = Kept::default();
    let texts = changes.texts;
    let active = Active::new(stored);
    let mut schools = entities(&changes.schools, run, "school", &mut kept);
    let mut classes = entities(&changes.classes, run, "class", &mut kept);
    let mut teachers = entities(&changes.teachers, run, "teacher", &mut kept);
    let mut students = entities(&changes.students, run, "student", &mut kept);
    let mut teachings = links(&changes.teachings, run, "teaching", &mut kept);
    let mut enrollments = links(&changes.enrollments, run, "enrollment", &mut kept);

    keep_taken_keys(&mut schools, stored, &stored.schools, &texts, "school", &mut kept, |one| vec![one.key]);
    keep_taken_keys(&mut classes, stored, &stored.classes, &texts, "class", &mut kept, |one| vec![one.key]);
    let person_keys = |one: &Person| vec![one.email, one.sis_id];
    keep_taken_keys(&mut teachers, stored, &stored.teachers, &texts, "teacher", &mut kept, person_keys);
    keep_taken_keys(&mut students, stored, &stored.students, &texts, "student", &mut kept, |one| {
        person_keys(&one.person)
    });

    // What is still needed by something that stays is not taken away, and nothing comes back without what it needs.
    keep_used(
        &mut classes.changes,
        &stored.teachings,
        &teachings.changes,
        |link| link.class,
        "class",
        &mut kept,
    );
    keep_used(
        &mut classes.changes,
        &stored.enrollments,
        &enrollments.changes,
        |link| link.class,
        "class",
        &mut kept,
    );
    keep_used(
        &mut teachers.changes,
        &stored.teachings,
        &teachings.changes,
        |link| link.person,
        "teacher",
        &mut kept,
    );
    keep_used(
        &mut students.changes,
        &stored.enrollments,
        &enrollments.changes,
        |link| link.person,
        "student",
        &mut kept,
    );
    keep_used_schools(&mut schools.changes, stored, &classes.changes, &mut kept);
    let there = |of: &HashSet<u32>, changes: &dyn HasNumbers| {
        let (gone, back) = changes.gone_and_back();
        of.difference(&gone).copied().chain(back).collect::<HashSet<u32>>()
    };
    let schools_there = there(&active.schools, &schools.changes);
    classes
        .changes
        .reactivate
        .retain(|one| kept.unless(schools_there.contains(&one.values.school), "class", one.number));
    let classes_there = there(&active.classes, &classes.changes);
    let teachers_there = there(&active.teachers, &teachers.changes);
    let students_there = there(&active.students, &students.changes);
    keep_ended(&mut teachings.changes, &classes_there, &teachers_there, "teaching", &mut kept);
    keep_ended(&mut enrollments.changes, &classes_there, &students_there, "enrollment", &mut kept);

    let changed_runs = ChangedRuns {
        schools: schools.changed_runs(),
        classes: classes.changed_runs(),
        teachers: teachers.changed_runs(),
        students: students.changed_runs(),
        teachings: teachings.changed_runs(),
        enrollments: enrollments.changed_runs(),
    };
    Undo {
        plan: Plan {
            base_version: changes.version,
            texts: Arc::new(texts),
            schools: schools.changes,
            classes: classes.changes,
            teachers: teachers.changes,
            students: students.changes,
            teachings: teachings.changes,
            enrollments: enrollments.changes,
            ..Plan::default()
        },
        old_values: OldValues {
            schools: schools.old_values,
            classes: classes.old_values,
            teachers: teachers.old_values,
            students: students.old_values,
        },
        changed_runs,
        kept: kept.0,
    }
}

/// Sentences about what is not taken back.
#[derive(Default)]
struct Kept(Vec<String>);

impl Kept {
    fn later(&mut self, what: &str, number: impl std::fmt::Display, run: RunNumber) {
        self.0.push(format!("{what} {number} was changed later by run {} and stays as it is", run.0));
    }

    /// `fine`, or else a sentence.
    fn unless(&mut self, fine: bool, what: &str, number: impl std::fmt::Display) -> bool {
        if !fine {
            self.0.push(format!(
                "{what} {number} stays as it is, because of what later runs made of its surroundings"
            ));
        }
        fine
    }
}

struct Reverted<V> {
    changes: Changes<V>,
    old_values: Vec<Numbered<V>>,
    changed_before: Vec<(u32, RunNumber)>,
}

impl<V> Reverted<V> {
    /// The run that had changed each thing before, for those that are in fact taken back.
    fn changed_runs(&self) -> Vec<(u32, RunNumber)> {
        let Changes { update, deactivate, reactivate, .. } = &self.changes;
        let values = update.iter().chain(reactivate).chain(&self.old_values).map(|one| one.number);
        let taken_back = values.chain(deactivate.iter().copied()).collect::<HashSet<_>>();
        self.changed_before.iter().filter(|(number, _)| taken_back.contains(number)).copied().collect()
    }
}

fn entities<V: Copy>(
    changed: &[ChangedEntity<V>],
    run: RunNumber,
    what: &str,
    kept: &mut Kept,
) -> Reverted<V> {
    let mut reverted = Reverted { changes: Changes::default(), old_values: vec![], changed_before: vec![] };
    for one in changed {
        let number = one.number;
        if one.changed_run != run {
            kept.later(what, number, one.changed_run);
            continue;
        }
        let Some(before) = &one.before else {
            if one.active {
                reverted.changes.deactivate.push(number);
            }
            continue;
        };
        let values = Numbered { number, values: before.values };
        match (before.active, one.active) {
            (true, true) => reverted.changes.update.push(values),
            (true, false) => reverted.changes.reactivate.push(values),
            (false, now) => {
                if now {
                    reverted.changes.deactivate.push(number);
                }
                reverted.old_values.push(values);
            }
        }
        reverted.changed_before.push((number, before.changed_run));
    }
    reverted
}

struct RevertedLinks {
    changes: LinkChanges,
    changed_before: Vec<(Link, RunNumber)>,
}

impl RevertedLinks {
    fn changed_runs(&self) -> Vec<(Link, RunNumber)> {
        let taken_back =
            self.changes.deactivate.iter().chain(&self.changes.reactivate).collect::<HashSet<_>>();
        self.changed_before.iter().filter(|(link, _)| taken_back.contains(link)).copied().collect()
    }
}

fn links(changed: &[ChangedLink], run: RunNumber, what: &str, kept: &mut Kept) -> RevertedLinks {
    let mut reverted = RevertedLinks { changes: LinkChanges::default(), changed_before: vec![] };
    for one in changed {
        if one.changed_run != run {
            kept.later(what, format_args!("{}/{}", one.link.class, one.link.person), one.changed_run);
            continue;
        }
        match (one.before.is_some_and(|(active, _)| active), one.active) {
            (true, false) => reverted.changes.reactivate.push(one.link),
            (false, true) => reverted.changes.deactivate.push(one.link),
            _ => {}
        }
        if let Some((_, changed_run)) = one.before {
            reverted.changed_before.push((one.link, changed_run));
        }
    }
    reverted.changes.deactivate.sort_unstable();
    reverted.changes.reactivate.sort_unstable();
    reverted
}

/// A key that someone else has taken meanwhile is not given back.
fn keep_taken_keys<V>(
    reverted: &mut Reverted<V>,
    stored: &StoredRoster,
    list: &[Stored<V>],
    texts: &Texts,
    what: &str,
    kept: &mut Kept,
    keys: impl Fn(&V) -> Vec<homeroom_model::texts::Text>,
) {
    let gone = reverted.changes.deactivate.iter().copied().collect::<HashSet<_>>();
    let changed = reverted.changes.update.iter().map(|one| one.number).collect::<HashSet<_>>();
    let mut holder = HashMap::new();
    for one in
        list.iter().filter(|one| one.active && !gone.contains(&one.number) && !changed.contains(&one.number))
    {
        for key in
            keys(&one.values).into_iter().map(|key| stored.texts.get(key)).filter(|key| !key.is_empty())
        {
            holder.insert(key, one.number);
        }
    }
    let mut free = |one: &Numbered<V>| {
        let taken = keys(&one.values)
            .into_iter()
            .any(|key| holder.get(texts.get(key)).is_some_and(|by| *by != one.number));
        kept.unless(!taken, what, one.number)
    };
    reverted.changes.update.retain(&mut free);
    reverted.changes.reactivate.retain(&mut free);
}

/// A class or person with a link in force that stays is not deactivated.
fn keep_used<V>(
    changes: &mut Changes<V>,
    stored: &[StoredLink],
    reverted: &LinkChanges,
    side: impl Fn(&Link) -> u32,
    what: &str,
    kept: &mut Kept,
) {
    if changes.deactivate.is_empty() {
        return;
    }
    let ends = reverted.deactivate.iter().collect::<HashSet<_>>();
    let stays = stored.iter().filter(|one| one.active && !ends.contains(&one.link));
    let used = stays.map(|one| side(&one.link)).collect::<HashSet<_>>();
    changes.deactivate.retain(|number| kept.unless(!used.contains(number), what, number));
}

fn keep_used_schools(
    schools: &mut Changes<School>,
    stored: &StoredRoster,
    classes: &Changes<Class>,
    kept: &mut Kept,
) {
    if schools.deactivate.is_empty() {
        return;
    }
    let gone = classes.deactivate.iter().collect::<HashSet<_>>();
    let moved = classes.update.iter().map(|one| (one.number, one.values.school)).collect::<HashMap<_, _>>();
    let stay = stored.classes.iter().filter(|one| one.active && !gone.contains(&one.number));
    let used =
        stay.map(|one| moved.get(&one.number).copied().unwrap_or(one.values.school)).collect::<HashSet<_>>();
    schools.deactivate.retain(|number| kept.unless(!used.contains(number), "school", number));
}

fn keep_ended(
    changes: &mut LinkChanges,
    classes: &HashSet<u32>,
    people: &HashSet<u32>,
    what: &str,
    kept: &mut Kept,
) {
    changes.reactivate.retain(|link| {
        let fine = classes.contains(&link.class) && people.contains(&link.person);
        kept.unless(fine, what, format_args!("{}/{}", link.class, link.person))
    });
}

/// Numbers of what is active now.
struct Active {
    schools: HashSet<u32>,
    classes: HashSet<u32>,
    teachers: HashSet<u32>,
    students: HashSet<u32>,
}

impl Active {
    fn new(stored: &StoredRoster) -> Active {
        fn numbers<V>(list: &[Stored<V>]) -> HashSet<u32> {
            list.iter().filter(|one| one.active).map(|one| one.number).collect()
        }
        Active {
            schools: numbers(&stored.schools),
            classes: numbers(&stored.classes),
            teachers: numbers(&stored.teachers),
            students: numbers(&stored.students),
        }
    }
}

/// The numbers that changes switch off and on.
trait HasNumbers {
    fn gone_and_back(&self) -> (HashSet<u32>, Vec<u32>);
}

impl<V> HasNumbers for Changes<V> {
    fn gone_and_back(&self) -> (HashSet<u32>, Vec<u32>) {
        let back = self.reactivate.iter().map(|one| one.number).collect();
        (self.deactivate.iter().copied().collect(), back)
    }
}
