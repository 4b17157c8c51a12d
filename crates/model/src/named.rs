//! What a row says of a person or a class apart from keys: by it a person is still known when a key is the thing in doubt.

use crate::grade::Grade;
use crate::ids::EntityKind;

/// A class as a row describes it; `T` is a text or the number of one. What the row does not say is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NamedClass<T> {
    /// `school_id`
    pub school: T,
    /// `school_name`
    pub school_name: T,
    /// `class_id`
    pub key: T,
    /// `class_name`
    pub name: T,
}

impl<T: Copy> NamedClass<T> {
    /// The same class with each text replaced.
    pub fn map<U>(self, mut map: impl FnMut(T) -> U) -> NamedClass<U> {
        NamedClass {
            school: map(self.school),
            school_name: map(self.school_name),
            key: map(self.key),
            name: map(self.name),
        }
    }
}

/// A teacher or student as a row describes them, with the class of the row; `T` as in [`NamedClass`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NamedPerson<T> {
    /// Teacher or student.
    pub kind: EntityKind,
    /// `teacher_id` or `student_id`
    pub sis_id: T,
    /// The address.
    pub email: T,
    /// First name.
    pub first_name: T,
    /// Last name.
    pub last_name: T,
    /// A student's grade.
    pub grade: Option<Grade>,
    /// The class of the row; all texts are empty when the row names none.
    pub class: NamedClass<T>,
}

impl<T: Copy> NamedPerson<T> {
    /// The same person with each text replaced.
    pub fn map<U>(self, mut map: impl FnMut(T) -> U) -> NamedPerson<U> {
        NamedPerson {
            kind: self.kind,
            sis_id: map(self.sis_id),
            email: map(self.email),
            first_name: map(self.first_name),
            last_name: map(self.last_name),
            grade: self.grade,
            class: self.class.map(map),
        }
    }
}
