//! The tables of schools, classes, teachers, students and links: their names, columns and keys.

use homeroom_model::entity::{Entity, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::feed::RecordKind;
use homeroom_model::grade::Grade;
use homeroom_model::roster::{Class, Link, Person, School, Student, Teacher};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::bulk::{Cells, Column, ColumnType};
use crate::error::StoreError;
use crate::tx::Value;

pub(crate) mod sealed {
    use super::{Cells, Column, ColumnType, SchoolNumber, StoreError, StringArena, Value};

    /// A column of a kind of entity, and the value that an entity has in it.
    pub struct EntityColumn<V> {
        pub name: &'static str,
        pub column_type: ColumnType,
        pub value: for<'t> fn(&V, &'t StringArena) -> Value<'t>,
    }

    impl<V> EntityColumn<V> {
        pub(crate) fn column(&self) -> Column<'static> {
            (self.name, self.column_type)
        }
    }

    /// The columns of a kind of entity, apart from those that all kinds have.
    pub trait EntityRow: Copy + 'static {
        const TABLE: &'static str;
        const COLUMNS: &'static [EntityColumn<Self>];
        /// The columns by which a person looks for one.
        const KEYS: &'static [&'static str];
        /// Reads the columns, in their order, from `first` on.
        fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError>;
        /// The number of a class's school.
        fn school(&self) -> Option<SchoolNumber> {
            None
        }
    }
}
use sealed::{EntityColumn, EntityRow};

/// An entity that has a table: [`School`], [`Class`], [`Teacher`] or [`Student`].
pub trait StorableEntity: Entity + sealed::EntityRow {}

impl<V: Entity + sealed::EntityRow> StorableEntity for V {}

/// The number in a column.
pub(super) fn number<N: EntityNumber>(row: &dyn Cells, column: usize) -> Result<N, StoreError> {
    row.number(column).map(N::from_u32)
}

fn read_text(row: &dyn Cells, column: usize, texts: &mut StringArena) -> Result<StrId, StoreError> {
    Ok(texts.push(row.text(column)?))
}

/// A column of text.
const fn text<V>(name: &'static str, value: for<'t> fn(&V, &'t StringArena) -> Value<'t>) -> EntityColumn<V> {
    EntityColumn { name, column_type: ColumnType::Text, value }
}

/// The names of a kind's columns, in order, separated by commas.
pub(super) fn column_names<V: StorableEntity>() -> String {
    V::COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

impl EntityRow for School {
    const TABLE: &'static str = "school";
    const COLUMNS: &'static [EntityColumn<School>] = &[
        text("key", |school, texts| texts.get(school.key).into()),
        text("name", |school, texts| texts.get(school.name).into()),
    ];
    const KEYS: &'static [&'static str] = &["key"];

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(School { key: read_text(row, first, texts)?, name: read_text(row, first + 1, texts)? })
    }
}

impl EntityRow for Class {
    const TABLE: &'static str = "class";
    const COLUMNS: &'static [EntityColumn<Class>] = &[
        text("key", |class, texts| texts.get(class.key).into()),
        text("name", |class, texts| texts.get(class.name).into()),
        EntityColumn {
            name: "school",
            column_type: ColumnType::Int4,
            value: |class, _| class.school.0.into(),
        },
    ];
    const KEYS: &'static [&'static str] = &["key"];

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Class {
            key: read_text(row, first, texts)?,
            name: read_text(row, first + 1, texts)?,
            school: number(row, first + 2)?,
        })
    }

    fn school(&self) -> Option<SchoolNumber> {
        Some(self.school)
    }
}

/// The columns by which a person is looked for.
const PERSON_KEYS: &[&str] = &["sis_id", "email"];

fn read_person(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Person, StoreError> {
    Ok(Person {
        sis_id: read_text(row, first, texts)?,
        email: read_text(row, first + 1, texts)?,
        first_name: read_text(row, first + 2, texts)?,
        last_name: read_text(row, first + 3, texts)?,
        clever_id: read_text(row, first + 4, texts)?,
    })
}

impl EntityRow for Teacher {
    const TABLE: &'static str = "teacher";
    const COLUMNS: &'static [EntityColumn<Teacher>] = &[
        text("sis_id", |teacher, texts| texts.get(teacher.person.sis_id).into()),
        text("email", |teacher, texts| texts.get(teacher.person.email).into()),
        text("first_name", |teacher, texts| texts.get(teacher.person.first_name).into()),
        text("last_name", |teacher, texts| texts.get(teacher.person.last_name).into()),
        text("clever_id", |teacher, texts| texts.get(teacher.person.clever_id).into()),
    ];
    const KEYS: &'static [&'static str] = PERSON_KEYS;

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Teacher { person: read_person(row, first, texts)? })
    }
}

impl EntityRow for Student {
    const TABLE: &'static str = "student";
    const COLUMNS: &'static [EntityColumn<Student>] = &[
        text("sis_id", |student, texts| texts.get(student.person.sis_id).into()),
        text("email", |student, texts| texts.get(student.person.email).into()),
        text("first_name", |student, texts| texts.get(student.person.first_name).into()),
        text("last_name", |student, texts| texts.get(student.person.last_name).into()),
        text("clever_id", |student, texts| texts.get(student.person.clever_id).into()),
        text("username", |student, texts| texts.get(student.username).into()),
        text("grade", |student, _| student.grade.map_or("", Grade::code).into()),
    ];
    const KEYS: &'static [&'static str] = PERSON_KEYS;

    fn read(row: &dyn Cells, first: usize, texts: &mut StringArena) -> Result<Self, StoreError> {
        Ok(Student {
            person: read_person(row, first, texts)?,
            username: read_text(row, first + 5, texts)?,
            grade: Grade::from_code(row.text(first + 6)?),
        })
    }
}

/// Which of the two kinds of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkKind {
    /// Teacher and class.
    Teaching,
    /// Student and class.
    Enrollment,
}

impl LinkKind {
    /// Both.
    pub const ALL: [LinkKind; 2] = [LinkKind::Teaching, LinkKind::Enrollment];

    pub(crate) fn table(self) -> &'static str {
        match self {
            LinkKind::Teaching => "teaching",
            LinkKind::Enrollment => "enrollment",
        }
    }

    pub(crate) fn person_column(self) -> Column<'static> {
        (self.person(), ColumnType::Int4)
    }

    pub(crate) fn person(self) -> &'static str {
        match self {
            LinkKind::Teaching => "teacher",
            LinkKind::Enrollment => "student",
        }
    }
}

impl From<LinkKind> for RecordKind {
    fn from(kind: LinkKind) -> RecordKind {
        match kind {
            LinkKind::Teaching => RecordKind::Teaching,
            LinkKind::Enrollment => RecordKind::Enrollment,
        }
    }
}

/// The person at the end of a link, which tells the kind of link: a teacher of a teaching, a student of an enrollment.
pub trait LinkedPerson: EntityNumber {
    /// The kind of link.
    const LINKS: LinkKind;
}

impl LinkedPerson for TeacherNumber {
    const LINKS: LinkKind = LinkKind::Teaching;
}

impl LinkedPerson for StudentNumber {
    const LINKS: LinkKind = LinkKind::Enrollment;
}

/// The link in two columns, class and person.
pub(super) fn link<P: EntityNumber>(row: &dyn Cells, first: usize) -> Result<Link<P>, StoreError> {
    Ok(Link { class: number(row, first)?, person: number(row, first + 1)? })
}
