//! Another district's file: hardly anybody in it is known.

use hashbrown::HashMap;
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Finding, FindingCode, Roster};

use crate::align::Alignment;

/// From so many people on both sides on it is no chance that they have nothing in common.
const MIN_PEOPLE: usize = 20;

/// The share of people, in percent of the smaller side, below which a file is another district's. A new domain and new ids for all
/// leave the names.
const MIN_ACQUAINTED: usize = 25;

/// How many people there are, and how many of the file are known in any way.
#[derive(Clone, Copy, Default)]
pub(crate) struct People {
    pub(crate) wanted: usize,
    pub(crate) active: usize,
    pub(crate) acquainted: usize,
}

impl People {
    /// With those of the other role.
    pub(crate) fn with(self, wanted: usize, active: usize, alignment: &Alignment<'_>) -> People {
        People {
            wanted: self.wanted + wanted,
            active: self.active + active,
            acquainted: self.acquainted + alignment.acquainted,
        }
    }

    fn are_others(self) -> bool {
        let fewer = self.wanted.min(self.active);
        fewer >= MIN_PEOPLE && self.acquainted * 100 < fewer * MIN_ACQUAINTED
    }
}

/// The finding that rejects another district's file.
pub(crate) fn other_district(
    people: People,
    stored: &StoredRoster,
    wanted: &Roster,
    known_classes: &[u32],
) -> Option<Finding> {
    if !people.are_others() {
        return None;
    }
    let People { wanted: all, active, acquainted } = people;
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
    Some(Finding::of_file(FindingCode::FileOfAnotherDistrict, format!("{acquainted} of {all}"), message))
}

/// The domain of most addresses.
fn usual_domain<'t>(addresses: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut counts = HashMap::<&str, usize>::new();
    let domains = addresses.filter_map(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
    domains.for_each(|domain| *counts.entry(domain).or_default() += 1);
    counts.into_iter().max_by_key(|(domain, count)| (*count, *domain)).map(|(domain, _)| domain)
}
