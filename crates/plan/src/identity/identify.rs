//! The order in which it is found out who is who: places by their ids, people who agree in everything, then all others by evidence.

use hashbrown::HashSet;
use homeroom_model::PerKind;
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;

use super::distrust::Distrust;
use super::matches::MatchesByKind;
use super::namesakes::RoleLists;
use super::places::match_places;
use super::recognize::{Recognition, Rosters, recognize};
use super::search::matched_numbers;
use super::settle::{ActiveKeys, Known, settle};
use crate::inputs::PlanInputs;
use crate::protection::ProtectedNumbers;

/// Who each wanted entity is, and what people should know of how that was found out.
pub(crate) struct Identities {
    pub(crate) matches: MatchesByKind,
    /// Those that were, or may be, recognized under other keys.
    pub(crate) recognition: Recognition,
}

/// Finds for each wanted entity the stored one that it is.
pub(crate) fn identify(
    stored: &StoredRoster,
    wanted: &Roster,
    protected: &ProtectedNumbers,
    inputs: &PlanInputs,
) -> Identities {
    let texts = &wanted.texts;
    let keys = wanted.schools.iter().map(|school| texts.get(school.key)).collect::<Vec<_>>();
    let schools = match_places(stored, &stored.schools, |school| school.key, &keys, &HashSet::new());
    let keys = wanted.classes.iter().map(|class| texts.get(class.key)).collect::<Vec<_>>();
    let classes = match_places(stored, &stored.classes, |class| class.key, &keys, &inputs.past_classes);
    let keys = ActiveKeys::new(stored);
    let distrust = Distrust::new(&inputs.verdicts);
    let known = Known { keys: &keys, distrust: &distrust };
    let mut teachers = settle(&known, &stored.teachers, &wanted.teachers, texts);
    let mut students = settle(&known, &stored.students, &wanted.students, texts);
    let of_wanted = matched_numbers(&classes, &stored.classes);
    let teachers_exchanged = RoleLists {
        old: &stored.teachers,
        old_links: &stored.teachings,
        new: &wanted.teachers,
        new_links: &wanted.teachings,
        texts,
        classes: &of_wanted,
    }
    .unsettle_exchanged(&mut teachers);
    let students_exchanged = RoleLists {
        old: &stored.students,
        old_links: &stored.enrollments,
        new: &wanted.students,
        new_links: &wanted.enrollments,
        texts,
        classes: &of_wanted,
    }
    .unsettle_exchanged(&mut students);
    let mut matches = MatchesByKind { schools, classes, teachers, students };
    let exchanged =
        PerKind { teachers: teachers_exchanged, students: students_exchanged, ..PerKind::default() };
    let rosters = Rosters { stored, wanted, protected, distrust: &distrust, exchanged: &exchanged };
    let recognition = recognize(&rosters, inputs, &mut matches);
    Identities { matches, recognition }
}
