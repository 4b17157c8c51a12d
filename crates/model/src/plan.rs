//! A plan: the exact list of changes from the stored roster to the one in an upload. Plain data.

use std::sync::Arc;

use crate::column::Column;
use crate::counts::{Counts, PlanCounts};
use crate::entity::{ByNumber, Entity, EntityRef, StudentNumber, TeacherNumber};
use crate::ids::{EntityKind, RosterVersion};
use crate::per_kind::PerKind;
use crate::rekey::{MatchedBy, Proposal};
use crate::roster::{Class, Link, School, Student, Teacher};
use crate::stored::FormerKey;
use crate::string_arena::StringArena;

/// An entity's values with the number it has or gets.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<V: Entity> {
    /// The number.
    pub number: V::Number,
    /// Its values after the change; text in the plan's `texts`.
    pub values: V,
}

impl<V: Entity> ByNumber<V> for [Numbered<V>] {
    type Item = Numbered<V>;

    fn position_of(&self, number: V::Number) -> Option<usize> {
        self.binary_search_by_key(&number, |numbered| numbered.number).ok()
    }

    fn by_number(&self, number: V::Number) -> Option<&Numbered<V>> {
        self.position_of(number).map(|position| &self[position])
    }
}

/// The changes of entities of one kind. Each number is in at most one list.
#[derive(Clone, Debug)]
pub struct Changes<V: Entity> {
    /// New ones.
    pub create: Vec<Numbered<V>>,
    /// Active ones whose values change.
    pub update: Vec<Numbered<V>>,
    /// Active ones that are not in the file.
    pub deactivate: Vec<V::Number>,
    /// Inactive ones that are in the file again, with their new values.
    pub reactivate: Vec<Numbered<V>>,
    /// Active ones that are in the file under new keys, matched by evidence, with their new values.
    pub rekey: Vec<Numbered<V>>,
    /// How many active ones do not change.
    pub unchanged: u64,
}

/// The changes of teachings or enrollments, by the numbers of class and person.
#[derive(Clone, Debug)]
pub struct LinkChanges<P> {
    /// New ones.
    pub create: Vec<Link<P>>,
    /// Those that end.
    pub deactivate: Vec<Link<P>>,
    /// Ended ones that are in force again.
    pub reactivate: Vec<Link<P>>,
    /// How many links do not change.
    pub unchanged: u64,
}

impl<P> Default for LinkChanges<P> {
    fn default() -> Self {
        LinkChanges { create: vec![], deactivate: vec![], reactivate: vec![], unchanged: 0 }
    }
}

impl<V: Entity> Default for Changes<V> {
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

impl<V: Entity> Changes<V> {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty()
            && self.update.is_empty()
            && self.deactivate.is_empty()
            && self.reactivate.is_empty()
            && self.rekey.is_empty()
    }

    /// Those that are active afterwards and were not before: new ones, and inactive ones that are in the file again.
    pub fn arriving(&self) -> impl DoubleEndedIterator<Item = &Numbered<V>> + Clone {
        self.create.iter().chain(&self.reactivate)
    }

    /// All that get values, whichever the change.
    pub fn valued(&self) -> impl Iterator<Item = &Numbered<V>> {
        self.create.iter().chain(&self.update).chain(&self.reactivate).chain(&self.rekey)
    }
}

impl<P> LinkChanges<P> {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.deactivate.is_empty() && self.reactivate.is_empty()
    }

    /// Those that are in force afterwards and were not before: new ones, and ended ones that are in force again.
    pub fn beginning(&self) -> impl Iterator<Item = &Link<P>> + Clone {
        self.create.iter().chain(&self.reactivate)
    }
}

/// The changes from one version of a district's roster.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The version of the stored roster that it was made from; it cannot be applied to another.
    pub base_version: RosterVersion,
    /// The text of the values below.
    pub texts: Arc<StringArena>,
    /// Schools.
    pub schools: Changes<School>,
    /// Classes.
    pub classes: Changes<Class>,
    /// Teachers.
    pub teachers: Changes<Teacher>,
    /// Students.
    pub students: Changes<Student>,
    /// Teachings.
    pub teachings: LinkChanges<TeacherNumber>,
    /// Enrollments.
    pub enrollments: LinkChanges<StudentNumber>,
    /// Keys that are replaced by others, to be remembered.
    pub former_keys: Vec<FormerKey>,
    /// How each stored entity that changes was matched.
    pub matches: EntityMatches,
    /// What was matched by evidence, or might be.
    pub proposals: Vec<Proposal>,
    /// Keys of people that pass to other people, which nobody has decided.
    pub key_moves: Vec<KeyMove>,
}

/// A key of one person that another person would get. It signs people in, or names them: nobody gets it without a decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyMove {
    /// Who has it now, or would get it as well.
    pub from: EntityRef,
    /// Who would get it.
    pub to: EntityRef,
    /// The column in which it is in the file.
    pub column: Column,
    /// The key.
    pub key: String,
}

/// How each stored entity that changes was matched.
#[derive(Clone, Debug, Default)]
pub struct EntityMatches(Vec<(EntityRef, MatchedBy)>);

impl EntityMatches {
    /// From a list in any order that names each entity once.
    pub fn new(mut matched: Vec<(EntityRef, MatchedBy)>) -> EntityMatches {
        matched.sort_unstable();
        EntityMatches(matched)
    }

    /// How an entity was matched; `None` when it was not.
    pub fn matched_by(&self, entity: EntityRef) -> Option<MatchedBy> {
        let EntityMatches(matched) = self;
        matched.binary_search_by_key(&entity, |(entity, _)| *entity).ok().map(|at| matched[at].1)
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

    /// The entities of a kind that it deactivates.
    pub fn deactivated(&self, kind: EntityKind) -> impl ExactSizeIterator<Item = EntityRef> {
        let lists = PerKind::<&dyn DeactivatedList> {
            schools: &self.schools,
            classes: &self.classes,
            teachers: &self.teachers,
            students: &self.students,
        };
        lists.get(kind).deactivated()
    }

    /// How much it changes, in the shape of a run's JSON.
    pub fn counts(&self) -> PlanCounts {
        let count = |length_of: &dyn Fn(&dyn ListLengths) -> usize| Counts {
            schools: length_of(&self.schools) as u64,
            classes: length_of(&self.classes) as u64,
            teachers: length_of(&self.teachers) as u64,
            students: length_of(&self.students) as u64,
            teachings: length_of(&self.teachings) as u64,
            enrollments: length_of(&self.enrollments) as u64,
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

/// Changes whose deactivations can be listed, whatever the kind.
trait DeactivatedList {
    fn deactivated(&self) -> Box<dyn ExactSizeIterator<Item = EntityRef> + '_>;
}

impl<V: Entity> DeactivatedList for Changes<V> {
    fn deactivated(&self) -> Box<dyn ExactSizeIterator<Item = EntityRef> + '_> {
        Box::new(self.deactivate.iter().map(|number| (*number).into()))
    }
}

/// Lengths of create, update, deactivate, reactivate, rekey, unchanged.
trait ListLengths {
    fn lengths(&self) -> [usize; 6];
}

impl<V: Entity> ListLengths for Changes<V> {
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

impl<P> ListLengths for LinkChanges<P> {
    fn lengths(&self) -> [usize; 6] {
        [self.create.len(), 0, self.deactivate.len(), self.reactivate.len(), 0, self.unchanged as usize]
    }
}
