//! Weighs all that a stored and a wanted person have in common, and all that speaks against their being one person.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::ClassNumber;
use homeroom_model::rekey::{Evidence, MatchedBy};

use super::candidate::Candidate;
use super::evidence::{
    Classes, GradeStep, NamePart, compare_classes, compare_grades, compare_names, have_other_digits,
};
use super::rarity::Rarity;
use super::similar_ids::similarity;
use super::weights;

/// What the SIS did to its ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SisIds {
    /// It kept them: another id speaks against a match.
    Kept,
    /// It gave most people new ones: another id says nothing.
    Reissued,
}

/// What evidence is compared with.
pub(super) struct District<'d> {
    pub(super) rarity: Rarity,
    pub(super) sis_ids: SisIds,
    /// Domains that addresses of the district had, each with the one that replaced it.
    pub(super) changed_domains: HashSet<(&'d str, &'d str)>,
    /// Keys that stored people had before, by position in the stored list.
    pub(super) former_keys: HashSet<(usize, &'d str)>,
    /// How many people who are not settled come to each class.
    pub(super) newcomers: HashMap<ClassNumber, u32>,
}

impl District<'_> {
    /// Whether so few come to these classes that hardly ever one of them has the first name of one who leaves.
    fn are_quiet(&self, classes: &[Option<ClassNumber>]) -> bool {
        let is_quiet = |class: &ClassNumber| self.newcomers.get(class).is_none_or(|count| *count <= QUIET);
        classes.iter().flatten().all(is_quiet)
    }
}

/// The most newcomers of a quiet night in a class.
const QUIET: u32 = 3;

/// A pair of people, compared.
pub(super) struct Comparison {
    pub(super) first_name: NamePart,
    pub(super) last_name: NamePart,
    pub(super) other_digits: bool,
    pub(super) grade: GradeStep,
    pub(super) classes: Classes,
    pub(super) keys: KeyAgreement,
    /// Whether both are in the same school; `None` when it is not known.
    pub(super) same_school: Option<bool>,
    /// Whether the stored one is in the roster now.
    pub(super) active: bool,
    /// Whether the only key that agrees stands beside the name of someone else who is known.
    pub(super) key_slipped: bool,
    /// Whether both have an address made of their name, and hardly anybody else comes to their classes.
    pub(super) address_follows_name: bool,
    /// In bits.
    pub(super) weight: i32,
}

/// Which keys of two people agree.
#[derive(Clone, Copy, Default)]
pub(super) struct KeyAgreement {
    pub(super) sis_id: bool,
    pub(super) email: bool,
    pub(super) clever_id: bool,
    pub(super) username: bool,
    /// A key that the stored one had before.
    pub(super) former: bool,
    pub(super) similar_sis_id: Option<Evidence>,
    pub(super) local_part: bool,
    /// The local part, in a domain that replaced the old one in the whole district.
    pub(super) changed_domain: bool,
    /// Both have SIS ids, which differ, and the SIS did not change them all.
    pub(super) other_sis_id: bool,
    /// Both have Clever ids, which differ.
    pub(super) other_clever_id: bool,
    /// Both have addresses, which differ also before the `@`.
    pub(super) other_email: bool,
}

impl KeyAgreement {
    /// Whether any key agrees, or nearly.
    pub(super) fn any(&self) -> bool {
        self.sis_id
            || self.email
            || self.clever_id
            || self.username
            || self.former
            || self.similar_sis_id.is_some()
            || self.local_part
    }

    /// How many keys agree that are given to one person only.
    pub(super) fn count(&self) -> usize {
        [self.sis_id, self.email, self.clever_id].into_iter().filter(|agrees| *agrees).count()
    }

    fn of(old: &Candidate<'_>, new: &Candidate<'_>, district: &District<'_>) -> KeyAgreement {
        let agree = |old: &str, new: &str| !old.is_empty() && old == new;
        let differ = |old: &str, new: &str| !old.is_empty() && !new.is_empty() && old != new;
        let had = |key: &str| !key.is_empty() && district.former_keys.contains(&(old.position, key));
        let sis_id = agree(old.sis_id, new.sis_id);
        let email = agree(old.email, new.email);
        let similar_sis_id = similarity(old.sis_id, new.sis_id);
        let local_part = !email && agree(old.local_part(), new.local_part());
        let former = !sis_id && had(new.sis_id) || !email && had(new.email);
        KeyAgreement {
            sis_id,
            email,
            clever_id: agree(old.clever_id, new.clever_id),
            username: agree(old.username, new.username),
            former,
            similar_sis_id,
            local_part,
            changed_domain: local_part && district.changed_domains.contains(&(domain(old), domain(new))),
            other_clever_id: differ(old.clever_id, new.clever_id),
            other_email: differ(old.email, new.email) && !local_part && !had(new.email),
            other_sis_id: district.sis_ids == SisIds::Kept
                && differ(old.sis_id, new.sis_id)
                && similar_sis_id.is_none()
                && !had(new.sis_id),
        }
    }
}

