//! The exact changes from the stored roster to the wanted one.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashSet;
use homeroom_model::counts::Counts;
use homeroom_model::entity::{ClassNumber, Entity, EntityNumber, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::per_kind::PerKind;
use homeroom_model::pin::Pin;
use homeroom_model::plan::{Changes, FoundBy, LinkChanges, Numbered, Plan};
use homeroom_model::protected::Protected;
use homeroom_model::rekey::{MatchedBy, Proposal, Verdicts};
use homeroom_model::roster::{
    Class, Link, OptionalColumns, Person, Roster, RosterLink, School, Student, Teacher,
};
use homeroom_model::run::PinShown;
use homeroom_model::stored::{FormerKey, Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::evidence::{self, Known, Recognised};
use crate::matching::{self, Match, Matches};
use crate::pins;
use crate::protection::Kept;

/// A plan, and what a person should know about how it was made.
#[derive(Debug, Default)]
pub struct Planned {
    /// The changes.
    pub plan: Plan,
    /// How often each way of recognising a thing was used.
    pub matched: BTreeMap<MatchedBy, Counts>,
    /// What was set by hand, and what it does here.
    pub pins: Vec<PinShown>,
    /// Sentences without names or addresses.
    pub messages: Vec<String>,
}

/// What people decided that a plan must respect.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByHand<'h> {
    /// Pins in force.
    pub pins: &'h [Pin],
    /// What was said about proposed re-keys.
    pub verdicts: Option<&'h Verdicts>,
    /// Re-keys that wait: they are proposed until they are decided about, whatever has changed around them.
    pub pending: &'h [Proposal],
    /// Numbers of classes of earlier school years: a class of the file is none of them, whatever its id.
    pub past_classes: Option<&'h HashSet<ClassNumber>>,
}

/// Plans the changes from `stored` to `wanted`. What `protected` names is not removed; what was decided by hand wins over
/// the file.
pub fn plan(
    stored: &StoredRoster,
    mut wanted: Roster,
    protected: &Protected,
    by_hand: ByHand<'_>,
) -> Planned {
    let (pins, left_out) = pins::put(&mut wanted, stored, by_hand.pins);
    let kept = Kept::new(stored, protected).without(&left_out);
    let no_classes = HashSet::new();
    let past_classes = by_hand.past_classes.unwrap_or(&no_classes);
    let (mut known, passed_on) = match_keys(stored, &wanted, past_classes);
    let verdicts = Verdicts::default();
    let recognised = evidence::recognise(
        stored,
        &wanted,
        &kept,
        past_classes,
        &mut known,
        by_hand.verdicts.unwrap_or(&verdicts),
        by_hand.pending,
    );
    let mut messages = Vec::new();
    for (kind, came, matches) in [
        (EntityKind::Teacher, &passed_on.0, &known.teachers),
        (EntityKind::Student, &passed_on.1, &known.students),
    ] {
        note_passed_on(&mut messages, kind, came.iter().filter(|at| matches[**at].is_none()).count());
    }
    let matched = count_matched(&known);
    let keys_to_come =
        recognised.iter().map(|one| wanted.key(one.kind, one.new).to_owned()).collect::<Vec<_>>();

    let Roster { mut texts, schools, classes, teachers, students, teachings, enrollments, columns } = wanted;
    let mut former_keys = Vec::new();
    let mut found = Vec::new();
    let (schools, school_numbers) =
        compare(&stored.schools, schools, &known.schools, &kept.schools, &mut found, |old, new| {
            remember_key(&mut former_keys, &mut texts, stored, old.number.into(), old.values.key, new.key);
            merge_school(stored, &mut texts, old, new)
        });
    let classes =
        classes.into_iter().map(|class| class.in_school(school_numbers[class.school as usize])).collect();
    let (classes, class_numbers) =
        compare(&stored.classes, classes, &known.classes, &kept.classes, &mut found, |old, new| {
            remember_key(&mut former_keys, &mut texts, stored, old.number.into(), old.values.key, new.key);
            merge_class(stored, &mut texts, old, new)
        });
    let has = PersonColumns { sis_id: columns.teacher_id, clever_id: columns.teacher_clever_id };
    let (teachers, teacher_numbers) =
        compare(&stored.teachers, teachers, &known.teachers, &kept.teachers, &mut found, |old, new| {
            remember(
                &mut former_keys,
                &mut texts,
                stored,
                old.number.into(),
                &old.values.person,
                &new.person,
                has,
            );
            let (person, differs) = merge_person(stored, &mut texts, &old.values.person, new.person, has);
            (Teacher { person }, differs)
        });
    let has = PersonColumns { sis_id: columns.student_id, clever_id: columns.student_clever_id };
    let (students, student_numbers) =
        compare(&stored.students, students, &known.students, &kept.students, &mut found, |old, new| {
            let (was, is) = (&old.values.person, &new.person);
            remember(&mut former_keys, &mut texts, stored, old.number.into(), was, is, has);
            merge_student(stored, &mut texts, old, new, columns)
        });

    let mut plan = Plan {
        base_version: stored.version,
        texts: Arc::new(texts),
        schools,
        classes,
        teachers,
        students,
        teachings: compare_links(
            &stored.teachings,
            numbered(&teachings, &class_numbers, &teacher_numbers),
            &kept.teachings,
        ),
        enrollments: compare_links(
            &stored.enrollments,
            numbered(&enrollments, &class_numbers, &student_numbers),
            &kept.enrollments,
        ),
        former_keys,
        found: FoundBy::new(found),
        proposals: vec![],
    };
    let entities = PerKind {
        schools: entity_of(&school_numbers),
        classes: entity_of(&class_numbers),
        teachers: entity_of(&teacher_numbers),
        students: entity_of(&student_numbers),
    };
    let proposals = recognised.iter().zip(keys_to_come);
    let proposals = proposals.map(|(one, to)| proposal(stored, one, to, entities.get(one.kind)(one.new)));
    plan.proposals = proposals.collect();
    Planned { plan, matched, pins, messages }
}

/// Matches everything by keys; also which teachers and students came with an address that has passed to them.
fn match_keys(
    stored: &StoredRoster,
    wanted: &Roster,
    past_classes: &HashSet<ClassNumber>,
) -> (Known, (Vec<usize>, Vec<usize>)) {
    let texts = &wanted.texts;
    let keys = wanted.schools.iter().map(|school| school.key).collect::<Vec<_>>();
    let schools = matching::by_key(stored, &stored.schools, |one| one.key, &keys, texts, &HashSet::new());
    let keys = wanted.classes.iter().map(|class| class.key).collect::<Vec<_>>();
    let classes = matching::by_key(stored, &stored.classes, |one| one.key, &keys, texts, past_classes);
    let people = wanted.teachers.iter().map(|teacher| teacher.person).collect::<Vec<_>>();
    let (teachers, teachers_passed_on) =
        matching::people(stored, &stored.teachers, |teacher| &teacher.person, |_, _| None, &people, texts);
    let people = wanted.students.iter().map(|student| student.person).collect::<Vec<_>>();
    let (students, students_passed_on) = matching::people(
        stored,
        &stored.students,
        |one| &one.person,
        |at, had| wanted.students[at].grade.zip(had.grade),
        &people,
        texts,
    );
    (Known { schools, classes, teachers, students }, (teachers_passed_on, students_passed_on))
}

fn count_matched(known: &Known) -> BTreeMap<MatchedBy, Counts> {
    let mut matched = BTreeMap::<MatchedBy, Counts>::new();
    for (kind, matches) in known.iter() {
        for found in matches.iter().flatten() {
            *matched.entry(found.how).or_default().of_mut(kind) += 1;
        }
    }
    matched
}

/// The entity of each wanted one, stored or new.
fn entity_of<N: EntityNumber>(numbers: &[N]) -> Box<dyn Fn(usize) -> EntityRef + '_> {
    Box::new(|position| numbers[position].into())
}

