//! The people who are not settled, stored and wanted, and which of them are one.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy};
use homeroom_model::roster::RosterLink;
use homeroom_model::stored::{Stored, StoredLink};

use super::assign::{Edge, assign};
use super::blocks::{Blocks, Keys, Sharing};
use super::candidate::Candidate;
use super::compare::{Comparison, District, SisIds};
use super::known::Known;
use super::matches::Matches;
use super::pairing::{LikelyMatch, once_on_both_sides};
use super::rarity::Rarity;
use super::search::{Found, Search};
use super::verdict::verdict;
use super::{links, weights};
use crate::roster_person::RosterPerson;

/// The weight from which on a pair of the same name needs no rivals from their classes.
const CLEAR: i32 = 2 * weights::CERTAIN;

pub(super) fn find_students(search: &Search<'_>) -> Found {
    let people = People {
        stored: &search.stored.students,
        stored_links: &search.stored.enrollments,
        wanted: &search.wanted.students,
        wanted_links: &search.wanted.enrollments,
        matches: &search.matches.students,
        protected: &search.protected.students,
        known: &search.known.students,
    };
    people.find(search)
}

pub(super) fn find_teachers(search: &Search<'_>) -> Found {
    let people = People {
        stored: &search.stored.teachers,
        stored_links: &search.stored.teachings,
        wanted: &search.wanted.teachers,
        wanted_links: &search.wanted.teachings,
        matches: &search.matches.teachers,
        protected: &search.protected.teachers,
        known: &search.known.teachers,
    };
    people.find(search)
}

/// The teachers or the students of both rosters, and their classes.
struct People<'p, V: RosterPerson> {
    stored: &'p [Stored<V>],
    stored_links: &'p [StoredLink<V::Number>],
    wanted: &'p [V],
    wanted_links: &'p [RosterLink],
    matches: &'p Matches,
    protected: &'p HashSet<V::Number>,
    known: &'p Known,
}

/// A pair that may be one person.
struct Pair<'c> {
    old: &'c Candidate<'c>,
    new: &'c Candidate<'c>,
    comparison: Comparison,
    confidence: Option<Confidence>,
}

impl Pair<'_> {
    /// Decides how certain it is; false when these are two people.
    fn decide(&mut self, kind: EntityKind) -> bool {
        self.confidence = verdict(&self.comparison, kind);
        self.confidence.is_some()
    }
}

/// The pairs that may be one person, and what is known of the others.
#[derive(Default)]
struct Pairs<'c> {
    list: Vec<Pair<'c>>,
    /// Positions of the stored and the wanted ones who bear the same name in the same place as somebody.
    namesakes: (HashSet<usize>, HashSet<usize>),
    /// Positions of the active stored ones who share something with too many others.
    too_many_alike: Vec<usize>,
    /// How many pairs were compared.
    compared: usize,
}

/// What stored people are compared with.
struct Compared<'c> {
    new: &'c [Candidate<'c>],
    blocks: &'c Blocks<'c>,
    district: &'c District<'c>,
}

