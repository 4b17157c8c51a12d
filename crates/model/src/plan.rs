//! A plan: the exact list of changes from the stored roster to the one in an upload. Plain data.

use std::hash::{DefaultHasher, Hash, Hasher};

use std::sync::Arc;

use crate::counts::{Counts, PlanCounts};
use crate::ids::EntityKind;
use crate::rekey::{MatchedBy, Proposal};
use crate::roster::{Class, Link, Person, School, Student};
use crate::stored::FormerKey;
use crate::string_arena::StringArena;

/// Something with the number it has, or gets, in its district and kind.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<V> {
    /// The number.
    pub number: u32,
    /// Its values after the change; text in the plan's `texts`, a class's school by number.
    pub values: V,
}

/// The changes of one kind of thing. Each number stands in at most one list.
#[derive(Clone, Debug)]
pub struct Changes<V> {
    /// New ones.
    pub create: Vec<Numbered<V>>,
    /// Active ones whose values change.
    pub update: Vec<Numbered<V>>,
    /// Active ones that are not in the file.
    pub deactivate: Vec<u32>,
    /// Inactive ones that are in the file again, with the values they get.
    pub reactivate: Vec<Numbered<V>>,
    /// Active ones that are in the file under new keys, with the values they get: recognised by evidence.
    pub rekey: Vec<Numbered<V>>,
    /// How many active ones stay as they are.
    pub unchanged: u64,
}

/// The changes of teachings or enrollments, by the numbers of class and person.
#[derive(Clone, Debug, Default)]
pub struct LinkChanges {
    /// New ones.
    pub create: Vec<Link>,
    /// Those that end.
    pub deactivate: Vec<Link>,
    /// Ended ones that are in force again.
    pub reactivate: Vec<Link>,
    /// How many stay.
    pub unchanged: u64,
}

impl<V> Default for Changes<V> {
    fn default() -> Self {
        Changes {
            create: vec![],
            update: vec![],
            deactivate: vec![],
            reactivate: vec![],
            rekey: vec![],
            unchanged: 0,
        }
    }
}

impl<V> Changes<V> {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty()
            && self.update.is_empty()
            && self.deactivate.is_empty()
            && self.reactivate.is_empty()
            && self.rekey.is_empty()
    }

    /// All that get values, whatever the change.
    pub fn valued(&self) -> impl Iterator<Item = &Numbered<V>> {
        self.create.iter().chain(&self.update).chain(&self.reactivate).chain(&self.rekey)
    }
}

impl LinkChanges {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.deactivate.is_empty() && self.reactivate.is_empty()
    }
}

/// The changes from one version of a district's roster.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The version of the stored roster that it was made from; applying it to another is refused.
    pub base_version: i64,
    /// The text of the values below.
    pub texts: Arc<StringArena>,
    /// Schools.
    pub schools: Changes<School>,
    /// Classes.
    pub classes: Changes<Class>,
    /// Teachers.
    pub teachers: Changes<Person>,
    /// Students.
    pub students: Changes<Student>,
    /// Teachings.
    pub teachings: LinkChanges,
    /// Enrollments.
    pub enrollments: LinkChanges,
    /// Keys that are replaced by others and remembered.
    pub former_keys: Vec<FormerKey>,
    /// How each known thing that changes was found.
    pub found: FoundBy,
    /// What was recognised by evidence, and what else might be one.
    pub proposals: Vec<Proposal>,
}

/// Numbers of stored things with how they were found, sorted by number.
#[derive(Clone, Debug, Default)]
pub struct FoundBy {
    /// Schools.
    pub schools: Vec<(u32, MatchedBy)>,
    /// Classes.
    pub classes: Vec<(u32, MatchedBy)>,
    /// Teachers.
    pub teachers: Vec<(u32, MatchedBy)>,
    /// Students.
    pub students: Vec<(u32, MatchedBy)>,
}

