//! How schools, classes, teachers and students stand in their tables.

use homeroom_model::entity::{Entity, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::grade::Grade;
use homeroom_model::roster::{Class, Link, Person, School, Student, Teacher};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::bulk::{Cells, Column, ColumnType};
use crate::error::StoreError;
use crate::tx::Value;

pub(crate) mod sealed {
    use super::{Cells, Column, SchoolNumber, StoreError, StringArena, Value};

    /// The columns of a kind of thing, besides those that all kinds have.
    pub trait Row: Copy {
        const TABLE: &'static str;
        const COLUMNS: &'static [Column<'static>];
        /// The columns by which a person looks for one.
        const KEYS: &'static [&'static str];
        fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>);
        fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError>;
        /// The number of a class's school.
        fn school(&self) -> Option<SchoolNumber> {
            None
        }
    }
}
use sealed::Row;

/// An entity that the store keeps: [`School`], [`Class`], [`Teacher`] or [`Student`].
pub trait KeptEntity: Entity + sealed::Row {}

impl<V: Entity + sealed::Row> KeptEntity for V {}

/// The number in a column.
pub(super) fn number<N: EntityNumber>(row: &dyn Cells, column: usize) -> Result<N, StoreError> {
    row.number(column).map(N::from_u32)
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
            [texts.get(self.key).into(), texts.get(self.name).into(), self.school.0.into()] as [Value<'_>; 3]
        );
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Class {
            key: text(row, first, texts)?,
            name: text(row, first + 1, texts)?,
            school: number(row, first + 2)?,
        })
    }

    fn school(&self) -> Option<SchoolNumber> {
        Some(self.school)
    }
}

/// The columns by which a person is looked for.
const PERSON_KEYS: &[&str] = &["sis_id", "email"];

fn push_person<'t>(person: &Person, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
    for value in [person.sis_id, person.email, person.first_name, person.last_name, person.clever_id] {
        row.push(texts.get(value).into());
    }
}

fn read_person(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Person, StoreError> {
    Ok(Person {
        sis_id: text(row, first, texts)?,
        email: text(row, first + 1, texts)?,
        first_name: text(row, first + 2, texts)?,
        last_name: text(row, first + 3, texts)?,
        clever_id: text(row, first + 4, texts)?,
    })
}

impl Row for Teacher {
    const TABLE: &'static str = "teacher";
    const COLUMNS: &'static [Column<'static>] = &[
        ("sis_id", ColumnType::Text),
        ("email", ColumnType::Text),
        ("first_name", ColumnType::Text),
        ("last_name", ColumnType::Text),
        ("clever_id", ColumnType::Text),
    ];
    const KEYS: &'static [&'static str] = PERSON_KEYS;

    fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
        push_person(&self.person, texts, row);
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Teacher { person: read_person(row, first, texts)? })
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
    const KEYS: &'static [&'static str] = PERSON_KEYS;

    fn push<'t>(&self, texts: &'t StringArena, row: &mut Vec<Value<'t>>) {
        push_person(&self.person, texts, row);
        row.push(texts.get(self.username).into());
        row.push(self.grade.map_or("", Grade::code).into());
    }

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Student {
            person: read_person(row, first, texts)?,
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

/// The person at the end of a link, which tells the kind of link: a teacher of a teaching, a student of an enrollment.
pub trait LinkedPerson: EntityNumber {
    /// The kind of link.
    const LINKS: KeptLink;
}

impl LinkedPerson for TeacherNumber {
    const LINKS: KeptLink = KeptLink::Teaching;
}

impl LinkedPerson for StudentNumber {
    const LINKS: KeptLink = KeptLink::Enrollment;
}

/// The link in two columns, class and person.
pub(super) fn link<P: EntityNumber>(row: &dyn Cells, first: usize) -> Result<Link<P>, StoreError> {
    Ok(Link { class: number(row, first)?, person: number(row, first + 1)? })
}