fn domain<'t>(person: &Candidate<'t>) -> &'t str {
    person.email.split_once('@').map_or("", |(_, domain)| domain)
}

impl Comparison {
    /// Compares a stored and a wanted person.
    pub(super) fn new(old: &Candidate<'_>, new: &Candidate<'_>, district: &District<'_>) -> Comparison {
        let (first_name, last_name) = compare_names(old, new);
        let mut comparison = Comparison {
            first_name,
            last_name,
            other_digits: have_other_digits(old, new),
            grade: compare_grades(old, new),
            classes: compare_classes(old, new),
            keys: KeyAgreement::of(old, new, district),
            same_school: old.school.zip(new.school).map(|(old, new)| old == new),
            active: old.active,
            key_slipped: false,
            address_follows_name: is_of_name(old) && is_of_name(new) && district.are_quiet(&new.classes),
            weight: 0,
        };
        comparison.weight = comparison.name_weight(old, &district.rarity)
            + comparison.key_weight(old, new)
            + comparison.place_weight();
        comparison
    }

    /// Whether both names are the same but for case and accents.
    pub(super) fn same_name(&self) -> bool {
        self.first_name == NamePart::Same && self.last_name == NamePart::Same
    }

    /// Whether both bear the same name in the same place.
    pub(super) fn is_namesake_in_place(&self) -> bool {
        let in_school = self.same_school == Some(true) && self.grade_fits();
        self.same_name() && self.active && (self.classes >= Classes::Some || in_school)
    }

    /// A key that stands beside someone else's name has slipped from another row, or both exchanged it: it says nothing.
    pub(super) fn ignore_slipped_key(&mut self) {
        if self.keys.count() == 1 && !self.same_name() {
            self.key_slipped = true;
            self.weight -= match self.keys {
                KeyAgreement { sis_id: true, .. } => weights::SIS_ID,
                KeyAgreement { email: true, .. } => weights::EMAIL,
                _ => weights::CLEVER_ID,
            };
        }
    }

    /// Whether nothing of the names speaks against a match.
    pub(super) fn names_fit(&self) -> bool {
        self.first_name != NamePart::Different && self.last_name != NamePart::Different
    }

    /// Whether both parts of the name can be compared.
    pub(super) fn names_are_known(&self) -> bool {
        self.first_name != NamePart::Unknown && self.last_name != NamePart::Unknown
    }

    /// Whether a part of the name agrees.
    pub(super) fn any_name(&self) -> bool {
        let agrees = |part| matches!(part, NamePart::Same | NamePart::Spelling);
        agrees(self.first_name) || agrees(self.last_name)
    }

    /// Whether both names are others.
    pub(super) fn another_name(&self) -> bool {
        self.first_name == NamePart::Different && self.last_name == NamePart::Different
    }

    /// The same grade or the next one, or unknown.
    pub(super) fn grade_fits(&self) -> bool {
        !matches!(self.grade, GradeStep::Further | GradeStep::Impossible)
    }

    fn name_weight(&self, old: &Candidate<'_>, rarity: &Rarity) -> i32 {
        let (last, first) = old.folded_parts();
        let part = |agreement: NamePart, rarity: i32, other: i32| match agreement {
            NamePart::Same => rarity,
            NamePart::Spelling => rarity * weights::SPELLING_PERCENT / 100,
            NamePart::Unknown => 0,
            NamePart::Different => other,
        };
        part(self.first_name, rarity.of_first(first), weights::OTHER_FIRST_NAME)
            + part(self.last_name, rarity.of_last(last), weights::OTHER_LAST_NAME)
    }