fn proposal(stored: &StoredRoster, one: &Recognised, to: String, new: EntityRef) -> Proposal {
    let id = stored.entity_at(one.kind, one.old);
    let (from, name) = stored.key_and_name(id).unwrap_or_default();
    Proposal {
        id,
        confidence: one.confidence,
        name,
        from: from.to_owned(),
        to,
        evidence: one.evidence.clone(),
        new_entity: (!one.taken).then_some(new),
    }
}

fn note_passed_on(messages: &mut Vec<String>, kind: EntityKind, count: usize) {
    if count > 0 {
        messages.push(format!(
            "{count} e-mail {} of {} came back with a clearly different name or SIS number: each is treated as a new \
             person with a new account.",
            if count == 1 { "address" } else { "addresses" },
            kind.plural()
        ));
    }
}

/// Sorts what is wanted and stored into the lists of changes; also gives the number of each wanted thing.
/// `merge` makes the values that a stored thing gets, or `None` when they are the ones it has.
fn compare<V: Entity>(
    stored: &[Stored<V>],
    wanted: Vec<V>,
    matches: &Matches,
    kept: &HashSet<V::Number>,
    found: &mut Vec<(EntityRef, MatchedBy)>,
    mut merge: impl FnMut(&Stored<V>, V) -> (V, bool),
) -> (Changes<V>, Vec<V::Number>) {
    let mut changes = Changes::default();
    let mut fresh = stored.last().map_or(1, |last| last.number.as_u32() + 1)..;
    let mut seen = vec![false; stored.len()];
    let mut numbers = Vec::with_capacity(wanted.len());
    for (values, matched) in wanted.into_iter().zip(matches) {
        let Some(Match { position, how }) = *matched else {
            let number = fresh.next().expect("a district has fewer than four thousand million people");
            let number = V::Number::from_u32(number);
            changes.create.push(Numbered { number, values });
            numbers.push(number);
            continue;
        };
        let old = &stored[position];
        seen[position] = true;
        numbers.push(old.number);
        let (values, differs) = merge(old, values);
        let one = Numbered { number: old.number, values };
        if !old.active || differs {
            found.push((old.number.into(), how));
        }
        match (old.active, differs) {
            (false, _) => changes.reactivate.push(one),
            (true, true) if how == MatchedBy::Evidence => changes.rekey.push(one),
            (true, true) => changes.update.push(one),
            (true, false) => changes.unchanged += 1,
        }
    }
    for (one, _) in stored.iter().zip(&seen).filter(|(one, seen)| one.active && !**seen) {
        if kept.contains(&one.number) {
            changes.unchanged += 1;
        } else {
            changes.deactivate.push(one.number);
        }
    }
    changes.update.sort_unstable_by_key(|one| one.number);
    changes.reactivate.sort_unstable_by_key(|one| one.number);
    changes.rekey.sort_unstable_by_key(|one| one.number);
    (changes, numbers)
}

