//! How sure it is that two people are one.

use homeroom_model::Grade;
use homeroom_model::entity::{ClassNumber, SchoolNumber};
use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::rekey::{Confidence, Evidence};

use super::kinship;

/// What is known of a person, stored or wanted.
pub(super) struct Side<'t> {
    /// Position in its list.
    pub(super) at: usize,
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
    /// Whether nobody else left, or came to, the first of these classes.
    pub(super) alone: bool,
}

impl<'t> Side<'t> {
    /// The address before the `@`; empty when there is none.
    pub(super) fn local_part(&self) -> &'t str {
        self.email.split_once('@').map_or("", |(local, _)| local)
    }
}

/// What two people have in common.
pub(super) struct Weighed {
    pub(super) confidence: Confidence,
    pub(super) weight: u32,
    pub(super) evidence: Vec<Evidence>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    First,
    Similar,
    Same,
}

/// Weighs a pair. `renumbered` when the SIS has given most people new numbers, so that another number says nothing.
pub(super) fn weigh(old: &Side<'_>, new: &Side<'_>, renumbered: bool) -> Option<Weighed> {
    let name = names(old, new)?;
    let same_local = !old.local_part().is_empty() && old.local_part() == new.local_part();
    let key = if let Some(kin) = kinship(old.sis_id, new.sis_id) {
        Some(kin)
    } else if !old.email.is_empty() && old.email == new.email {
        Some(Evidence::SameEmail)
    } else if same_local {
        Some(Evidence::SameLocalPart)
    } else {
        None
    };
    let shared = old.classes.iter().filter(|class| new.classes.binary_search(class).is_ok()).count();
    let most = old.classes.len().max(new.classes.len());
    let same_classes = shared > 0 && shared == most;
    let most_classes = shared > 0 && shared * 2 >= most;
    let same_school = old.school.is_some() && old.school == new.school;
    let grade_fits = match (old.grade, new.grade) {
        (Some(old), Some(new)) => old == new || new.follows(old),
        _ => true,
    };
    let same_grade = grade_fits && old.grade.is_some() && new.grade.is_some();
    let another_number = !renumbered
        && !old.sis_id.is_empty()
        && !new.sis_id.is_empty()
        && old.sis_id != new.sis_id
        && kinship(old.sis_id, new.sis_id).is_none();

    let confidence = match name {
        Name::Same if key.is_some() || most_classes => Confidence::Certain,
        Name::Same if same_school && grade_fits => Confidence::Probable,
        Name::Same if same_school || same_grade => Confidence::Doubtful,
        Name::Similar if key.is_some() && (same_school || shared > 0) => Confidence::Certain,
        Name::Similar if same_classes && grade_fits => Confidence::Probable,
        Name::Similar if key.is_some() || most_classes => Confidence::Doubtful,
        // A single class says little: of two children with one first name in a room, one left and one came. Unless nobody else did.
        Name::First
            if grade_fits
                && (key.is_some() && same_school
                    || same_classes && (shared > 1 || old.alone && new.alone)) =>
        {
            Confidence::Probable
        }
        Name::First if grade_fits && most_classes && shared > 1 => Confidence::Doubtful,
        _ => return None,
    };
    let mut confidence = confidence;
    for _ in [another_number, !grade_fits].into_iter().filter(|speaks_against| *speaks_against) {
        confidence = match confidence {
            Confidence::Certain => Confidence::Probable,
            Confidence::Probable => Confidence::Doubtful,
            Confidence::Doubtful => return None,
        };
    }
    let mut evidence = vec![match name {
        Name::Same => Evidence::SameName,
        Name::Similar => Evidence::SimilarName,
        Name::First => Evidence::SameFirstName,
    }];
    evidence.extend(key);
    let also = [
        (same_school, Evidence::SameSchool),
        (same_grade, Evidence::SameGrade),
        (same_classes, Evidence::SameClasses),
        (most_classes && !same_classes, Evidence::MostClasses),
        (another_number, Evidence::AnotherNumber),
    ];
    evidence.extend(also.into_iter().filter_map(|(is, evidence)| is.then_some(evidence)));
    let share = (shared * 100).checked_div(most).unwrap_or(0) as u32;
    let weight = u32::from(key.is_some()) * 400
        + name as u32 * 200
        + share
        + u32::from(same_school) * 20
        + u32::from(old.grade == new.grade) * 10;
    Some(Weighed { confidence, weight, evidence })
}

