//! The roster as the database holds it, active and inactive, in memory for planning.

use crate::ids::EntityKind;
use crate::roster::{Class, Link, Person, Roster, School, Student};
use crate::string_arena::{StrId, StringArena};

/// Something stored: its number, whether it is active, the run that changed it last, and its values.
#[derive(Clone, Copy, Debug)]
pub struct Stored<V> {
    /// The number within its district and kind; never used again for another.
    pub number: u32,
    /// Whether it is in the roster now.
    pub active: bool,
    /// Values. A class names its school by number.
    pub values: V,
}

/// A stored teaching or enrollment: numbers, and whether it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredLink {
    /// Class and person by number.
    pub link: Link,
    /// Whether it is in force.
    pub active: bool,
}

/// A key that something had before: remembered for ever.
#[derive(Clone, Copy, Debug)]
pub struct FormerKey {
    /// Of what.
    pub kind: EntityKind,
    /// The key: an address, a SIS number, a class or school id.
    pub key: StrId,
    /// Whose it was.
    pub number: u32,
}

/// A district's whole stored roster. Lists are sorted by number, links by class and person.
#[derive(Clone, Debug, Default)]
pub struct StoredRoster {
    /// Raised by every change; a plan made from this roster names it.
    pub version: i64,
    /// The text of everything below.
    pub texts: StringArena,
    /// Schools.
    pub schools: Vec<Stored<School>>,
    /// Classes.
    pub classes: Vec<Stored<Class>>,
    /// Teachers.
    pub teachers: Vec<Stored<Person>>,
    /// Students.
    pub students: Vec<Stored<Student>>,
    /// Teachings.
    pub teachings: Vec<StoredLink>,
    /// Enrollments.
    pub enrollments: Vec<StoredLink>,
    /// Old keys.
    pub former_keys: Vec<FormerKey>,
    /// Rows of the file that was applied last; `None` before the first.
    pub applied_rows: Option<u64>,
}

impl StoredRoster {
    /// A roster as if it had just been loaded into an empty district: everything active, numbered from 1.
    pub fn of(roster: Roster, rows: u64) -> StoredRoster {
        fn number<V>(list: Vec<V>) -> Vec<Stored<V>> {
            let one = |(number, values)| Stored { number, active: true, values };
            (1..).zip(list).map(one).collect()
        }
        fn links(list: &[Link]) -> Vec<StoredLink> {
            let one = |link: &Link| StoredLink {
                link: Link { class: link.class + 1, person: link.person + 1 },
                active: true,
            };
            list.iter().map(one).collect()
        }
        let classes = roster.classes.into_iter().map(|class| Class { school: class.school + 1, ..class });
        StoredRoster {
            version: 1,
            texts: roster.texts,
            schools: number(roster.schools),
            classes: number(classes.collect()),
            teachers: number(roster.teachers),
            students: number(roster.students),
            teachings: links(&roster.teachings),
            enrollments: links(&roster.enrollments),
            former_keys: vec![],
            applied_rows: Some(rows),
        }
    }

    /// The numbers of what is active of a kind.
    pub fn active_numbers(&self, kind: EntityKind) -> impl Iterator<Item = u32> {
        fn numbers<V>(list: &[Stored<V>]) -> Box<dyn Iterator<Item = u32> + '_> {
            Box::new(list.iter().filter(|stored| stored.active).map(|stored| stored.number))
        }
        match kind {
            EntityKind::School => numbers(&self.schools),
            EntityKind::Class => numbers(&self.classes),
            EntityKind::Teacher => numbers(&self.teachers),
            EntityKind::Student => numbers(&self.students),
        }
    }

    /// How many of a kind are active.
    pub fn active(&self, kind: EntityKind) -> usize {
        self.active_numbers(kind).count()
    }
}