impl FoundBy {
    /// How a thing was found; `None` when it was not.
    pub fn how(&self, kind: EntityKind, number: u32) -> Option<MatchedBy> {
        let list = match kind {
            EntityKind::School => &self.schools,
            EntityKind::Class => &self.classes,
            EntityKind::Teacher => &self.teachers,
            EntityKind::Student => &self.students,
        };
        list.binary_search_by_key(&number, |(number, _)| *number).ok().map(|at| list[at].1)
    }
}

impl Plan {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.schools.is_empty()
            && self.classes.is_empty()
            && self.teachers.is_empty()
            && self.students.is_empty()
            && self.teachings.is_empty()
            && self.enrollments.is_empty()
            && self.former_keys.is_empty()
    }

    /// A sum over what it does to schools, classes and people, and which links it ends, whatever the order and whatever numbers new
    /// things get: that of two parts is that of their whole. For telling whether a plan is still the one that was shown.
    pub fn digest(&self) -> u64 {
        fn of<V>(kind: EntityKind, changes: &Changes<V>, words: impl Fn(&V) -> String) -> u64 {
            let lists = [&changes.update, &changes.reactivate, &changes.rekey];
            let known = lists
                .into_iter()
                .zip(1_u8..)
                .flat_map(|(list, what)| list.iter().map(move |one| (what, one.number, &one.values)));
            let all = changes.create.iter().map(|one| (0, 0, &one.values)).chain(known);
            let valued = all.map(|(what, number, values)| hash(&(kind, what, number, words(values))));
            let gone = changes.deactivate.iter().map(|number| hash(&(kind, 4_u8, *number)));
            valued.chain(gone).fold(0, u64::wrapping_add)
        }
        let text = |text| self.texts.get(text);
        let person = |one: &Person| {
            [one.sis_id, one.email, one.first_name, one.last_name, one.clever_id].map(text).join("\0")
        };
        let student = |one: &Student| {
            let grade = one.grade.map_or("", |grade| grade.code());
            format!("{}\0{}\0{grade}", person(&one.person), text(one.username))
        };
        let ends = |links: &LinkChanges, kind: EntityKind| {
            links.deactivate.iter().map(|link| hash(&(kind, 5_u8, link))).fold(0, u64::wrapping_add)
        };
        [
            of(EntityKind::School, &self.schools, |one| [one.key, one.name].map(text).join("\0")),
            of(EntityKind::Class, &self.classes, |one| [one.key, one.name].map(text).join("\0")),
            of(EntityKind::Teacher, &self.teachers, person),
            of(EntityKind::Student, &self.students, student),
            ends(&self.teachings, EntityKind::Teacher),
            ends(&self.enrollments, EntityKind::Student),
        ]
        .into_iter()
        .fold(0, u64::wrapping_add)
    }

    /// How much it changes, in the shape of a run's JSON.
    pub fn counts(&self) -> PlanCounts {
        let count = |of: &dyn Fn(&dyn ListLengths) -> usize| Counts {
            schools: of(&self.schools) as u64,
            classes: of(&self.classes) as u64,
            teachers: of(&self.teachers) as u64,
            students: of(&self.students) as u64,
            teachings: of(&self.teachings) as u64,
            enrollments: of(&self.enrollments) as u64,
        };
        PlanCounts {
            create: count(&|list| list.lengths()[0]),
            update: count(&|list| list.lengths()[1]),
            deactivate: count(&|list| list.lengths()[2]),
            reactivate: count(&|list| list.lengths()[3]),
            rekey: count(&|list| list.lengths()[4]),
            unchanged: count(&|list| list.lengths()[5]),
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Lengths of create, update, deactivate, reactivate, rekey, unchanged.
trait ListLengths {
    fn lengths(&self) -> [usize; 6];
}

impl<V> ListLengths for Changes<V> {
    fn lengths(&self) -> [usize; 6] {
        [
            self.create.len(),
            self.update.len(),
            self.deactivate.len(),
            self.reactivate.len(),
            self.rekey.len(),
            self.unchanged as usize,
        ]
    }
}

impl ListLengths for LinkChanges {
    fn lengths(&self) -> [usize; 6] {
        [self.create.len(), 0, self.deactivate.len(), self.reactivate.len(), 0, self.unchanged as usize]
    }
}
