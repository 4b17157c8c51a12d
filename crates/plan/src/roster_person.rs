//! What teachers and students have in common, for code that treats both alike.

use homeroom_model::Grade;
use homeroom_model::entity::Entity;
use homeroom_model::roster::{Person, Student, Teacher};
use homeroom_model::string_arena::StrId;

/// A teacher or a student.
pub(crate) trait RosterPerson: Entity {
    /// Names and keys.
    fn person(&self) -> &Person;

    /// The grade; teachers have none.
    fn grade(&self) -> Option<Grade>;

    /// The user name; teachers have none.
    fn username(&self) -> StrId;
}

impl RosterPerson for Teacher {
    fn person(&self) -> &Person {
        &self.person
    }

    fn grade(&self) -> Option<Grade> {
        None
    }

    fn username(&self) -> StrId {
        StrId::EMPTY
    }
}

impl RosterPerson for Student {
    fn person(&self) -> &Person {
        &self.person
    }

    fn grade(&self) -> Option<Grade> {
        self.grade
    }

    fn username(&self) -> StrId {
        self.username
    }
}
