//! Teachers and students as lists of attributes, so that each column is judged by the same code.

use homeroom_model::entity::Entity;
use homeroom_model::roster::{OptionalColumns, Person, Student, Teacher};
use homeroom_model::{Column, Grade, StrId};

/// A text that a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Attribute {
    SisId,
    Email,
    CleverId,
    Username,
    FirstName,
    LastName,
}

impl Attribute {
    /// Every attribute.
    pub(crate) const ALL: [Attribute; 6] = [
        Attribute::SisId,
        Attribute::Email,
        Attribute::CleverId,
        Attribute::Username,
        Attribute::FirstName,
        Attribute::LastName,
    ];

    /// Those that stand for one person.
    pub(crate) const KEYS: [Attribute; 4] =
        [Attribute::SisId, Attribute::Email, Attribute::CleverId, Attribute::Username];

    /// Whether it is a name.
    pub(crate) fn is_name(self) -> bool {
        matches!(self, Attribute::FirstName | Attribute::LastName)
    }
}

/// A teacher or a student.
pub(crate) trait Member: Entity {
    /// "student", "teacher".
    const WORD: &'static str;

    /// What teachers and students have in common.
    fn person(&self) -> &Person;

    /// The same, to be changed.
    fn person_mut(&mut self) -> &mut Person;

    /// The user name; teachers have none.
    fn username(&self) -> StrId;

    /// Changes the user name.
    fn set_username(&mut self, username: StrId);

    /// The grade; teachers have none.
    fn grade(&self) -> Option<Grade>;

    /// Changes the grade.
    fn set_grade(&mut self, grade: Option<Grade>);

    /// The column of an attribute; `None` when there is no such column.
    fn column(attribute: Attribute) -> Option<Column>;

    /// Whether the file has the column of an attribute.
    fn has_column(attribute: Attribute, columns: &OptionalColumns) -> bool;

    /// An attribute.
    fn text(&self, attribute: Attribute) -> StrId {
        let person = self.person();
        match attribute {
            Attribute::SisId => person.sis_id,
            Attribute::Email => person.email,
            Attribute::CleverId => person.clever_id,
            Attribute::Username => self.username(),
            Attribute::FirstName => person.first_name,
            Attribute::LastName => person.last_name,
        }
    }

    /// Changes an attribute.
    fn set_text(&mut self, attribute: Attribute, text: StrId) {
        match attribute {
            Attribute::SisId => self.person_mut().sis_id = text,
            Attribute::Email => self.person_mut().email = text,
            Attribute::CleverId => self.person_mut().clever_id = text,
            Attribute::Username => self.set_username(text),
            Attribute::FirstName => self.person_mut().first_name = text,
            Attribute::LastName => self.person_mut().last_name = text,
        }
    }
}

impl Member for Teacher {
    const WORD: &'static str = "teacher";

    fn person(&self) -> &Person {
        &self.person
    }

    fn person_mut(&mut self) -> &mut Person {
        &mut self.person
    }

    fn username(&self) -> StrId {
        StrId::EMPTY
    }

    fn set_username(&mut self, _: StrId) {}

    fn grade(&self) -> Option<Grade> {
        None
    }

    fn set_grade(&mut self, _: Option<Grade>) {}

    fn column(attribute: Attribute) -> Option<Column> {
        Some(match attribute {
            Attribute::SisId => Column::TeacherId,
            Attribute::Email => Column::TeacherEmail,
            Attribute::CleverId => Column::TeacherCleverId,
            Attribute::Username => return None,
            Attribute::FirstName => Column::TeacherFirstName,
            Attribute::LastName => Column::TeacherLastName,
        })
    }

    fn has_column(attribute: Attribute, columns: &OptionalColumns) -> bool {
        match attribute {
            Attribute::SisId => columns.teacher_id,
            Attribute::CleverId => columns.teacher_clever_id,
            Attribute::Username => false,
            Attribute::Email | Attribute::FirstName | Attribute::LastName => true,
        }
    }
}

impl Member for Student {
    const WORD: &'static str = "student";

    fn person(&self) -> &Person {
        &self.person
    }

    fn person_mut(&mut self) -> &mut Person {
        &mut self.person
    }

    fn username(&self) -> StrId {
        self.username
    }

    fn set_username(&mut self, username: StrId) {
        self.username = username;
    }

    fn grade(&self) -> Option<Grade> {
        self.grade
    }

    fn set_grade(&mut self, grade: Option<Grade>) {
        self.grade = grade;
    }

    fn column(attribute: Attribute) -> Option<Column> {
        Some(match attribute {
            Attribute::SisId => Column::StudentId,
            Attribute::Email => Column::StudentEmail,
            Attribute::CleverId => Column::StudentCleverId,
            Attribute::Username => Column::StudentUsername,
            Attribute::FirstName => Column::StudentFirstName,
            Attribute::LastName => Column::StudentLastName,
        })
    }

    fn has_column(attribute: Attribute, columns: &OptionalColumns) -> bool {
        match attribute {
            Attribute::SisId => columns.student_id,
            Attribute::CleverId => columns.student_clever_id,
            Attribute::Username => columns.student_username,
            Attribute::Email | Attribute::FirstName | Attribute::LastName => true,
        }
    }
}
