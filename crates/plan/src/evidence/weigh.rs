//! How certain it is that two records are the same person.

use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::rekey::{Confidence, Evidence};

use super::candidate::Candidate;
use super::similar_ids::similarity;

/// What two people have in common.
pub(super) struct Weighed {
    pub(super) confidence: Confidence,
    pub(super) weight: u32,
    pub(super) evidence: Vec<Evidence>,
}

/// What the SIS did to its ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SisIds {
    /// It kept them: another id speaks against a match.
    Kept,
    /// It gave most people new ones: another id says nothing.
    Reissued,
}

/// What the names of two people have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NameMatch {
    FirstOnly,
    Similar,
    Same,
}

/// Weighs a pair; `None` when they are not the same person.
pub(super) fn weigh(old: &Candidate<'_>, new: &Candidate<'_>, sis_ids: SisIds) -> Option<Weighed> {
    let evidence = PersonEvidence::new(old, new, sis_ids)?;
    let confidence = evidence.confidence()?;
    Some(Weighed { confidence, weight: evidence.weight(), evidence: evidence.list() })
}

/// What a stored and a new person have in common, and what speaks against them.
struct PersonEvidence {
    name: NameMatch,
    /// A key that is similar.
    key: Option<Evidence>,
    /// How many classes are shared, and how many the one with more of them has.
    shared: usize,
    most: usize,
    same_school: bool,
    /// The same grade or the next one, or unknown.
    grade_fits: bool,
    grades_known: bool,
    grades_equal: bool,
    other_sis_id: bool,
    /// Nobody else left the first class of the old one, and nobody else came to that of the new one.
    both_alone: bool,
}

impl PersonEvidence {
    fn new(old: &Candidate<'_>, new: &Candidate<'_>, sis_ids: SisIds) -> Option<PersonEvidence> {
        let name = match_names(old, new)?;
        let similar_sis_id = similarity(old.sis_id, new.sis_id);
        let same_local_part = !old.local_part().is_empty() && old.local_part() == new.local_part();
        let key = if similar_sis_id.is_some() {
            similar_sis_id
        } else if !old.email.is_empty() && old.email == new.email {
            Some(Evidence::SameEmail)
        } else if same_local_part {
            Some(Evidence::SameLocalPart)
        } else {
            None
        };
        let other_sis_id = sis_ids == SisIds::Kept
            && !old.sis_id.is_empty()
            && !new.sis_id.is_empty()
            && old.sis_id != new.sis_id
            && similar_sis_id.is_none();
        Some(PersonEvidence {
            name,
            key,
            shared: old.classes.iter().filter(|class| new.classes.binary_search(class).is_ok()).count(),
            most: old.classes.len().max(new.classes.len()),
            same_school: old.school.is_some() && old.school == new.school,
            grade_fits: match (old.grade, new.grade) {
                (Some(old), Some(new)) => old == new || new.follows(old),
                _ => true,
            },
            grades_known: old.grade.is_some() && new.grade.is_some(),
            grades_equal: old.grade == new.grade,
            other_sis_id,
            both_alone: old.alone && new.alone,
        })
    }

    fn same_classes(&self) -> bool {
        self.shared > 0 && self.shared == self.most
    }

    fn most_classes(&self) -> bool {
        self.shared > 0 && self.shared * 2 >= self.most
    }

    fn same_grade(&self) -> bool {
        self.grade_fits && self.grades_known
    }

    /// The confidence, lowered by what speaks against a match.
    fn confidence(&self) -> Option<Confidence> {
        let mut confidence = self.confidence_for()?;
        let against = [self.other_sis_id, !self.grade_fits];
        for _ in against.into_iter().filter(|speaks_against| *speaks_against) {
            confidence = match confidence {
                Confidence::Certain => Confidence::Probable,
                Confidence::Probable => Confidence::Doubtful,
                Confidence::Doubtful => return None,
            };
        }
        Some(confidence)
    }

    /// The confidence by what speaks for a match.
    fn confidence_for(&self) -> Option<Confidence> {
        let PersonEvidence { key, shared, same_school, grade_fits, .. } = *self;
        let (same_classes, most_classes) = (self.same_classes(), self.most_classes());
        let confidence = match self.name {
            NameMatch::Same if key.is_some() || most_classes => Confidence::Certain,
            NameMatch::Same if same_school && grade_fits => Confidence::Probable,
            NameMatch::Same if same_school || self.same_grade() => Confidence::Doubtful,
            NameMatch::Similar if key.is_some() && (same_school || shared > 0) => Confidence::Certain,
            NameMatch::Similar if same_classes && grade_fits => Confidence::Probable,
            NameMatch::Similar if key.is_some() || most_classes => Confidence::Doubtful,
            // A single class says little: of two children in a room with the same first name, one left and one came. Unless
            // nobody else did.
            NameMatch::FirstOnly
                if grade_fits
                    && (key.is_some() && same_school || same_classes && (shared > 1 || self.both_alone)) =>
            {
                Confidence::Probable
            }
            NameMatch::FirstOnly if grade_fits && most_classes && shared > 1 => Confidence::Doubtful,
            _ => return None,
        };
        Some(confidence)
    }

