//! A person as evidence sees them, stored or wanted.

use homeroom_model::Grade;
use homeroom_model::entity::{ClassNumber, SchoolNumber};
use homeroom_model::name::folded;
use homeroom_model::roster::Person;
use homeroom_model::string_arena::{StrId, StringArena};

use crate::roster_person::RosterPerson;

/// A person who is not settled, with all that can be compared.
pub(super) struct Candidate<'t> {
    /// Position in its list.
    pub(super) position: usize,
    pub(super) first_name: &'t str,
    pub(super) last_name: &'t str,
    /// Both names without accents and case: `lee, ann`.
    pub(super) folded: String,
    pub(super) email: &'t str,
    pub(super) sis_id: &'t str,
    pub(super) clever_id: &'t str,
    pub(super) username: &'t str,
    pub(super) grade: Option<Grade>,
    /// The school of the first class.
    pub(super) school: Option<SchoolNumber>,
    /// Stored classes, sorted; `None` for each class that is new.
    pub(super) classes: Vec<Option<ClassNumber>>,
    /// Whether a stored person is in the roster now; true of wanted ones.
    pub(super) active: bool,
    /// Whether a rejected row names a stored person.
    pub(super) is_protected: bool,
}

/// The classes of a person, as in [`Candidate`].
#[derive(Clone, Default)]
pub(super) struct ClassesAndSchool {
    pub(super) classes: Vec<Option<ClassNumber>>,
    pub(super) school: Option<SchoolNumber>,
}

impl<'t> Candidate<'t> {
    pub(super) fn new<V: RosterPerson>(
        position: usize,
        values: &V,
        texts: &'t StringArena,
        ClassesAndSchool { classes, school }: ClassesAndSchool,
    ) -> Self {
        let text = |text: StrId| texts.get(text);
        let person = values.person();
        Candidate {
            position,
            first_name: text(person.first_name),
            last_name: text(person.last_name),
            folded: folded_name(texts, person),
            email: text(person.email),
            sis_id: text(person.sis_id),
            clever_id: text(person.clever_id),
            username: text(values.username()),
            grade: values.grade(),
            school,
            classes,
            active: true,
            is_protected: false,
        }
    }

    /// The address before the `@`; empty when there is none.
    pub(super) fn local_part(&self) -> &'t str {
        local_part(self.email)
    }

    /// Forgets the first name.
    pub(super) fn blank_first_name(&mut self) {
        self.first_name = "";
        self.folded = format!("{}, ", self.folded_parts().0);
    }

    /// Forgets the last name.
    pub(super) fn blank_last_name(&mut self) {
        self.last_name = "";
        self.folded = format!(", {}", self.folded_parts().1);
    }

    /// The last and the first name, folded.
    pub(super) fn folded_parts(&self) -> (&str, &str) {
        self.folded.split_once(", ").unwrap_or((&self.folded, ""))
    }
}

/// An address before the `@`; empty when there is none.
pub(super) fn local_part(email: &str) -> &str {
    email.split_once('@').map_or("", |(local, _)| local)
}

/// "lee, ann": both names of a person without accents and case.
pub(super) fn folded_name(texts: &StringArena, person: &Person) -> String {
    format!("{}, {}", folded(texts.get(person.last_name)), folded(texts.get(person.first_name)))
}
