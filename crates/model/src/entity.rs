//! The numbers of a district's schools, classes, teachers and students: a type for each kind, so that they cannot be mixed up.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::EntityKind;
use crate::string_arena::{StrId, StringArena};

/// Anything with a key and a name: a school, class, teacher or student, of a file or stored.
pub trait Named: Copy {
    /// The key by which a file names it.
    fn key(&self) -> StrId;

    /// Its name; a person's first and last name.
    fn full_name(&self, texts: &StringArena) -> String;
}

/// A school, class, teacher or student.
pub trait Entity: Named {
    /// Its number.
    type Number: EntityNumber;
    /// Its kind.
    const KIND: EntityKind = <Self::Number as EntityNumber>::KIND;
}

/// A number of one kind of entity, unique in its district, counted from 1 and never reused.
pub trait EntityNumber:
    Copy + Debug + Display + Ord + Hash + Into<EntityRef> + Send + Sync + 'static
{
    /// The kind that it numbers.
    const KIND: EntityKind;

    /// From a bare number, as the database has it.
    fn from_u32(number: u32) -> Self;

    /// The bare number.
    fn as_u32(self) -> u32;

    /// The position in a table that is indexed by number.
    fn index(self) -> usize {
        self.as_u32() as usize
    }
}

/// Lists that are sorted by number.
pub trait ByNumber<V: Entity> {
    /// An item of the list.
    type Item;

    /// The position of a number in the list.
    fn position_of(&self, number: V::Number) -> Option<usize>;

    /// The item with a number.
    fn by_number(&self, number: V::Number) -> Option<&Self::Item>;
}

macro_rules! entity_number {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[repr(transparent)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl EntityNumber for $name {
            const KIND: EntityKind = EntityKind::$kind;

            fn from_u32(number: u32) -> Self {
                $name(number)
            }

            fn as_u32(self) -> u32 {
                self.0
            }
        }

        impl From<$name> for EntityRef {
            fn from(number: $name) -> EntityRef {
                EntityRef { kind: EntityKind::$kind, number: number.0 }
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                Display::fmt(&self.0, f)
            }
        }
    };
}

entity_number!(
    /// A school's number.
    SchoolNumber, School
);
entity_number!(
    /// A class's number.
    ClassNumber, Class
);
entity_number!(
    /// A teacher's number.
    TeacherNumber, Teacher
);
entity_number!(
    /// A student's number.
    StudentNumber, Student
);

/// An entity of any kind, by kind and number; written `student-417`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityRef {
    /// Its kind.
    pub kind: EntityKind,
    /// Its number among those of its kind.
    pub number: u32,
}

impl EntityRef {
    /// The number, when it is of the asked kind.
    pub fn number_as<N: EntityNumber>(self) -> Option<N> {
        (self.kind == N::KIND).then(|| N::from_u32(self.number))
    }
}

impl Display for EntityRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.kind.as_str(), self.number)
    }
}

/// A text that is not of the form `student-417`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a kind and a number, like student-417")]
pub struct NotAnEntity;

impl FromStr for EntityRef {
    type Err = NotAnEntity;

    fn from_str(text: &str) -> Result<Self, NotAnEntity> {
        let (word, number) = text.split_once('-').ok_or(NotAnEntity)?;
        let kind = word.parse().map_err(|_| NotAnEntity)?;
        Ok(EntityRef { kind, number: number.parse().map_err(|_| NotAnEntity)? })
    }
}

impl Serialize for EntityRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EntityRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{ClassNumber, EntityKind, EntityRef, StudentNumber};

    #[test]
    fn an_entity_is_written_as_kind_and_number() {
        let student = EntityRef::from(StudentNumber(417));
        assert_eq!((student.to_string().as_str(), "student-417".parse()), ("student-417", Ok(student)));
        for wrong in ["student", "pupil-4", "student-", "student--4"] {
            assert!(wrong.parse::<EntityRef>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_of_one_kind_is_not_read_as_another() {
        let class = EntityRef { kind: EntityKind::Class, number: 7 };
        assert_eq!(class.number_as::<ClassNumber>(), Some(ClassNumber(7)));
        assert_eq!(class.number_as::<StudentNumber>(), None);
    }
}