impl<V: RosterPerson> People<'_, V> {
    fn find(&self, search: &Search<'_>) -> Found {
        let new = self.new_people(search);
        if new.is_empty() || self.stored.is_empty() {
            return Found::default();
        }
        let blocks = Blocks::new(&new);
        let former = self.former_keys(search);
        let old = self.old_people(search, &blocks, &former);
        let district = District {
            rarity: Rarity::of(self.stored, &search.stored.texts),
            sis_ids: sis_ids(&old, &new),
            changed_domains: self.changed_domains(search),
            former_keys: former.iter().copied().collect(),
        };
        let mut had = HashMap::<usize, Vec<&str>>::new();
        former.iter().for_each(|(position, key)| had.entry(*position).or_default().push(key));
        let mut pairs = Pairs::default();
        for candidate in &old {
            let had = had.get(&candidate.position).map_or(&[][..], Vec::as_slice);
            let compared = Compared { new: &new, blocks: &blocks, district: &district };
            self.pairs_of(candidate, had, &compared, &mut pairs);
        }
        pairs.ignore_slipped_keys(V::KIND);
        let likely = choose(&pairs.list);
        let found = likely.iter().map(|found| found.old).collect::<HashSet<_>>();
        let alike = pairs.too_many_alike.iter().filter(|old| !found.contains(*old)).count();
        Found { likely, alike, compared: pairs.compared }
    }

    /// Wanted people who are not settled.
    fn new_people<'t>(&self, search: &Search<'t>) -> Vec<Candidate<'t>> {
        let positions = (0..self.wanted.len()).filter(|at| self.matches[*at].is_none()).collect::<Vec<_>>();
        if positions.is_empty() || self.stored.is_empty() {
            return vec![];
        }
        let classes = links::of_wanted(search, self.wanted_links, &positions);
        let people = positions.into_iter().zip(classes);
        let texts = &search.wanted.texts;
        people
            .map(|(position, classes)| Candidate::new(position, &self.wanted[position], texts, classes))
            .collect()
    }

    /// Keys that stored people had before, by their position.
    fn former_keys<'t>(&self, search: &Search<'t>) -> Vec<(usize, &'t str)> {
        let position = |entity: EntityRef| self.stored.position_of(entity.number_as()?);
        let former = search.stored.former_keys.iter();
        former
            .filter_map(|former| Some((position(former.entity)?, search.stored.texts.get(former.key))))
            .collect()
    }

    /// Stored people who are not settled: the active ones, and those who had left and share a key with a wanted one.
    fn old_people<'t>(
        &self,
        search: &Search<'t>,
        blocks: &Blocks<'_>,
        former: &[(usize, &str)],
    ) -> Vec<Candidate<'t>> {
        let texts = &search.stored.texts;
        let mut is_settled = vec![false; self.stored.len()];
        self.matches.iter().flatten().for_each(|found| is_settled[found.position] = true);
        let mut sharing = Sharing::default();
        let mut is_named = |keys: Keys<'_>| {
            sharing.people.clear();
            blocks.by_keys(&keys, &mut sharing);
            !sharing.people.is_empty()
        };
        let had =
            former.iter().filter(|(_, key)| is_named(Keys { sis_id: key, email: key, ..Keys::default() }));
        let had = had.map(|(position, _)| *position).collect::<HashSet<_>>();
        let is_old = |position: &usize| {
            let old = &self.stored[*position];
            !is_settled[*position]
                && (old.active || had.contains(position) || {
                    let person = old.values.person();
                    is_named(Keys {
                        sis_id: texts.get(person.sis_id),
                        email: texts.get(person.email),
                        clever_id: texts.get(person.clever_id),
                        username: "",
                    })
                })
        };
        let positions = (0..self.stored.len()).filter(is_old).collect::<Vec<_>>();
        let classes = links::of_stored(search, self.stored, self.stored_links, &positions);
        let candidate = |(position, classes): (usize, _)| {
            let Stored { values, active, .. } = &self.stored[position];
            Candidate { active: *active, ..Candidate::new(position, values, texts, classes) }
        };
        positions.into_iter().zip(classes).map(candidate).collect()
    }

    /// Domains that addresses of the district had, with those that replaced them for several people.
    fn changed_domains<'t>(&self, search: &Search<'t>) -> HashSet<(&'t str, &'t str)> {
        /// Fewer than this may be single corrections.
        const SEVERAL: usize = 3;
        let texts = &search.stored.texts;
        let mut changes = HashMap::<(&str, &str), usize>::new();
        for (position, before) in self.former_keys(search) {
            let now = texts.get(self.stored[position].values.person().email);
            let addresses = before.split_once('@').zip(now.split_once('@'));
            if let Some(((local, before), (same_local, now))) = addresses
                && local == same_local
            {
                *changes.entry((before, now)).or_default() += 1;
            }
        }
        changes.into_iter().filter(|(_, count)| *count >= SEVERAL).map(|(domains, _)| domains).collect()
    }

    /// Adds the pairs of a stored person.
    fn pairs_of<'c>(
        &self,
        old: &'c Candidate<'c>,
        had: &[&str],
        compared: &Compared<'c>,
        pairs: &mut Pairs<'c>,
    ) {
        let blocks = compared.blocks;
        let mut sharing = Sharing::default();
        let keys =
            Keys { sis_id: old.sis_id, email: old.email, clever_id: old.clever_id, username: old.username };
        blocks.by_keys(&keys, &mut sharing);
        for key in had {
            blocks.by_keys(&Keys { sis_id: key, email: key, ..Keys::default() }, &mut sharing);
        }
        let first = pairs.list.len();
        self.compare_with(old, compared, &mut sharing.people, pairs);
        let is_clear = |pair: &Pair<'_>| pair.comparison.same_name() && pair.comparison.weight >= CLEAR;
        if old.active && !pairs.list[first..].iter().any(is_clear) {
            blocks.by_name(old, &mut sharing);
            blocks.by_classes(old, &mut sharing);
            pairs.list.truncate(first);
            self.compare_with(old, compared, &mut sharing.people, pairs);
            pairs.too_many_alike.extend(sharing.too_many.then_some(old.position));
        }
    }

    fn compare_with<'c>(
        &self,
        old: &'c Candidate<'c>,
        compared: &Compared<'c>,
        found: &mut Vec<u32>,
        pairs: &mut Pairs<'c>,
    ) {
        found.sort_unstable();
        found.dedup();
        pairs.compared += found.len();
        let is_protected = self.protected.contains(&self.stored[old.position].number);
        let new = found.iter().map(|at| &compared.new[*at as usize]);
        for new in new.filter(|new| self.known.allows(old.position, new.position)) {
            let comparison = Comparison::new(old, new, compared.district);
            // Whom a rejected row names has their own row: nobody else is them, unless by their own key.
            let is_allowed = !is_protected || comparison.keys.sis_id || comparison.keys.email;
            if is_allowed {
                pairs.add(Pair { old, new, comparison, confidence: None }, V::KIND);
            }
        }
    }
}

