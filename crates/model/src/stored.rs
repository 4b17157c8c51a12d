//! The roster as the database holds it, active and inactive, in memory for planning.

use crate::entity::{ByNumber, ClassNumber, Entity, EntityNumber, EntityRef, StudentNumber, TeacherNumber};
use crate::ids::{EntityKind, RosterVersion};
use crate::per_kind::PerKind;
use crate::roster::{Class, Link, Roster, RosterLink, School, Student, Teacher};
use crate::string_arena::{StrId, StringArena};

/// A stored entity: its number, whether it is active, and its values.
#[derive(Clone, Copy, Debug)]
pub struct Stored<V: Entity> {
    /// The number within its district and kind; never reused.
    pub number: V::Number,
    /// Whether it is in the roster now.
    pub active: bool,
    /// Its values. A class names its school by number.
    pub values: V,
}

/// A stored teaching or enrollment, and whether it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredLink<P> {
    /// Class and person.
    pub link: Link<P>,
    /// Whether it is in force.
    pub active: bool,
}

/// The links of a class, among links in the order of a stored roster: by class, then by person.
pub fn links_of_class<P>(links: &[StoredLink<P>], class: ClassNumber) -> &[StoredLink<P>] {
    let first = links.partition_point(|stored| stored.link.class < class);
    let end = first + links[first..].partition_point(|stored| stored.link.class == class);
    &links[first..end]
}

/// The links of a class that are in force.
pub fn active_links_of_class<P>(
    links: &[StoredLink<P>],
    class: ClassNumber,
) -> impl Iterator<Item = &StoredLink<P>> {
    links_of_class(links, class).iter().filter(|link| link.active)
}

/// A key that an entity had before; it is never forgotten.
#[derive(Clone, Copy, Debug)]
pub struct FormerKey {
    /// The entity that had it.
    pub entity: EntityRef,
    /// The key: an address, a SIS id, a class or school id.
    pub key: StrId,
}

impl<V: Entity> ByNumber<V> for [Stored<V>] {
    type Item = Stored<V>;

    fn position_of(&self, number: V::Number) -> Option<usize> {
        self.binary_search_by_key(&number, |stored| stored.number).ok()
    }

    fn by_number(&self, number: V::Number) -> Option<&Stored<V>> {
        self.position_of(number).map(|position| &self[position])
    }
}

/// A district's whole stored roster. Lists are sorted by number, links by class and person.
#[derive(Clone, Debug, Default)]
pub struct StoredRoster {
    /// Raised by every change; a plan names the version it was made from.
    pub version: RosterVersion,
    /// The text of everything below.
    pub texts: StringArena,
    /// Schools.
    pub schools: Vec<Stored<School>>,
    /// Classes.
    pub classes: Vec<Stored<Class>>,
    /// Teachers.
    pub teachers: Vec<Stored<Teacher>>,
    /// Students.
    pub students: Vec<Stored<Student>>,
    /// Teachings.
    pub teachings: Vec<StoredLink<TeacherNumber>>,
    /// Enrollments.
    pub enrollments: Vec<StoredLink<StudentNumber>>,
    /// Old keys.
    pub former_keys: Vec<FormerKey>,
    /// Data rows of the file applied last; `None` before the first.
    pub applied_rows: Option<u64>,
}

impl StoredRoster {
    /// A roster as if it had just been loaded into an empty district: everything active, numbered from 1.
    pub fn from_roster(roster: Roster, rows: u64) -> StoredRoster {
        fn stored<V: Entity>(list: impl IntoIterator<Item = V>) -> Vec<Stored<V>> {
            let list = list.into_iter().zip(0_u32..);
            list.map(|(values, position)| Stored { number: number_at(position), active: true, values })
                .collect()
        }
        fn number_at<N: EntityNumber>(position: u32) -> N {
            N::from_u32(position + 1)
        }
        fn links<P: EntityNumber>(list: &[RosterLink]) -> Vec<StoredLink<P>> {
            let stored = |link: &RosterLink| StoredLink {
                link: Link { class: number_at(link.class), person: number_at(link.person) },
                active: true,
            };
            list.iter().map(stored).collect()
        }
        let classes = roster.classes.into_iter().map(|class| class.in_school(number_at(class.school)));
        StoredRoster {
            version: RosterVersion(1),
            texts: roster.texts,
            schools: stored(roster.schools),
            classes: stored(classes),
            teachers: stored(roster.teachers),
            students: stored(roster.students),
            teachings: links(&roster.teachings),
            enrollments: links(&roster.enrollments),
            former_keys: vec![],
            applied_rows: Some(rows),
        }
    }

    /// The active entities of a kind.
    pub fn active(&self, kind: EntityKind) -> impl Iterator<Item = EntityRef> {
        self.lists().get(kind).active()
    }

    /// How many of a kind are active.
    pub fn active_count(&self, kind: EntityKind) -> usize {
        self.active(kind).count()
    }

    /// The entity at a position of its list.
    pub fn entity_at(&self, kind: EntityKind, position: usize) -> EntityRef {
        self.lists().get(kind).entity_at(position)
    }

    /// The key of the entity at a position of its list.
    pub fn key_at(&self, kind: EntityKind, position: usize) -> &str {
        self.texts.get(self.lists().get(kind).key_at(position))
    }

    /// The length of a list.
    pub fn count(&self, kind: EntityKind) -> usize {
        self.lists().get(kind).count()
    }

    /// The position of an entity in its list; `None` when it is not stored.
    pub fn position_of(&self, entity: EntityRef) -> Option<usize> {
        self.lists().get(entity.kind).position_of(entity)
    }

    /// An entity's key and name; `None` when it is not stored.
    pub fn key_and_name(&self, entity: EntityRef) -> Option<(&str, String)> {
        let (key, name) = self.lists().get(entity.kind).key_and_name(entity, &self.texts)?;
        Some((self.texts.get(key), name))
    }

    fn lists(&self) -> PerKind<&dyn StoredList> {
        PerKind {
            schools: &self.schools,
            classes: &self.classes,
            teachers: &self.teachers,
            students: &self.students,
        }
    }
}

/// A list of a stored roster, whatever the kind.
trait StoredList {
    fn active(&self) -> Box<dyn Iterator<Item = EntityRef> + '_>;
    fn count(&self) -> usize;
    fn entity_at(&self, position: usize) -> EntityRef;
    fn key_at(&self, position: usize) -> StrId;
    fn position_of(&self, entity: EntityRef) -> Option<usize>;
    fn key_and_name(&self, entity: EntityRef, texts: &StringArena) -> Option<(StrId, String)>;
}

impl<V: Entity> StoredList for Vec<Stored<V>> {
    fn active(&self) -> Box<dyn Iterator<Item = EntityRef> + '_> {
        Box::new(self.iter().filter(|stored| stored.active).map(|stored| stored.number.into()))
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn key_at(&self, position: usize) -> StrId {
        self[position].values.key()
    }

    fn entity_at(&self, position: usize) -> EntityRef {
        self[position].number.into()
    }

    fn position_of(&self, entity: EntityRef) -> Option<usize> {
        self.as_slice().position_of(entity.number_as()?)
    }

    fn key_and_name(&self, entity: EntityRef, texts: &StringArena) -> Option<(StrId, String)> {
        let stored = self.by_number(entity.number_as()?)?;
        Some((stored.values.key(), stored.values.full_name(texts)))
    }
}
