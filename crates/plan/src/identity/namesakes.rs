//! Two people of the same name who stand in each other's classes: their keys may have been exchanged as well as their classes.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, EntityNumber};
use homeroom_model::name::folded;
use homeroom_model::rekey::MatchedBy;
use homeroom_model::roster::RosterLink;
use homeroom_model::stored::{Stored, StoredLink};
use homeroom_model::string_arena::StringArena;

use super::matches::Matches;
use crate::roster_person::RosterPerson;

/// The teachers or students of both rosters, and their classes.
pub(super) struct RoleLists<'r, V: RosterPerson> {
    pub(super) old: &'r [Stored<V>],
    pub(super) old_links: &'r [StoredLink<V::Number>],
    pub(super) new: &'r [V],
    pub(super) new_links: &'r [RosterLink],
    pub(super) texts: &'r StringArena,
    /// The stored class that each wanted one is.
    pub(super) classes: &'r [Option<ClassNumber>],
}

/// Two who stand in each other's classes: the positions of each record of the file, and of the stored one that it most likely is.
pub(super) type Exchanged = [(usize, usize); 2];

impl<V: RosterPerson> RoleLists<'_, V> {
    /// Takes back those who have more classes in common with another one of their name than with themselves, who has so with them, unless
    /// they have the same SIS ids as before: one key is exchanged sooner than all classes of two.
    pub(super) fn unsettle_exchanged(&self, matches: &mut Matches) -> Vec<Exchanged> {
        let moved = self.who_moved(matches);
        if moved.len() < 2 {
            return vec![];
        }
        let mut by_name = HashMap::<_, Vec<usize>>::new();
        for at in moved {
            by_name.entry(folded(&self.new[at].person().full_name(self.texts))).or_default().push(at);
        }
        by_name.retain(|_, namesakes| namesakes.len() > 1);
        if by_name.is_empty() {
            return vec![];
        }
        let namesakes = by_name.values().flatten().copied();
        let namesakes = namesakes.filter_map(|at| Some((at, matches[at]?.position))).collect::<Vec<_>>();
        let classes = self.classes_of(&namesakes);
        let shared = |old: usize, new: usize| classes[&old].before.intersection(&classes[&new].now).count();
        let mut exchanged = vec![];
        for namesakes in by_name.values() {
            for (nth, one) in namesakes.iter().enumerate() {
                for other in &namesakes[nth + 1..] {
                    let are_exchanged = shared(*one, *other) > shared(*one, *one)
                        && shared(*other, *one) > shared(*other, *other);
                    let stored = [*one, *other].map(|at| matches[at].map(|found| found.position));
                    if let ([Some(old), Some(other_old)], true) = (stored, are_exchanged) {
                        matches[*one] = None;
                        matches[*other] = None;
                        exchanged.push([(old, *other), (other_old, *one)]);
                    }
                }
            }
        }
        exchanged
    }

    /// The positions of those who are settled without a SIS id, and whose classes are others.
    fn who_moved(&self, matches: &Matches) -> Vec<usize> {
        // Two sets of classes have the same sum of scattered numbers only by a great chance.
        let scattered = |class: u64| (class + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        let mut before = vec![0_u64; self.old.last().map_or(0, |last| last.number.index()) + 1];
        for StoredLink { link, .. } in self.old_links.iter().filter(|link| link.active) {
            let sum = &mut before[link.person.index()];
            *sum = sum.wrapping_add(scattered(link.class.index() as u64));
        }
        let mut now = vec![0_u64; self.new.len()];
        for RosterLink { class, person } in self.new_links {
            let known = self.classes[*class as usize].map_or(u64::MAX / 2, |class| class.index() as u64);
            let sum = &mut now[*person as usize];
            *sum = sum.wrapping_add(scattered(known));
        }
        let has_moved = |at: &usize| {
            let old = matches[*at].map(|found| &self.old[found.position]);
            matches[*at].is_some_and(|found| found.by != MatchedBy::SisId)
                && old.is_some_and(|old| before[old.number.index()] != now[*at])
        };
        (0..self.new.len()).filter(has_moved).collect()
    }

    /// By the wanted position the classes of people, each with the stored position.
    fn classes_of(&self, people: &[(usize, usize)]) -> HashMap<usize, ClassesOfPerson> {
        let mut classes =
            people.iter().map(|(new, _)| (*new, ClassesOfPerson::default())).collect::<HashMap<_, _>>();
        let by_number =
            people.iter().map(|(new, old)| (self.old[*old].number, *new)).collect::<HashMap<_, _>>();
        for StoredLink { link, .. } in self.old_links.iter().filter(|link| link.active) {
            if let Some(new) = by_number.get(&link.person) {
                classes.entry(*new).or_default().before.insert(link.class);
            }
        }
        for RosterLink { class, person } in self.new_links {
            if let Some(of_person) = classes.get_mut(&(*person as usize)) {
                of_person.now.extend(self.classes[*class as usize]);
            }
        }
        classes
    }
}

/// The stored classes of a person, before and now.
#[derive(Default)]
struct ClassesOfPerson {
    before: HashSet<ClassNumber>,
    now: HashSet<ClassNumber>,
}
