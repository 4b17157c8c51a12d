//! A value for each of the four kinds of entities.

use crate::ids::EntityKind;

/// A value for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerKind<T> {
    /// Of schools.
    pub schools: T,
    /// Of classes.
    pub classes: T,
    /// Of teachers.
    pub teachers: T,
    /// Of students.
    pub students: T,
}

impl<T> PerKind<T> {
    /// The value of a kind.
    pub fn get(&self, kind: EntityKind) -> &T {
        let PerKind { schools, classes, teachers, students } = self;
        PerKind { schools, classes, teachers, students }.into_value(kind)
    }

    /// The value of a kind, to change it.
    pub fn get_mut(&mut self, kind: EntityKind) -> &mut T {
        let PerKind { schools, classes, teachers, students } = self;
        PerKind { schools, classes, teachers, students }.into_value(kind)
    }

    /// The value of a kind alone.
    pub fn into_value(self, kind: EntityKind) -> T {
        match kind {
            EntityKind::School => self.schools,
            EntityKind::Class => self.classes,
            EntityKind::Teacher => self.teachers,
            EntityKind::Student => self.students,
        }
    }

    /// The values with their kinds, in the order of [`EntityKind::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (EntityKind, &T)> {
        EntityKind::ALL.into_iter().map(|kind| (kind, self.get(kind)))
    }
}