/// Links by number, sorted and distinct. The links of a class stand beside each other, and stay so.
fn numbered<P: EntityNumber>(links: &[RosterLink], classes: &[ClassNumber], people: &[P]) -> Vec<Link<P>> {
    let mut of_classes = links
        .chunk_by(|one, other| one.class == other.class)
        .map(|links| (classes[links[0].class as usize], links))
        .collect::<Vec<_>>();
    of_classes.sort_unstable_by_key(|(class, _)| *class);
    let mut numbered = Vec::with_capacity(links.len());
    for (class, links) in of_classes {
        let start = numbered.len();
        let number = |link: &RosterLink| Link { class, person: people[link.person as usize] };
        numbered.extend(links.iter().map(number));
        numbered[start..].sort_unstable();
    }
    numbered.dedup();
    numbered
}

/// Walks two sorted lists side by side.
fn compare_links<P: EntityNumber>(
    stored: &[StoredLink<P>],
    wanted: Vec<Link<P>>,
    kept: &HashSet<Link<P>>,
) -> LinkChanges<P> {
    if stored.is_empty() {
        return LinkChanges { create: wanted, ..LinkChanges::default() };
    }
    let mut changes = LinkChanges::default();
    let gone = |changes: &mut LinkChanges<P>, old: &StoredLink<P>| {
        if old.active {
            if kept.contains(&old.link) {
                changes.unchanged += 1;
            } else {
                changes.deactivate.push(old.link);
            }
        }
    };
    let mut old = stored.iter().peekable();
    for want in wanted {
        while let Some(before) = old.next_if(|one| one.link < want) {
            gone(&mut changes, before);
        }
        match old.next_if(|one| one.link == want) {
            None => changes.create.push(want),
            Some(one) if one.active => changes.unchanged += 1,
            Some(_) => changes.reactivate.push(want),
        }
    }
    old.for_each(|rest| gone(&mut changes, rest));
    changes
}

