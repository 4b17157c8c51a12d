//! Which of the people who are not settled are one: pairs, weighed, and the best assignment among them.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::ClassNumber;
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy};

use super::assign::{Edge, assign};
use super::blocks::{Blocks, Keys, Sharing};
use super::candidate::Candidate;
use super::compare::{Comparison, District, SisIds};
use super::evidence::NamePart;
use super::known::Known;
use super::pairing::{LikelyMatch, once_on_both_sides};
use super::people::Role;
use super::rarity::Rarity;
use super::search::{Found, Search};
use super::verdict::{is_renamed_in_place, verdict};
use super::weights;

/// The weight from which on a pair of the same name needs no rivals from their classes.
const CLEAR: i32 = 2 * weights::CERTAIN;

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
struct Compared<'c, 'n> {
    new: &'c [Candidate<'c>],
    blocks: &'c Blocks<'n>,
    district: &'c District<'c>,
    known: &'c Known,
    kind: EntityKind,
}

/// The likely matches among the people of one role who are not settled.
pub(super) fn find<V: Role>(search: &Search<'_>) -> Found {
    let people = V::people(search);
    let new = people.new_people(search);
    if new.is_empty() || people.stored.is_empty() {
        return Found::default();
    }
    let blocks = Blocks::new(&new);
    let former = people.former_keys(search);
    let old = people.old_people(search, &blocks, &former);
    let district = District {
        rarity: Rarity::of(people.stored, &search.stored.texts),
        sis_ids: sis_ids(&old, &new),
        changed_domains: people.changed_domains(search),
        former_keys: former.iter().copied().collect(),
        newcomers: newcomers(&new),
    };
    let mut had = HashMap::<usize, Vec<&str>>::new();
    former.iter().for_each(|(position, key)| had.entry(*position).or_default().push(key));
    let known = search.known.get(V::KIND);
    let compared = Compared { new: &new, blocks: &blocks, district: &district, known, kind: V::KIND };
    let mut pairs = Pairs::default();
    for candidate in &old {
        let had = had.get(&candidate.position).map_or(&[][..], Vec::as_slice);
        compared.pairs_of(candidate, had, &mut pairs);
    }
    pairs.ignore_slipped_keys(V::KIND);
    let likely = choose(&pairs.list, V::KIND);
    let found = likely.iter().map(|found| found.old).collect::<HashSet<_>>();
    let alike = pairs.too_many_alike.iter().filter(|old| !found.contains(*old)).count();
    Found { likely, alike, compared: pairs.compared }
}

