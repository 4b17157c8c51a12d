//! Access to an entity's values field by field, for undos and histories.

use std::borrow::Cow;

use crate::entity::SchoolNumber;
use crate::grade::Grade;
use crate::history::Field;
use crate::roster::{Class, Person, School, Student, Teacher};
use crate::string_arena::{StrId, StringArena};

/// The place of a value in an entity.
pub enum Slot<'v> {
    /// Text.
    Text(&'v mut StrId),
    /// A school's number.
    School(&'v mut SchoolNumber),
    /// A grade.
    Grade(&'v mut Option<Grade>),
    /// This kind of entity has no such field.
    Missing,
}

/// The values of one kind of entity.
pub trait Fields: Copy {
    /// Its fields, in the order in which a history lists them.
    const FIELDS: &'static [Field];
    /// Those in which no two active entities have the same value.
    const KEYS: &'static [Field];

    /// The place of a field.
    fn slot(&mut self, field: Field) -> Slot<'_>;

    /// The value of a field as text.
    fn get(mut self, field: Field, texts: &StringArena) -> Cow<'_, str> {
        match self.slot(field) {
            Slot::Text(text) => texts.get(*text).into(),
            Slot::School(number) => number.to_string().into(),
            Slot::Grade(grade) => grade.map_or("", Grade::code).into(),
            Slot::Missing => "".into(),
        }
    }

    /// Copies a field from other values in the same arena.
    fn set(&mut self, field: Field, mut from: Self) {
        match (self.slot(field), from.slot(field)) {
            (Slot::Text(to), Slot::Text(text)) => *to = *text,
            (Slot::School(to), Slot::School(number)) => *to = *number,
            (Slot::Grade(to), Slot::Grade(grade)) => *to = *grade,
            _ => {}
        }
    }
}

impl Fields for School {
    const FIELDS: &'static [Field] = &[Field::Id, Field::Name];
    const KEYS: &'static [Field] = &[Field::Id];

    fn slot(&mut self, field: Field) -> Slot<'_> {
        match field {
            Field::Id => Slot::Text(&mut self.key),
            Field::Name => Slot::Text(&mut self.name),
            _ => Slot::Missing,
        }
    }
}

impl Fields for Class {
    const FIELDS: &'static [Field] = &[Field::Id, Field::Name, Field::School];
    const KEYS: &'static [Field] = &[Field::Id];

    fn slot(&mut self, field: Field) -> Slot<'_> {
        match field {
            Field::Id => Slot::Text(&mut self.key),
            Field::Name => Slot::Text(&mut self.name),
            Field::School => Slot::School(&mut self.school),
            _ => Slot::Missing,
        }
    }
}

impl Fields for Teacher {
    const FIELDS: &'static [Field] =
        &[Field::FirstName, Field::LastName, Field::Email, Field::SisId, Field::CleverId];
    const KEYS: &'static [Field] = PERSON_KEYS;

    fn slot(&mut self, field: Field) -> Slot<'_> {
        person_slot(&mut self.person, field)
    }
}

const PERSON_KEYS: &[Field] = &[Field::Email, Field::SisId];

fn person_slot(person: &mut Person, field: Field) -> Slot<'_> {
    match field {
        Field::FirstName => Slot::Text(&mut person.first_name),
        Field::LastName => Slot::Text(&mut person.last_name),
        Field::Email => Slot::Text(&mut person.email),
        Field::SisId => Slot::Text(&mut person.sis_id),
        Field::CleverId => Slot::Text(&mut person.clever_id),
        _ => Slot::Missing,
    }
}

impl Fields for Student {
    const FIELDS: &'static [Field] = &[
        Field::FirstName,
        Field::LastName,
        Field::Email,
        Field::SisId,
        Field::CleverId,
        Field::Username,
        Field::Grade,
    ];
    const KEYS: &'static [Field] = PERSON_KEYS;

    fn slot(&mut self, field: Field) -> Slot<'_> {
        match field {
            Field::Username => Slot::Text(&mut self.username),
            Field::Grade => Slot::Grade(&mut self.grade),
            _ => person_slot(&mut self.person, field),
        }
    }
}

/// A link has no values.
impl Fields for () {
    const FIELDS: &'static [Field] = &[];
    const KEYS: &'static [Field] = &[];

    fn slot(&mut self, _: Field) -> Slot<'_> {
        Slot::Missing
    }
}