fn merge_school(
    stored: &StoredRoster,
    texts: &mut StringArena,
    old: &Stored<School>,
    new: School,
) -> (School, bool) {
    let same = same(stored, texts, old.values.key, new.key) && same(stored, texts, old.values.name, new.name);
    (new, !same)
}

fn merge_class(
    stored: &StoredRoster,
    texts: &mut StringArena,
    old: &Stored<Class>,
    new: Class,
) -> (Class, bool) {
    let same = same(stored, texts, old.values.key, new.key)
        && same(stored, texts, old.values.name, new.name)
        && old.values.school == new.school;
    (new, !same)
}

/// Which of a person's optional columns the file has.
#[derive(Clone, Copy)]
struct PersonColumns {
    sis_id: bool,
    clever_id: bool,
}

fn merge_person(
    stored: &StoredRoster,
    texts: &mut StringArena,
    old: &Person,
    new: Person,
    has: PersonColumns,
) -> (Person, bool) {
    let mut merged = new;
    // A number once given stays: a file that leaves it out for one person has not taken it away.
    if !has.sis_id || new.sis_id.is_empty() {
        merged.sis_id = texts.push(stored.texts.get(old.sis_id));
    }
    if !has.clever_id {
        merged.clever_id = texts.push(stored.texts.get(old.clever_id));
    }
    let pairs = [
        (old.sis_id, merged.sis_id),
        (old.email, merged.email),
        (old.first_name, merged.first_name),
        (old.last_name, merged.last_name),
        (old.clever_id, merged.clever_id),
    ];
    (merged, pairs.iter().any(|(old, new)| !same(stored, texts, *old, *new)))
}

fn merge_student(
    stored: &StoredRoster,
    texts: &mut StringArena,
    old: &Stored<Student>,
    new: Student,
    columns: OptionalColumns,
) -> (Student, bool) {
    let has = PersonColumns { sis_id: columns.student_id, clever_id: columns.student_clever_id };
    let (person, differs) = merge_person(stored, texts, &old.values.person, new.person, has);
    let username = if columns.student_username {
        new.username
    } else {
        texts.push(stored.texts.get(old.values.username))
    };
    let differs =
        differs || old.values.grade != new.grade || !same(stored, texts, old.values.username, username);
    (Student { person, username, grade: new.grade }, differs)
}

fn same(stored: &StoredRoster, texts: &StringArena, old: StrId, new: StrId) -> bool {
    stored.texts.get(old) == texts.get(new)
}

/// The key of a school or class that is replaced by another is remembered.
fn remember_key(
    former_keys: &mut Vec<FormerKey>,
    texts: &mut StringArena,
    stored: &StoredRoster,
    entity: EntityRef,
    was: StrId,
    is: StrId,
) {
    if stored.texts.get(was) != texts.get(is) {
        let key = texts.push(stored.texts.get(was));
        former_keys.push(FormerKey { entity, key });
    }
}

/// An address or number that is replaced by another is remembered.
#[expect(clippy::too_many_arguments, reason = "old and new of one person, and where both keep their text")]
fn remember(
    former_keys: &mut Vec<FormerKey>,
    texts: &mut StringArena,
    stored: &StoredRoster,
    entity: EntityRef,
    old: &Person,
    new: &Person,
    has: PersonColumns,
) {
    let number_given = has.sis_id && !new.sis_id.is_empty();
    for (was, is, given) in [(old.email, new.email, true), (old.sis_id, new.sis_id, number_given)] {
        if given && !was.is_empty() && stored.texts.get(was) != texts.get(is) {
            let key = texts.push(stored.texts.get(was));
            former_keys.push(FormerKey { entity, key });
        }
    }
}
