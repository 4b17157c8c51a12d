//! Matches a whole roster by keys.

use hashbrown::HashSet;
use homeroom_model::entity::ClassNumber;
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;

use super::matches::{Matches, MatchesByKind};
use super::people::match_people;
use super::places::match_places;

/// What keys alone say about which entity is which.
pub(crate) struct KeyMatches {
    pub(crate) matches: MatchesByKind,
    pub(crate) passed_on: PassedOn,
}

/// Positions of teachers and students who came with an address that had belonged to someone else.
pub(crate) struct PassedOn {
    teachers: Vec<usize>,
    students: Vec<usize>,
}

/// Matches the entities of a wanted roster by their keys.
pub(crate) fn match_by_key(
    stored: &StoredRoster,
    wanted: &Roster,
    past_classes: &HashSet<ClassNumber>,
) -> KeyMatches {
    let texts = &wanted.texts;
    let keys = wanted.schools.iter().map(|school| texts.get(school.key)).collect::<Vec<_>>();
    let schools = match_places(stored, &stored.schools, |school| school.key, &keys, &HashSet::new());
    let keys = wanted.classes.iter().map(|class| texts.get(class.key)).collect::<Vec<_>>();
    let classes = match_places(stored, &stored.classes, |class| class.key, &keys, past_classes);
    let teachers = match_people(stored, &stored.teachers, &wanted.teachers, texts);
    let students = match_people(stored, &stored.students, &wanted.students, texts);
    KeyMatches {
        matches: MatchesByKind { schools, classes, teachers: teachers.matches, students: students.matches },
        passed_on: PassedOn { teachers: teachers.passed_on, students: students.passed_on },
    }
}

impl PassedOn {
    /// Sentences about those whom these matches don't have after all.
    pub(crate) fn messages(&self, matches: &MatchesByKind) -> Vec<String> {
        let message = |kind: EntityKind, passed_on: &[usize], matches: &Matches| {
            let count = passed_on.iter().filter(|at| matches[**at].is_none()).count();
            (count > 0).then(|| passed_on_message(kind, count))
        };
        let teachers = message(EntityKind::Teacher, &self.teachers, &matches.teachers);
        let students = message(EntityKind::Student, &self.students, &matches.students);
        teachers.into_iter().chain(students).collect()
    }
}

fn passed_on_message(kind: EntityKind, count: usize) -> String {
    format!(
        "{count} e-mail {} of {} came with a clearly different name or SIS id: each is treated as a new person with a new \
         account.",
        if count == 1 { "address" } else { "addresses" },
        kind.plural()
    )
}
