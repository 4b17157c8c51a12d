//! The exact changes from the stored roster to the wanted one, once it is known which entity is which.

use std::sync::Arc;

use hashbrown::HashSet;
use homeroom_model::entity::{
    ClassNumber, EntityNumber, EntityRef, SchoolNumber, StudentNumber, TeacherNumber,
};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, EntityMatches, LinkChanges, Numbered, Plan};
use homeroom_model::rekey::{MatchedBy, Proposal};
use homeroom_model::roster::{Class, Link, Roster, RosterLink, School, Student, Teacher};
use homeroom_model::stored::{FormerKey, Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StringArena;

use crate::identity::{Match, Matches, MatchesByKind};
use crate::key_moves::key_transfers;
use crate::merge::{Merge, Merger};
use crate::protection::ProtectedNumbers;

/// The changes between two rosters, and the numbers of all that is wanted.
pub(crate) struct RosterChanges {
    texts: StringArena,
    schools: Changes<School>,
    classes: Changes<Class>,
    teachers: Changes<Teacher>,
    students: Changes<Student>,
    teachings: LinkChanges<TeacherNumber>,
    enrollments: LinkChanges<StudentNumber>,
    former_keys: Vec<FormerKey>,
    matches: EntityMatches,
    pub(crate) numbers: WantedNumbers,
}

/// The number, stored or new, of each wanted entity.
pub(crate) struct WantedNumbers {
    schools: Vec<SchoolNumber>,
    classes: Vec<ClassNumber>,
    teachers: Vec<TeacherNumber>,
    students: Vec<StudentNumber>,
}

impl WantedNumbers {
    /// The entity at a position of a wanted list.
    pub(crate) fn entity(&self, kind: EntityKind, position: usize) -> EntityRef {
        match kind {
            EntityKind::School => self.schools[position].into(),
            EntityKind::Class => self.classes[position].into(),
            EntityKind::Teacher => self.teachers[position].into(),
            EntityKind::Student => self.students[position].into(),
        }
    }
}

impl RosterChanges {
    /// How many students and teachers stay only because they are protected.
    pub(crate) fn kept(&self, protected: &ProtectedNumbers) -> [usize; 2] {
        fn kept<N: EntityNumber>(protected: &HashSet<N>, wanted: &[N]) -> usize {
            let is_wanted =
                |protected: &HashSet<N>| wanted.iter().filter(|number| protected.contains(*number)).count();
            if protected.is_empty() { 0 } else { protected.len() - is_wanted(protected) }
        }
        let WantedNumbers { teachers, students, .. } = &self.numbers;
        [kept(&protected.students, students), kept(&protected.teachers, teachers)]
    }

    /// The plan for this version of the stored roster, and sentences about it.
    pub(crate) fn into_plan(self, stored: &StoredRoster, proposals: Vec<Proposal>) -> (Plan, Vec<String>) {
        let transfers = key_transfers(stored, &self.texts, &self.teachers, &self.students);
        let asked = proposals.iter().filter_map(|proposal| proposal.new_entity).collect();
        let messages = transfers.messages(&asked);
        let plan = Plan {
            base_version: stored.version,
            key_moves: transfers.moves,
            texts: Arc::new(self.texts),
            schools: self.schools,
            classes: self.classes,
            teachers: self.teachers,
            students: self.students,
            teachings: self.teachings,
            enrollments: self.enrollments,
            former_keys: self.former_keys,
            matches: self.matches,
            proposals,
        };
        (plan, messages)
    }
}

/// Compares two rosters. What is stored, active, protected and not wanted stays as it is.
pub(crate) fn compare_rosters(
    stored: &StoredRoster,
    wanted: Roster,
    matches: &MatchesByKind,
    protected: &ProtectedNumbers,
) -> RosterChanges {
    let Roster { texts, schools, classes, teachers, students, teachings, enrollments, columns, origin: _ } =
        wanted;
    let mut merger = Merger::new(&stored.texts, texts, columns);
    let (schools, school_numbers) =
        compare(&stored.schools, schools, &matches.schools, &protected.schools, &mut merger);
    let classes =
        classes.into_iter().map(|class| class.in_school(school_numbers[class.school as usize])).collect();
    let (classes, class_numbers) =
        compare(&stored.classes, classes, &matches.classes, &protected.classes, &mut merger);
    let (teachers, teacher_numbers) =
        compare(&stored.teachers, teachers, &matches.teachers, &protected.teachers, &mut merger);
    let (students, student_numbers) =
        compare(&stored.students, students, &matches.students, &protected.students, &mut merger);
    let teachings = link_numbers(&teachings, &class_numbers, &teacher_numbers);
    let enrollments = link_numbers(&enrollments, &class_numbers, &student_numbers);
    RosterChanges {
        teachings: compare_links(&stored.teachings, teachings, &protected.teachings),
        enrollments: compare_links(&stored.enrollments, enrollments, &protected.enrollments),
        schools,
        classes,
        teachers,
        students,
        texts: merger.texts,
        former_keys: merger.former_keys,
        matches: EntityMatches::new(merger.matches),
        numbers: WantedNumbers {
            schools: school_numbers,
            classes: class_numbers,
            teachers: teacher_numbers,
            students: student_numbers,
        },
    }
}

/// Sorts the entities of a kind into the lists of changes; also returns the number of each wanted one.
fn compare<V: Merge>(
    stored: &[Stored<V>],
    wanted: Vec<V>,
    matches: &Matches,
    protected: &HashSet<V::Number>,
    merger: &mut Merger<'_>,
) -> (Changes<V>, Vec<V::Number>) {
    let mut changes = Changes::default();
    let mut free_numbers = stored.last().map_or(1, |last| last.number.as_u32() + 1)..;
    let mut is_wanted = vec![false; stored.len()];
    let mut numbers = Vec::with_capacity(wanted.len());
    for (values, matched) in wanted.into_iter().zip(matches) {
        let Some(Match { position, by }) = *matched else {
            let number = free_numbers.next().expect("a district has fewer than four billion people");
            let number = V::Number::from_u32(number);
            changes.create.push(Numbered { number, values });
            numbers.push(number);
            continue;
        };
        let old = &stored[position];
        is_wanted[position] = true;
        numbers.push(old.number);
        let (values, differs) = values.merge(old, merger);
        let new = Numbered { number: old.number, values };
        if !old.active || differs {
            merger.matches.push((old.number.into(), by));
        }
        match (old.active, differs) {
            (false, _) => changes.reactivate.push(new),
            (true, true) if by == MatchedBy::Evidence => changes.rekey.push(new),
            (true, true) => changes.update.push(new),
            (true, false) => changes.unchanged += 1,
        }
    }
    for (old, _) in stored.iter().zip(&is_wanted).filter(|(old, is_wanted)| old.active && !**is_wanted) {
        if protected.contains(&old.number) {
            changes.unchanged += 1;
        } else {
            changes.deactivate.push(old.number);
        }
    }
    changes.update.sort_unstable_by_key(|new| new.number);
    changes.reactivate.sort_unstable_by_key(|new| new.number);
    changes.rekey.sort_unstable_by_key(|new| new.number);
    (changes, numbers)
}

/// Links by number instead of position, sorted and distinct. A wanted roster lists the links of a class one after the other.
fn link_numbers<P: EntityNumber>(
    links: &[RosterLink],
    classes: &[ClassNumber],
    people: &[P],
) -> Vec<Link<P>> {
    let mut by_class = links
        .chunk_by(|link, next| link.class == next.class)
        .map(|links| (classes[links[0].class as usize], links))
        .collect::<Vec<_>>();
    by_class.sort_unstable_by_key(|(class, _)| *class);
    let mut numbered = Vec::with_capacity(links.len());
    for (class, links) in by_class {
        let start = numbered.len();
        let number = |link: &RosterLink| Link { class, person: people[link.person as usize] };
        numbered.extend(links.iter().map(number));
        numbered[start..].sort_unstable();
    }
    numbered.dedup();
    numbered
}

/// Walks two sorted lists in step.
fn compare_links<P: EntityNumber>(
    stored: &[StoredLink<P>],
    wanted: Vec<Link<P>>,
    protected: &HashSet<Link<P>>,
) -> LinkChanges<P> {
    if stored.is_empty() {
        return LinkChanges { create: wanted, ..LinkChanges::default() };
    }
    let mut changes = LinkChanges::default();
    let not_wanted = |changes: &mut LinkChanges<P>, old: &StoredLink<P>| {
        if old.active {
            if protected.contains(&old.link) {
                changes.unchanged += 1;
            } else {
                changes.deactivate.push(old.link);
            }
        }
    };
    let mut stored = stored.iter().peekable();
    for link in wanted {
        while let Some(before) = stored.next_if(|old| old.link < link) {
            not_wanted(&mut changes, before);
        }
        match stored.next_if(|old| old.link == link) {
            None => changes.create.push(link),
            Some(old) if old.active => changes.unchanged += 1,
            Some(_) => changes.reactivate.push(link),
        }
    }
    stored.for_each(|old| not_wanted(&mut changes, old));
    changes
}
