//! Assigns wanted people to stored ones one to one, so that what they weigh together is the most.

use hashbrown::HashMap;

use super::weights;

/// Two people who could be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The stored one.
    pub(super) old: usize,
    /// The wanted one.
    pub(super) new: usize,
    /// More than zero.
    pub(super) weight: i32,
}

/// An edge that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assigned {
    /// Its position among the edges.
    pub(super) edge: usize,
    /// Whether another assignment would weigh nearly as much.
    pub(super) is_close: bool,
}

/// Groups up to this size are assigned exactly; larger ones by weight, the heaviest edge first.
const EXACT: usize = 9;

/// Assigns each stored and each wanted person at most once.
pub(super) fn assign(edges: &[Edge]) -> Vec<Assigned> {
    let chosen = groups(edges).into_iter().flat_map(|group| best_of(edges, group)).collect::<Vec<_>>();
    let rivals = Rivals::new(edges, &chosen);
    let mut assigned = chosen
        .into_iter()
        .map(|edge| Assigned { edge, is_close: rivals.margin(edge) < weights::MARGIN })
        .collect::<Vec<_>>();
    assigned.sort_unstable_by_key(|assigned| (edges[assigned.edge].old, edges[assigned.edge].new));
    assigned
}

/// The edges of each connected group of people.
fn groups(edges: &[Edge]) -> Vec<Vec<usize>> {
    let mut parents = (0..edges.len()).collect::<Vec<_>>();
    fn root(parents: &mut [usize], mut at: usize) -> usize {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    }
    let (mut of_old, mut of_new) = (HashMap::new(), HashMap::new());
    for (at, edge) in edges.iter().enumerate() {
        for other in [*of_old.entry(edge.old).or_insert(at), *of_new.entry(edge.new).or_insert(at)] {
            let (left, right) = (root(&mut parents, at), root(&mut parents, other));
            parents[left.max(right)] = left.min(right);
        }
    }
    let mut groups = HashMap::<usize, Vec<usize>>::new();
    for at in 0..edges.len() {
        groups.entry(root(&mut parents, at)).or_default().push(at);
    }
    let mut groups = groups.into_values().collect::<Vec<_>>();
    groups.sort_unstable();
    groups
}

fn best_of(edges: &[Edge], group: Vec<usize>) -> Vec<usize> {
    if group.len() == 1 {
        return group;
    }
    let distinct = |side: fn(&Edge) -> usize| {
        let mut people = group.iter().map(|edge| side(&edges[*edge])).collect::<Vec<_>>();
        people.sort_unstable();
        people.dedup();
        people
    };
    let (old, new) = (distinct(|edge| edge.old), distinct(|edge| edge.new));
    if old.len() <= EXACT && new.len() <= EXACT {
        exact(edges, &group, &old, &new)
    } else {
        heaviest_first(edges, group)
    }
}

/// The best assignment: for each set of wanted people what they weigh at most with the stored ones so far.
fn exact(edges: &[Edge], group: &[usize], old: &[usize], new: &[usize]) -> Vec<usize> {
    let sets = 1_usize << new.len();
    let mut best = vec![vec![None::<i32>; sets]; old.len() + 1];
    let mut choice = vec![vec![None::<usize>; sets]; old.len() + 1];
    best[0][0] = Some(0);
    for (row, person) in old.iter().enumerate() {
        let own = group.iter().copied().filter(|edge| edges[*edge].old == *person).collect::<Vec<_>>();
        for set in 0..sets {
            let Some(weight) = best[row][set] else { continue };
            let mut offer = |to: usize, weight: i32, edge: Option<usize>| {
                if best[row + 1][to].is_none_or(|known| weight > known) {
                    best[row + 1][to] = Some(weight);
                    choice[row + 1][to] = edge;
                }
            };
            offer(set, weight, None);
            for edge in &own {
                let bit = 1 << new.partition_point(|person| *person < edges[*edge].new);
                if set & bit == 0 {
                    offer(set | bit, weight + edges[*edge].weight, Some(*edge));
                }
            }
        }
    }
    let mut set = (0..sets).rev().max_by_key(|set| best[old.len()][*set]).unwrap_or(0);
    let mut chosen = Vec::new();
    for row in (1..=old.len()).rev() {
        if let Some(edge) = choice[row][set] {
            chosen.push(edge);
            set ^= 1 << new.partition_point(|person| *person < edges[edge].new);
        }
    }
    chosen
}