/// How many people come to each class, as far as they are not settled.
fn newcomers(new: &[Candidate<'_>]) -> HashMap<ClassNumber, u32> {
    let mut newcomers = HashMap::new();
    for class in new.iter().flat_map(|person| &person.classes).flatten() {
        *newcomers.entry(*class).or_default() += 1;
    }
    newcomers
}

impl<'c> Compared<'c, '_> {
    /// Adds the pairs of a stored person.
    fn pairs_of(&self, old: &'c Candidate<'c>, had: &[&str], pairs: &mut Pairs<'c>) {
        let mut sharing = Sharing::default();
        let keys =
            Keys { sis_id: old.sis_id, email: old.email, clever_id: old.clever_id, username: old.username };
        self.blocks.by_keys(&keys, &mut sharing);
        for key in had {
            self.blocks.by_keys(&Keys { sis_id: key, email: key, ..Keys::default() }, &mut sharing);
        }
        let first = pairs.list.len();
        self.compare(old, &mut sharing.people, pairs);
        let is_clear = |pair: &Pair<'_>| pair.comparison.same_name() && pair.comparison.weight >= CLEAR;
        if !pairs.list[first..].iter().any(is_clear) {
            self.blocks.by_name(old, &mut sharing);
            if old.active {
                self.blocks.by_classes(old, &mut sharing);
            }
            pairs.list.truncate(first);
            self.compare(old, &mut sharing.people, pairs);
            pairs.too_many_alike.extend((old.active && sharing.too_many).then_some(old.position));
        }
    }

    fn compare(&self, old: &'c Candidate<'c>, found: &mut Vec<u32>, pairs: &mut Pairs<'c>) {
        found.sort_unstable();
        found.dedup();
        pairs.compared += found.len();
        let new = found.iter().map(|at| &self.new[*at as usize]);
        for new in new.filter(|new| self.known.allows(old.position, new.position)) {
            let comparison = Comparison::new(old, new, self.district);
            // Whom a rejected row names has their own row: nobody else is them, unless by their own key.
            let is_allowed = !old.is_protected || comparison.keys.sis_id || comparison.keys.email;
            if is_allowed {
                pairs.add(Pair { old, new, comparison, confidence: None }, self.kind);
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

/// From so many people of other names under known keys on, each is asked about.
const SEVERAL_OTHERS: usize = 3;

/// The best assignment among these pairs.
fn choose(pairs: &[Pair<'_>], kind: EntityKind) -> Vec<LikelyMatch> {
    let edge = |pair: &Pair<'_>| {
        let floor = if pair.confidence == Some(Confidence::Certain) { weights::CERTAIN } else { 1 };
        Edge { old: pair.old.position, new: pair.new.position, weight: pair.comparison.weight.max(floor) }
    };
    let edges = pairs.iter().map(edge).collect::<Vec<_>>();
    let assigned = assign(&edges);
    let chosen = assigned.iter().map(|found| found.edge).collect::<Vec<_>>();
    let namesakes = Namesakes::new(pairs, &chosen);
    let families = Families::new(pairs, &chosen, kind);
    let others = assigned.iter().filter(|found| pairs[found.edge].comparison.another_name()).count();
    let likely = assigned.into_iter().map(|found| {
        let Pair { old, new, comparison, confidence } = &pairs[found.edge];
        let mut evidence = comparison.list();
        let is_doubtful =
            found.is_close || !comparison.same_name() && namesakes.claim(old.position, new.position);
        if is_doubtful {
            evidence.push(Evidence::NotTheOnlyOne);
        }
        let confidence =
            if families.have(old.position, new.position) { Some(Confidence::Certain) } else { *confidence };
        let confidence = confidence.filter(|_| !is_doubtful).unwrap_or(Confidence::Doubtful);
        // One child is given both names anew; several on one night are other children under known keys.
        let is_one_of_many = comparison.another_name() && others >= SEVERAL_OTHERS;
        let confidence = if is_one_of_many { confidence.min(Confidence::Probable) } else { confidence };
        let by = comparison.matched_by(old, new);
        let by = if confidence == Confidence::Certain { by } else { MatchedBy::Evidence };
        LikelyMatch { old: old.position, new: new.position, confidence, evidence, by }
    });
    likely.collect()
}

/// So many siblings get the same last name by no coincidence; of two, one may leave as a namesake of their new family comes.
const SIBLINGS: usize = 3;

/// Those whose family has another last name on one night.
struct Families {
    /// By the positions of both sides.
    renamed: HashSet<(usize, usize)>,
}

impl Families {
    fn new(pairs: &[Pair<'_>], chosen: &[usize], kind: EntityKind) -> Families {
        let chosen = chosen.iter().map(|edge| &pairs[*edge]);
        let in_place = chosen.filter(|pair| {
            pair.comparison.last_name == NamePart::Different && is_renamed_in_place(&pair.comparison, kind)
        });
        let last_names =
            |pair: &Pair<'_>| (pair.old.folded_parts().0.to_owned(), pair.new.folded_parts().0.to_owned());
        let mut families = HashMap::<(String, String), Vec<(usize, usize)>>::new();
        for pair in in_place {
            families.entry(last_names(pair)).or_default().push((pair.old.position, pair.new.position));
        }
        Families {
            renamed: families.into_values().filter(|family| family.len() >= SIBLINGS).flatten().collect(),
        }
    }

    /// Whether these two are of such a family.
    fn have(&self, old: usize, new: usize) -> bool {
        self.renamed.contains(&(old, new))
    }
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