fn names(old: &Side<'_>, new: &Side<'_>) -> Option<Name> {
    if old.folded == new.folded {
        return Some(Name::Same);
    }
    // Where names hold digits, these tell people apart.
    let digits = |side: &Side<'_>| side.folded.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    if digits(old) != digits(new) {
        return None;
    }
    match likeness(old.first_name, old.last_name, new.first_name, new.last_name) {
        Likeness::Same => Some(Name::Same),
        Likeness::Spelling => Some(Name::Similar),
        Likeness::Different => same_first_name(old.first_name, new.first_name).then_some(Name::First),
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::name::folded;

    use super::{ClassNumber, Confidence, Evidence, SchoolNumber, Side, weigh};

    fn side(
        first: &'static str,
        last: &'static str,
        email: &'static str,
        number: &'static str,
        classes: &[u32],
    ) -> Side<'static> {
        Side {
            at: 0,
            first_name: first,
            last_name: last,
            folded: format!("{}, {}", folded(last), folded(first)),
            email,
            sis_id: number,
            grade: homeroom_model::Grade::parse("5"),
            school: Some(SchoolNumber(1)),
            classes: classes.iter().map(|class| Some(ClassNumber(*class))).collect(),
            alone: false,
        }
    }

    fn confidence(old: &Side<'_>, new: &Side<'_>) -> Option<Confidence> {
        weigh(old, new, false).map(|weighed| weighed.confidence)
    }

    #[test]
    fn the_more_speaks_for_it_the_surer_it_is() {
        let ann = side("Ann", "Lee", "ann@x.org", "", &[1, 2]);
        let is = |new: Side<'static>| confidence(&ann, &new);
        assert_eq!(is(side("Ann", "Lee", "ann@y.org", "", &[])), Some(Confidence::Certain), "a new domain");
        assert_eq!(
            is(side("ann", "Léé", "a.lee@x.org", "", &[1, 2])),
            Some(Confidence::Certain),
            "the same classes"
        );
        assert_eq!(
            is(side("Ann", "Lee", "a.lee@x.org", "", &[7])),
            Some(Confidence::Probable),
            "a namesake in the school"
        );
        assert_eq!(
            is(side("Ann", "Smith", "smith@x.org", "", &[1, 2])),
            Some(Confidence::Probable),
            "a marriage"
        );
        assert_eq!(is(side("Ann", "Smith", "smith@x.org", "", &[1, 7])), None, "another Ann");
        assert_eq!(is(side("Bob", "Lee", "bob@x.org", "", &[1, 2])), None, "a brother");
        let one_class = |alone| Side { alone, ..side("Ann", "Lee", "ann@x.org", "", &[1]) };
        let other = |alone| Side { alone, ..side("Ann", "Smith", "smith@x.org", "", &[1]) };
        assert_eq!(
            confidence(&one_class(true), &other(true)),
            Some(Confidence::Probable),
            "one left, one came"
        );
        assert_eq!(confidence(&one_class(false), &other(true)), None, "more have left");
        let elsewhere = Side {
            school: Some(SchoolNumber(2)),
            grade: None,
            ..side("Ann", "Lee", "a.lee@x.org", "", &[7])
        };
        assert_eq!(is(elsewhere), None, "a namesake anywhere");
    }

    #[test]
    fn numbers_of_the_sis_count() {
        let old = side("Ann", "Lee", "", "00417", &[1, 2]);
        let lost = side("Ann", "Lee", "", "417", &[]);
        let weighed = weigh(&old, &lost, false).unwrap();
        assert_eq!((weighed.confidence, weighed.evidence[1]), (Confidence::Certain, Evidence::ZerosDiffer));
        let other = side("Ann", "Lee", "", "999", &[1, 2]);
        assert_eq!(confidence(&old, &other), Some(Confidence::Probable), "the SIS says that they are two");
        assert_eq!(
            weigh(&old, &other, true).unwrap().confidence,
            Confidence::Certain,
            "unless all numbers are new"
        );
    }

    #[test]
    fn digits_in_names_tell_people_apart() {
        let old = side("Stu", "Dent12", "s12@x.org", "", &[1]);
        assert_eq!(confidence(&old, &side("Stu", "Dent13", "s13@x.org", "", &[1])), None);
    }
}