fn heaviest_first(edges: &[Edge], mut group: Vec<usize>) -> Vec<usize> {
    group.sort_unstable_by_key(|edge| {
        let Edge { old, new, weight } = edges[*edge];
        (std::cmp::Reverse(weight), old, new)
    });
    let (mut old, mut new) = (hashbrown::HashSet::new(), hashbrown::HashSet::new());
    group.retain(|edge| {
        let Edge { old: of_old, new: of_new, .. } = edges[*edge];
        let is_free = !old.contains(&of_old) && !new.contains(&of_new);
        is_free && old.insert(of_old) && new.insert(of_new)
    });
    group
}

/// What else could be chosen.
struct Rivals<'e> {
    edges: &'e [Edge],
    weights: HashMap<(usize, usize), i32>,
    of_old: HashMap<usize, Vec<usize>>,
    of_new: HashMap<usize, Vec<usize>>,
    /// The chosen edges by either side.
    chosen_old: HashMap<usize, usize>,
    chosen_new: HashMap<usize, usize>,
}

impl<'e> Rivals<'e> {
    fn new(edges: &'e [Edge], chosen: &[usize]) -> Self {
        let mut rivals = Rivals {
            edges,
            weights: HashMap::new(),
            of_old: HashMap::new(),
            of_new: HashMap::new(),
            chosen_old: chosen.iter().map(|edge| (edges[*edge].old, *edge)).collect(),
            chosen_new: chosen.iter().map(|edge| (edges[*edge].new, *edge)).collect(),
        };
        for (at, Edge { old, new, weight }) in edges.iter().enumerate() {
            rivals.weights.insert((*old, *new), *weight);
            rivals.of_old.entry(*old).or_default().push(at);
            rivals.of_new.entry(*new).or_default().push(at);
        }
        rivals
    }

    /// How much less an assignment weighs in which one of the two is assigned to someone else, who in turn gets what this leaves.
    fn margin(&self, edge: usize) -> i32 {
        let Edge { old, new, weight } = self.edges[edge];
        let of_old =
            self.of_old[&old].iter().map(|other| (*other, self.chosen_new.get(&self.edges[*other].new)));
        let of_new =
            self.of_new[&new].iter().map(|other| (*other, self.chosen_old.get(&self.edges[*other].old)));
        let alternatives = of_old.chain(of_new).filter(|(other, _)| *other != edge);
        let margins = alternatives.map(|(other, displaced)| {
            let Some(displaced) = displaced else { return weight - self.edges[other].weight };
            let Edge { old: displaced_old, new: displaced_new, weight: displaced_weight } =
                self.edges[*displaced];
            // Of the two displaced people one is left without, or they are paired.
            let left = if displaced_old == self.edges[other].old {
                (old, displaced_new)
            } else {
                (displaced_old, new)
            };
            let left = self.weights.get(&left).copied().unwrap_or(0);
            weight + displaced_weight - self.edges[other].weight - left
        });
        margins.min().unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, assign};

    fn chosen(edges: &[(usize, usize, i32)]) -> Vec<(usize, usize, bool)> {
        let edges = edges.iter().map(|(old, new, weight)| Edge { old: *old, new: *new, weight: *weight });
        let edges = edges.collect::<Vec<_>>();
        let assigned = assign(&edges).into_iter();
        assigned.map(|found| (edges[found.edge].old, edges[found.edge].new, found.is_close)).collect()
    }

    #[test]
    fn a_swap_is_seen_as_one_event() {
        let swap = [(1, 1, 20), (1, 2, 12), (2, 2, 20), (2, 1, 12)];
        assert_eq!(chosen(&swap), [(1, 1, false), (2, 2, false)]);
        // The heaviest pair alone would leave the other two apart.
        assert_eq!(chosen(&[(1, 1, 20), (1, 2, 18), (2, 1, 18)]), [(1, 2, false), (2, 1, false)]);
    }

    #[test]
    fn equally_good_assignments_are_close() {
        assert_eq!(chosen(&[(1, 1, 10), (1, 2, 9)]), [(1, 1, true)]);
        assert_eq!(chosen(&[(1, 1, 10), (2, 1, 3)]), [(1, 1, false)]);
        let twins = [(1, 1, 10), (1, 2, 10), (2, 1, 10), (2, 2, 10)];
        assert!(chosen(&twins).iter().all(|(_, _, is_close)| *is_close));
    }
}
