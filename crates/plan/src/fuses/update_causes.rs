//! Why so many people would be changed, and what to do about it.

use hashbrown::HashSet;
use homeroom_model::ids::EntityKind;

use super::people::{Attribute, ChangedPerson, Kind};

/// A cause, how it is told from one student's change, and what to do.
struct Cause {
    is_so: fn(&ChangedPerson<'_>) -> bool,
    what: &'static str,
    advice: &'static str,
}

const EXPORT_AGAIN: &str = "Discard it, and export the file again.";

/// Damage first, so that it is not taken for a change that somebody wants.
const CAUSES: [Cause; 6] = [
    Cause { is_so: loses_a_value, what: "a column was left empty by the export", advice: EXPORT_AGAIN },
    Cause {
        is_so: swaps_names,
        what: "first and last names were exchanged in the export",
        advice: EXPORT_AGAIN,
    },
    Cause {
        is_so: has_another_domain,
        what: "the e-mail domain has changed",
        advice: "Compare a few addresses with the SIS before you decide.",
    },
    Cause {
        is_so: has_a_first_id,
        what: "the file has SIS ids for the first time",
        advice: "Compare a few ids with the SIS before you decide.",
    },
    Cause {
        is_so: is_a_grade_higher,
        what: "a new school year has begun",
        advice: "Compare a few grades with the SIS before you decide.",
    },
    Cause {
        is_so: is_renamed,
        what: "names are written differently",
        advice: "Compare a few names with the SIS before you decide.",
    },
];

/// What changes in most of the students, and what to do about it.
pub(super) fn likely_cause(people: &[ChangedPerson<'_>]) -> (&'static str, &'static str) {
    let is_student = |person: &&ChangedPerson<'_>| person.entity.kind == EntityKind::Student;
    let students = people.iter().filter(|person| person.kind == Kind::Update).filter(is_student);
    let students = students.collect::<Vec<_>>();
    let most = |is_so: &dyn Fn(&ChangedPerson<'_>) -> bool| {
        students.iter().filter(|student| is_so(student)).count() * 2 > students.len()
    };
    let names = students.iter().map(|student| student.old.name()).collect::<HashSet<_>>();
    if most(&|student| !swaps_names(student) && is_renamed(student) && names.contains(&student.new.name())) {
        return (
            "names have slipped into other rows, because most would get the name of somebody else",
            EXPORT_AGAIN,
        );
    }
    let found = CAUSES.iter().find(|cause| most(&cause.is_so));
    found.map_or(
        ("a column is filled in differently", "Compare a few of them with the SIS before you decide."),
        |cause| (cause.what, cause.advice),
    )
}

fn loses_a_value(person: &ChangedPerson<'_>) -> bool {
    let mut all = Attribute::ALL.into_iter();
    all.any(|attribute| person.changes(attribute) && person.new.get(attribute).is_empty())
}

fn swaps_names(person: &ChangedPerson<'_>) -> bool {
    let ((first, last), new) = (person.old.name(), person.new.name());
    first != last && (last, first) == new
}

fn has_another_domain(person: &ChangedPerson<'_>) -> bool {
    let [old, new] = [person.old, person.new].map(|values| values.get(Attribute::Address).split('@').nth(1));
    old.is_some() && new.is_some() && old != new
}

fn has_a_first_id(person: &ChangedPerson<'_>) -> bool {
    person.old.get(Attribute::SisId).is_empty() && !person.new.get(Attribute::SisId).is_empty()
}

fn is_a_grade_higher(person: &ChangedPerson<'_>) -> bool {
    let [old, new] = [person.old, person.new].map(|values| values.grade());
    old.zip(new).is_some_and(|(old, new)| new.follows(old))
}

fn is_renamed(person: &ChangedPerson<'_>) -> bool {
    person.old.name() != person.new.name()
}
