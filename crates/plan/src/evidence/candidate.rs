//! A person as evidence sees them, stored or wanted.

use hashbrown::HashMap;
use homeroom_model::Grade;
use homeroom_model::entity::{ClassNumber, SchoolNumber};
use homeroom_model::name::folded;
use homeroom_model::roster::Person;
use homeroom_model::string_arena::{StrId, StringArena};

use crate::roster_person::RosterPerson;

/// A person without a match, with all that can be compared.
pub(super) struct Candidate<'t> {
    /// Position in its list.
    pub(super) position: usize,
    pub(super) first_name: &'t str,
    pub(super) last_name: &'t str,
    /// Both names without accents and case: `lee, ann`.
    pub(super) folded: String,
    pub(super) email: &'t str,
    pub(super) sis_id: &'t str,
    pub(super) grade: Option<Grade>,
    /// The school of the first class.
    pub(super) school: Option<SchoolNumber>,
    /// Stored classes, sorted; `None` for each class that is new.
    pub(super) classes: Vec<Option<ClassNumber>>,
    /// Whether nobody else without a match is in the first of these classes.
    pub(super) alone: bool,
}

/// The classes of a person, as in [`Candidate`].
#[derive(Default)]
pub(super) struct ClassesAndSchool {
    pub(super) classes: Vec<Option<ClassNumber>>,
    pub(super) school: Option<SchoolNumber>,
}

impl<'t> Candidate<'t> {
    /// The address before the `@`; empty when there is none.
    pub(super) fn local_part(&self) -> &'t str {
        self.email.split_once('@').map_or("", |(local, _)| local)
    }
}

/// The candidates among people with these values, positions and classes.
pub(super) fn candidates<'t, V: RosterPerson>(
    people: impl Iterator<Item = (usize, V, ClassesAndSchool)>,
    texts: &'t StringArena,
) -> Vec<Candidate<'t>> {
    let text = |text: StrId| texts.get(text);
    let candidate = |(position, values, ClassesAndSchool { classes, school }): (usize, V, _)| {
        let person = values.person();
        Candidate {
            position,
            first_name: text(person.first_name),
            last_name: text(person.last_name),
            folded: folded_name(texts, person),
            email: text(person.email),
            sis_id: text(person.sis_id),
            grade: values.grade(),
            school,
            classes,
            alone: false,
        }
    };
    let mut candidates = people.map(candidate).collect::<Vec<_>>();
    note_alone(&mut candidates);
    candidates
}

/// Notes who is the only candidate in their first class.
fn note_alone(candidates: &mut [Candidate<'_>]) {
    let mut counts = HashMap::<Option<ClassNumber>, u32>::new();
    for class in candidates.iter().flat_map(|candidate| &candidate.classes) {
        *counts.entry(*class).or_default() += 1;
    }
    for candidate in candidates {
        candidate.alone = candidate.classes.first().is_some_and(|class| counts[class] == 1);
    }
}

/// "lee, ann": both names of a person without accents and case.
pub(super) fn folded_name(texts: &StringArena, person: &Person) -> String {
    format!("{}, {}", folded(texts.get(person.last_name)), folded(texts.get(person.first_name)))
}