    fn list(&self) -> Vec<Evidence> {
        let mut list = vec![match self.name {
            NameMatch::Same => Evidence::SameName,
            NameMatch::Similar => Evidence::SimilarName,
            NameMatch::FirstOnly => Evidence::SameFirstName,
        }];
        list.extend(self.key);
        let further = [
            (self.same_school, Evidence::SameSchool),
            (self.same_grade(), Evidence::SameGrade),
            (self.same_classes(), Evidence::SameClasses),
            (self.most_classes() && !self.same_classes(), Evidence::MostClasses),
            (self.other_sis_id, Evidence::AnotherNumber),
        ];
        list.extend(further.into_iter().filter_map(|(holds, evidence)| holds.then_some(evidence)));
        list
    }

    fn weight(&self) -> u32 {
        let percent = (self.shared * 100).checked_div(self.most).unwrap_or(0) as u32;
        u32::from(self.key.is_some()) * 400
            + self.name as u32 * 200
            + percent
            + u32::from(self.same_school) * 20
            + u32::from(self.grades_equal) * 10
    }
}

fn match_names(old: &Candidate<'_>, new: &Candidate<'_>) -> Option<NameMatch> {
    if old.folded == new.folded {
        return Some(NameMatch::Same);
    }
    // Digits in names tell people apart.
    let digits =
        |person: &Candidate<'_>| person.folded.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    if digits(old) != digits(new) {
        return None;
    }
    match likeness(old.first_name, old.last_name, new.first_name, new.last_name) {
        Likeness::Same => Some(NameMatch::Same),
        Likeness::Spelling => Some(NameMatch::Similar),
        Likeness::Different => {
            same_first_name(old.first_name, new.first_name).then_some(NameMatch::FirstOnly)
        }
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::Grade;
    use homeroom_model::entity::{ClassNumber, SchoolNumber};
    use homeroom_model::name::folded;

    use super::{Candidate, Confidence, Evidence, SisIds, weigh};

    /// A student in grade 5 of school 1.
    fn candidate(name: [&'static str; 2], email: &'static str, classes: &[u32]) -> Candidate<'static> {
        let [first_name, last_name] = name;
        Candidate {
            position: 0,
            first_name,
            last_name,
            folded: format!("{}, {}", folded(last_name), folded(first_name)),
            email,
            sis_id: "",
            grade: Grade::parse("5"),
            school: Some(SchoolNumber(1)),
            classes: classes.iter().map(|class| Some(ClassNumber(*class))).collect(),
            alone: false,
        }
    }

    fn with_sis_id(sis_id: &'static str, candidate: Candidate<'static>) -> Candidate<'static> {
        Candidate { sis_id, ..candidate }
    }

    fn confidence(old: &Candidate<'_>, new: &Candidate<'_>) -> Option<Confidence> {
        weigh(old, new, SisIds::Kept).map(|weighed| weighed.confidence)
    }

    #[test]
    fn more_evidence_gives_more_confidence() {
        let ann = candidate(["Ann", "Lee"], "ann@x.org", &[1, 2]);
        for (new, expected, case) in [
            (candidate(["Ann", "Lee"], "ann@y.org", &[]), Some(Confidence::Certain), "a new domain"),
            (
                candidate(["ann", "Léé"], "a.lee@x.org", &[1, 2]),
                Some(Confidence::Certain),
                "the same classes",
            ),
            (
                candidate(["Ann", "Lee"], "a.lee@x.org", &[7]),
                Some(Confidence::Probable),
                "a namesake in the school",
            ),
            (candidate(["Ann", "Smith"], "smith@x.org", &[1, 2]), Some(Confidence::Probable), "a marriage"),
            (candidate(["Ann", "Smith"], "smith@x.org", &[1, 7]), None, "another Ann"),
            (candidate(["Bob", "Lee"], "bob@x.org", &[1, 2]), None, "a brother"),
        ] {
            assert_eq!(confidence(&ann, &new), expected, "{case}");
        }
        let elsewhere = Candidate {
            school: Some(SchoolNumber(2)),
            grade: None,
            ..candidate(["Ann", "Lee"], "a.lee@x.org", &[7])
        };
        assert_eq!(confidence(&ann, &elsewhere), None, "a namesake anywhere");
    }

    #[test]
    fn the_only_one_who_left_a_class_may_be_the_only_one_who_came() {
        let old = |alone| Candidate { alone, ..candidate(["Ann", "Lee"], "ann@x.org", &[1]) };
        let new = Candidate { alone: true, ..candidate(["Ann", "Smith"], "smith@x.org", &[1]) };
        assert_eq!(confidence(&old(true), &new), Some(Confidence::Probable));
        assert_eq!(confidence(&old(false), &new), None, "more have left");
    }

    #[test]
    fn sis_ids_count_as_evidence() {
        let old = with_sis_id("00417", candidate(["Ann", "Lee"], "", &[1, 2]));
        let without_zeros = with_sis_id("417", candidate(["Ann", "Lee"], "", &[]));
        let weighed = weigh(&old, &without_zeros, SisIds::Kept).unwrap();
        assert_eq!((weighed.confidence, weighed.evidence[1]), (Confidence::Certain, Evidence::ZerosDiffer));
        let another = with_sis_id("999", candidate(["Ann", "Lee"], "", &[1, 2]));
        assert_eq!(
            confidence(&old, &another),
            Some(Confidence::Probable),
            "the SIS says that they are two people"
        );
        let weighed = weigh(&old, &another, SisIds::Reissued).unwrap();
        assert_eq!(weighed.confidence, Confidence::Certain, "unless all SIS ids are new");
    }

    #[test]
    fn digits_in_names_tell_people_apart() {
        let old = candidate(["Stu", "Dent12"], "s12@x.org", &[1]);
        assert_eq!(confidence(&old, &candidate(["Stu", "Dent13"], "s13@x.org", &[1])), None);
    }
}