    fn key_weight(&self, old: &Candidate<'_>, new: &Candidate<'_>) -> i32 {
        let keys = self.keys;
        let now = |now: i32, once: i32| if old.active { now } else { once };
        let differ = |old: &str, new: &str| !old.is_empty() && !new.is_empty() && old != new;
        let sis_id = match keys {
            KeyAgreement { sis_id: true, .. } => now(weights::SIS_ID, weights::FORMER_SIS_ID),
            KeyAgreement { similar_sis_id: Some(_), .. } => weights::SIMILAR_SIS_ID,
            KeyAgreement { other_sis_id: true, .. } => weights::OTHER_SIS_ID,
            _ => 0,
        };
        let email = match keys {
            KeyAgreement { email: true, .. } if self.same_name() && is_of_name(old) => weights::EMAIL_OF_NAME,
            KeyAgreement { email: true, .. } => now(weights::EMAIL, weights::FORMER_EMAIL),
            KeyAgreement { local_part: true, .. } => weights::LOCAL_PART,
            // Who was away often gets another one.
            _ if old.active && differ(old.email, new.email) => weights::OTHER_EMAIL,
            _ => 0,
        };
        let clever_id = match keys {
            KeyAgreement { clever_id: true, .. } => weights::CLEVER_ID,
            KeyAgreement { other_clever_id: true, .. } => weights::OTHER_CLEVER_ID,
            _ => 0,
        };
        let username = if keys.username { weights::USERNAME } else { 0 };
        let former = if keys.former { weights::FORMER_EMAIL } else { 0 };
        sis_id + email + clever_id + username + former
    }

    fn place_weight(&self) -> i32 {
        let grade = match self.grade {
            GradeStep::Unknown => 0,
            GradeStep::Same => weights::SAME_GRADE,
            GradeStep::Next => weights::NEXT_GRADE,
            GradeStep::Further => weights::OTHER_GRADE,
            GradeStep::Impossible => weights::IMPOSSIBLE_GRADE,
        };
        let school = match self.same_school {
            Some(true) => weights::SAME_SCHOOL,
            Some(false) => weights::OTHER_SCHOOL,
            None => 0,
        };
        let classes = match self.classes {
            // Classes of several grades say little about who of another grade came.
            Classes::All | Classes::Most | Classes::Some if self.grade == GradeStep::Impossible => 0,
            Classes::All => weights::SAME_CLASSES,
            Classes::Most => weights::MOST_CLASSES,
            Classes::Some => weights::SOME_CLASSES,
            Classes::None => weights::NO_CLASSES,
            Classes::Unknown => 0,
        };
        grade + school + classes
    }

    /// By which key the stored one was found, when it agrees.
    pub(super) fn matched_by(&self, old: &Candidate<'_>, new: &Candidate<'_>) -> MatchedBy {
        let no_other_number = old.sis_id.is_empty() || new.sis_id.is_empty();
        match self.keys {
            KeyAgreement { sis_id: true, .. } => MatchedBy::SisId,
            KeyAgreement { email: true, .. } if no_other_number => MatchedBy::Email,
            KeyAgreement { clever_id: true, .. } => MatchedBy::CleverId,
            KeyAgreement { former: true, .. } => MatchedBy::FormerKey,
            _ => MatchedBy::Evidence,
        }
    }

    /// The evidence for a match, and against it.
    pub(super) fn list(&self) -> Vec<Evidence> {
        let keys = self.keys;
        let name = match (self.first_name, self.last_name) {
            (NamePart::Same, NamePart::Same) => Evidence::SameName,
            (NamePart::Same | NamePart::Spelling, NamePart::Different) => Evidence::SameFirstName,
            (NamePart::Different, _) | (_, NamePart::Different) => Evidence::AnotherName,
            (NamePart::Unknown, _) | (_, NamePart::Unknown) => Evidence::UnreadableName,
            _ => Evidence::SimilarName,
        };
        let list = [
            (true, name),
            (keys.sis_id, Evidence::SameNumber),
            (keys.email, Evidence::SameEmail),
            (keys.local_part, Evidence::SameLocalPart),
            (keys.clever_id, Evidence::SameCleverId),
            (keys.username, Evidence::SameUsername),
            (keys.former, Evidence::FormerKey),
            (self.same_school == Some(true), Evidence::SameSchool),
            (matches!(self.grade, GradeStep::Same | GradeStep::Next), Evidence::SameGrade),
            (self.classes == Classes::All, Evidence::SameClasses),
            (self.classes == Classes::Most, Evidence::MostClasses),
            (keys.other_sis_id, Evidence::AnotherNumber),
            (!self.grade_fits(), Evidence::AnotherGrade),
            (self.same_school == Some(false), Evidence::AnotherSchool),
        ];
        let list = list.into_iter().filter_map(|(holds, evidence)| holds.then_some(evidence));
        list.chain(keys.similar_sis_id).collect()
    }
}

/// Whether the address is made of the name: namesakes get the same one in turn, and another name gets another one.
fn is_of_name(person: &Candidate<'_>) -> bool {
    let (last, first) = person.folded_parts();
    let local = person.local_part();
    [last, first].iter().any(|name| name.len() > 2 && local.contains(*name))
}