impl<'c> Pairs<'c> {
    /// Notes a pair, and keeps it when both may be one person.
    fn add(&mut self, mut pair: Pair<'c>, kind: EntityKind) {
        if pair.comparison.is_namesake_in_place() {
            self.namesakes.0.insert(pair.old.position);
            self.namesakes.1.insert(pair.new.position);
        }
        if pair.decide(kind) {
            self.list.push(pair);
        }
    }

    /// Lets a key say nothing that stands beside the name of someone else who is known in the same place; that never makes a pair more
    /// certain.
    fn ignore_slipped_keys(&mut self, kind: EntityKind) {
        let (old, new) = &self.namesakes;
        self.list.retain_mut(|pair| {
            if !old.contains(&pair.old.position) && !new.contains(&pair.new.position) {
                return true;
            }
            pair.comparison.ignore_slipped_key();
            pair.decide(kind)
        });
    }
}

/// The best assignment among these pairs.
fn choose(pairs: &[Pair<'_>]) -> Vec<LikelyMatch> {
    let edge = |pair: &Pair<'_>| {
        let floor = if pair.confidence == Some(Confidence::Certain) { weights::CERTAIN } else { 1 };
        Edge { old: pair.old.position, new: pair.new.position, weight: pair.comparison.weight.max(floor) }
    };
    let edges = pairs.iter().map(edge).collect::<Vec<_>>();
    let assigned = assign(&edges);
    let namesakes = Namesakes::new(pairs, &assigned.iter().map(|found| found.edge).collect::<Vec<_>>());
    let likely = assigned.into_iter().map(|found| {
        let Pair { old, new, comparison, confidence } = &pairs[found.edge];
        let mut evidence = comparison.list();
        let is_doubtful =
            found.is_close || !comparison.same_name() && namesakes.claim(old.position, new.position);
        if is_doubtful {
            evidence.push(Evidence::NotTheOnlyOne);
        }
        let confidence = confidence.filter(|_| !is_doubtful).unwrap_or(Confidence::Doubtful);
        let by = comparison.matched_by(old, new);
        let by = if confidence == Confidence::Certain { by } else { MatchedBy::Evidence };
        LikelyMatch { old: old.position, new: new.position, confidence, evidence, by }
    });
    likely.collect()
}

/// Pairs of the same name that were not chosen, though neither of the two got another one of that name.
struct Namesakes {
    old: HashSet<usize>,
    new: HashSet<usize>,
}

impl Namesakes {
    fn new(pairs: &[Pair<'_>], chosen: &[usize]) -> Namesakes {
        let same_name = |pair: &&Pair<'_>| pair.comparison.same_name();
        let chosen = chosen.iter().map(|edge| &pairs[*edge]).filter(same_name);
        let (old, new): (HashSet<_>, HashSet<_>) =
            chosen.map(|pair| (pair.old.position, pair.new.position)).unzip();
        let open = pairs.iter().filter(same_name).map(|pair| (pair.old.position, pair.new.position));
        let open = open.filter(|pair| !old.contains(&pair.0) && !new.contains(&pair.1));
        let (old, new) = open.unzip();
        Namesakes { old, new }
    }

    /// Whether someone else of the same name claims one of the two.
    fn claim(&self, old: usize, new: usize) -> bool {
        self.old.contains(&old) || self.new.contains(&new)
    }
}

/// Whether the SIS has reissued its ids: most people who are gone have a namesake among the new ones, with another id.
fn sis_ids(old: &[Candidate<'_>], new: &[Candidate<'_>]) -> SisIds {
    fn with_sis_id<'c>(people: &'c [Candidate<'_>]) -> impl Iterator<Item = (&'c str, usize)> {
        let people =
            people.iter().enumerate().filter(|(_, person)| person.active && !person.sis_id.is_empty());
        people.map(|(at, person)| (person.folded.as_str(), at))
    }
    let namesakes = once_on_both_sides(with_sis_id(old), with_sis_id(new));
    let renumbered = namesakes.iter().filter(|(at, other)| old[*at].sis_id != new[*other].sis_id).count();
    if renumbered >= MIN_NAMESAKES && renumbered * 2 >= with_sis_id(old).count() {
        SisIds::Reissued
    } else {
        SisIds::Kept
    }
}

/// Fewer namesakes than this may be coincidence.
const MIN_NAMESAKES: usize = 5;
