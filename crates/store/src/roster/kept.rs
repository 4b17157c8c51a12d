//! How schools, classes, teachers and students stand in their tables.

use homeroom_model::grade::Grade;
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::{Class, Person, School, Student};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::bulk::{Cells, Column, ColumnType};
use crate::error::StoreError;
use crate::tx::Value;

pub(crate) mod sealed {
    use super::{Cells, Column, StoreError, StringArena, Value};

    /// The columns of a kind of thing, besides those that all kinds have.
    pub trait Row: Copy {
        const TABLE: &'static str;
        const COLUMNS: &'static [Column<'static>];
        /// The columns by which a person looks for one.
        const KEYS: &'static [&'static str];
        fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>);
        fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError>;
        /// The number of a class's school.
        fn school(&self) -> Option<u32> {
            None
        }
    }
}
use sealed::Row;

/// A kind of thing that the store keeps: [`School`], [`Class`], [`Person`] (a teacher) or [`Student`].
pub trait KeptEntity: sealed::Row {
    /// Which kind.
    const KIND: EntityKind;
}

impl KeptEntity for School {
    const KIND: EntityKind = EntityKind::School;
}
impl KeptEntity for Class {
    const KIND: EntityKind = EntityKind::Class;
}
impl KeptEntity for Person {
    const KIND: EntityKind = EntityKind::Teacher;
}
impl KeptEntity for Student {
    const KIND: EntityKind = EntityKind::Student;
}

fn text(row: &dyn Cells, column: usize, texts: &mut StringArena) -> Result<StrId, StoreError> {
    Ok(texts.push(row.text(column)?))
}

impl Row for School {
    const TABLE: &'static str = "school";
    const COLUMNS: &'static [Column<'static>] = &[("key", ColumnType::Text), ("name", ColumnType::Text)];
    const KEYS: &'static [&'static str] = &["key"];

    fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
        row.extend([texts.get(self.key).into(), texts.get(self.name).into()] as [Value<'_>; 2]);
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(School { key: text(row, first, texts)?, name: text(row, first + 1, texts)? })
    }
}

impl Row for Class {
    const TABLE: &'static str = "class";
    const COLUMNS: &'static [Column<'static>] =
        &[("key", ColumnType::Text), ("name", ColumnType::Text), ("school", ColumnType::Int4)];
    const KEYS: &'static [&'static str] = &["key"];

    fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
        row.extend(
            [texts.get(self.key).into(), texts.get(self.name).into(), self.school.into()] as [Value<'_>; 3]
        );
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Class {
            key: text(row, first, texts)?,
            name: text(row, first + 1, texts)?,
            school: row.number(first + 2)?,
        })
    }

    fn school(&self) -> Option<u32> {
        Some(self.school)
    }
}

impl Row for Person {
    const TABLE: &'static str = "teacher";
    const COLUMNS: &'static [Column<'static>] = &[
        ("sis_id", ColumnType::Text),
        ("email", ColumnType::Text),
        ("first_name", ColumnType::Text),
        ("last_name", ColumnType::Text),
        ("clever_id", ColumnType::Text),
    ];
    const KEYS: &'static [&'static str] = &["sis_id", "email"];

    fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
        for value in [self.sis_id, self.email, self.first_name, self.last_name, self.clever_id] {
            row.push(texts.get(value).into());
        }
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Person {
            sis_id: text(row, first, texts)?,
            email: text(row, first + 1, texts)?,
            first_name: text(row, first + 2, texts)?,
            last_name: text(row, first + 3, texts)?,
            clever_id: text(row, first + 4, texts)?,
        })
    }
}

impl Row for Student {
    const TABLE: &'static str = "student";
    const COLUMNS: &'static [Column<'static>] = &[
        ("sis_id", ColumnType::Text),
        ("email", ColumnType::Text),
        ("first_name", ColumnType::Text),
        ("last_name", ColumnType::Text),
        ("clever_id", ColumnType::Text),
        ("username", ColumnType::Text),
        ("grade", ColumnType::Text),
    ];
    const KEYS: &'static [&'static str] = <Person as Row>::KEYS;

    fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
        Row::push(&self.person, texts, row);
        row.push(texts.get(self.username).into());
        row.push(self.grade.map_or("", Grade::code).into());
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Student {
            person: Row::read(row, first, texts)?,
            username: text(row, first + 5, texts)?,
            grade: Grade::from_code(row.text(first + 6)?),
        })
    }
}

/// Which of the two kinds of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeptLink {
    /// Teacher and class.
    Teaching,
    /// Student and class.
    Enrollment,
}

impl KeptLink {
    /// Both.
    pub const ALL: [KeptLink; 2] = [KeptLink::Teaching, KeptLink::Enrollment];

    pub(crate) fn table(self) -> &'static str {
        match self {
            KeptLink::Teaching => "teaching",
            KeptLink::Enrollment => "enrollment",
        }
    }

    pub(crate) fn person(self) -> &'static str {
        match self {
            KeptLink::Teaching => "teacher",
            KeptLink::Enrollment => "student",
        }
    }
}
