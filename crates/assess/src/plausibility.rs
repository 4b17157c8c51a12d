//! A file in which hardly anybody is known: another district's, when its places are others, too.

use hashbrown::{HashMap, HashSet};
use homeroom_model::name::folded;
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Finding, FindingCode, Roster};

use crate::align::Alignment;
use crate::member::{Attribute, Member};
use crate::side::Side;

/// From so many people on both sides on it is no chance that they have nothing in common.
const MIN_PEOPLE: usize = 20;

/// The share of people, in percent of the smaller side, below which a file is another district's. A new domain and new ids for all
/// leave the names.
const MIN_ACQUAINTED: usize = 25;

/// The share of schools, in percent of the smaller side, from which on the places are this district's: a name or two is found in
/// many districts.
const MIN_SCHOOLS: usize = 50;

/// The share of people, in percent of those whose ids are known, from which on known ids with other names and addresses are those of
/// other people.
const MIN_OTHERS: usize = 75;

/// How many people there are, and how many of the file are known in any way.
#[derive(Clone, Copy)]
pub(crate) struct People {
    pub(crate) wanted: usize,
    pub(crate) active: usize,
    pub(crate) acquainted: usize,
    /// Those of the file whose id is known.
    pub(crate) known_ids: usize,
    /// Those of whom nothing but an id is known: both names and the address are others.
    pub(crate) only_ids: usize,
}

impl People {
    /// Those of one role.
    pub(crate) fn of<V: Member>(side: &Side<'_, V>, alignment: &Alignment<'_>) -> People {
        let Alignment { same, acquainted, ref pairs, .. } = *alignment;
        let ids = [Attribute::SisId, Attribute::CleverId];
        let with_id = pairs.iter().filter(|pair| ids.into_iter().any(|id| pair.agreement.has(id)));
        let person = [Attribute::FirstName, Attribute::LastName, Attribute::Email, Attribute::Username];
        let only_ids =
            with_id.clone().filter(|pair| !person.into_iter().any(|one| pair.agreement.has(one))).count();
        let known_ids = same + with_id.count();
        People { wanted: side.wanted.len(), active: side.active(), acquainted, known_ids, only_ids }
    }

    fn and(self, other: People) -> People {
        People {
            wanted: self.wanted + other.wanted,
            active: self.active + other.active,
            acquainted: self.acquainted + other.acquainted,
            known_ids: self.known_ids + other.known_ids,
            only_ids: self.only_ids + other.only_ids,
        }
    }

    fn fewer(self) -> usize {
        self.wanted.min(self.active)
    }

    fn are_others(self) -> bool {
        self.only_ids >= MIN_PEOPLE && self.only_ids * 100 >= self.known_ids * MIN_OTHERS
    }

    fn are_known(self) -> bool {
        self.acquainted * 100 >= self.fewer() * MIN_ACQUAINTED
    }
}

/// A file in which hardly anybody is known.
#[derive(Debug)]
pub(crate) enum Strangers {
    /// Its places are others, too: it is another district's, and the finding rejects it.
    OtherDistrict(Finding),
    /// Its schools or teachers are those of this district: it may be right, and waits for a decision with this sentence.
    KnownPlaces(String),
}

/// Whether hardly anybody in the file is known.
pub(crate) fn strangers(
    [students, teachers]: [People; 2],
    stored: &StoredRoster,
    wanted: &Roster,
    known_classes: &[u32],
) -> Option<Strangers> {
    let people = students.and(teachers);
    // Pupils come and go under ids that are used again; the names of all do not change in one night.
    if students.are_others() {
        let People { known_ids, only_ids, .. } = students;
        return Some(Strangers::KnownPlaces(format!(
            "Of {known_ids} students whose ids are known here, {only_ids} have other first and last names and other addresses than \
             yesterday. Most likely the file is that of another district that numbers its students alike, or of another year, or ids \
             were issued anew from the beginning."
        )));
    }
    if people.fewer() < MIN_PEOPLE || people.are_known() {
        return None;
    }
    let schools = known_schools(stored, wanted);
    let here = match (teachers.fewer() > 0 && teachers.are_known(), schools.are_here()) {
        (_, true) => {
            format!("{} of its {} are known here by name", schools.known, counted(schools.wanted, "school"))
        }
        (true, false) => {
            format!("{} of its {} are known here", teachers.acquainted, counted(teachers.wanted, "teacher"))
        }
        (false, false) => {
            return Some(Strangers::OtherDistrict(other_district(people, stored, wanted, known_classes)));
        }
    };
    let People { wanted: all, active, acquainted, .. } = people;
    Some(Strangers::KnownPlaces(format!(
        "Of the {all} people in the file, {acquainted} are known here by address or name, although {here}. Of the {active} people of \
         this district nearly all are missing. Most likely the names or addresses of all were replaced on the way, or the file is that of \
         other grades, of another year, or of a district with schools of the same names."
    )))
}

/// How many schools have names, and how many names of the file are known. Schools that have closed count: they may be back.
struct Schools {
    wanted: usize,
    stored: usize,
    known: usize,
}

impl Schools {
    fn are_here(&self) -> bool {
        self.known > 0 && self.known * 100 >= self.wanted.min(self.stored) * MIN_SCHOOLS
    }
}

fn known_schools(stored: &StoredRoster, wanted: &Roster) -> Schools {
    let names = |names: &mut dyn Iterator<Item = &str>| {
        names.filter(|name| !name.is_empty()).map(folded).collect::<HashSet<_>>()
    };
    let old = names(&mut stored.schools.iter().map(|school| stored.texts.get(school.values.name)));
    let new = names(&mut wanted.schools.iter().map(|school| wanted.texts.get(school.name)));
    Schools { wanted: new.len(), stored: old.len(), known: new.intersection(&old).count() }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The finding that rejects another district's file.
fn other_district(people: People, stored: &StoredRoster, wanted: &Roster, known_classes: &[u32]) -> Finding {
    let People { wanted: all, active, acquainted, .. } = people;
    let known = known_classes.iter().filter(|class| **class != 0).count();
    let ids = match known {
        0 => format!("none of its {} class ids is known", known_classes.len()),
        _ => format!(
            "{known} of its {} class ids are known, but with other people in them",
            known_classes.len()
        ),
    };
    let new_addresses = wanted.students.iter().map(|student| wanted.texts.get(student.person.email));
    let old_students = stored.students.iter().filter(|student| student.active);
    let old_addresses = old_students.map(|student| stored.texts.get(student.values.person.email));
    let domains = match (usual_domain(new_addresses), usual_domain(old_addresses)) {
        (Some(new), Some(old)) if new != old => format!(" Its addresses end in {new}, those here in {old}."),
        _ => String::new(),
    };
    let message = format!(
        "Of the {all} people in the file, {acquainted} are known here by address or name, and {ids}.{domains} Of the {active} people \
         of this district nearly all are missing. It looks like another district's file: nothing of it is used."
    );
    Finding::of_file(FindingCode::FileOfAnotherDistrict, format!("{acquainted} of {all}"), message)
}

/// The domain of most addresses.
fn usual_domain<'t>(addresses: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut counts = HashMap::<&str, usize>::new();
    let domains = addresses.filter_map(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
    domains.for_each(|domain| *counts.entry(domain).or_default() += 1);
    counts.into_iter().max_by_key(|(domain, count)| (*count, *domain)).map(|(domain, _)| domain)
}
