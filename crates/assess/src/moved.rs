//! Columns that stand beside other people than before: they slipped by some rows, or were sorted without the others.

use hashbrown::{HashMap, HashSet};
use homeroom_model::Column;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::name::folded;

use crate::align::Alignment;
use crate::kept::count;
use crate::member::{Attribute, Member};
use crate::pair::Pair;
use crate::side::Side;

/// So many people must be in one chain of passed-on keys: two who exchange theirs are put right.
const MIN_CHAIN: usize = 3;

/// So many names must have been passed on, or two between people whose other name differs: those of a brother and a sister may
/// have been put right.
const MIN_NAMES: usize = 3;

/// Columns of one role that stand beside other people.
pub(crate) fn moved_columns<V: Member>(side: &Side<'_, V>, alignment: &Alignment<'_>) -> Vec<ColumnVerdict> {
    let columns = Attribute::ALL.into_iter().filter(|attribute| side.has(*attribute));
    let columns = columns.filter_map(|attribute| Some((attribute, V::column(attribute)?)));
    let verdict = |(attribute, column): (Attribute, Column)| {
        let changed = changed(side, alignment, attribute);
        let moves = if attribute.is_name() {
            passed_on_names(side, attribute, &changed)
        } else {
            passed_on_keys(side, alignment, attribute, &changed)
        };
        (!moves.is_empty()).then(|| verdict(side, column, &moves))
    };
    columns.filter_map(verdict).collect()
}

/// Someone, and whose value they have in the file.
struct Move {
    of: Pair,
    from: Option<Pair>,
}

/// People whose value of a column has become another one, while enough of the rest says who they are.
fn changed<V: Member>(side: &Side<'_, V>, alignment: &Alignment<'_>, attribute: Attribute) -> Vec<Pair> {
    let is_changed = |pair: &&Pair| {
        !pair.agreement.has(attribute)
            && pair.agreement.holds_without(attribute)
            && !side.new_text(pair.wanted, attribute).is_empty()
            && !side.old_text(pair.stored, attribute).is_empty()
    };
    alignment.pairs.iter().filter(is_changed).copied().collect()
}

/// Keys that go round among at least three people who are all still in the file.
fn passed_on_keys<V: Member>(
    side: &Side<'_, V>,
    alignment: &Alignment<'_>,
    attribute: Attribute,
    changed: &[Pair],
) -> Vec<Move> {
    let by_stored =
        changed.iter().zip(0..).map(|(pair, at)| (pair.stored, at)).collect::<HashMap<_, usize>>();
    let from = |pair: &Pair| {
        let owner = alignment.index.owner(attribute, side.new_text(pair.wanted, attribute))?;
        by_stored.get(&owner).copied()
    };
    let from = changed.iter().map(from).collect::<Vec<_>>();
    let chains = Chains::new(&from);
    let moves = changed.iter().zip(&from).enumerate().filter(|(at, _)| chains.size(*at) >= MIN_CHAIN);
    moves.map(|(_, (pair, from))| Move { of: *pair, from: from.map(|at| changed[at]) }).collect()
}

/// Groups of people of whom each has the value of the next.
struct Chains {
    group: Vec<usize>,
    sizes: HashMap<usize, usize>,
}

impl Chains {
    fn new(from: &[Option<usize>]) -> Chains {
        let mut group = (0..from.len()).collect::<Vec<_>>();
        for (at, next) in from.iter().enumerate() {
            if let Some(next) = next {
                let (left, right) = (root(&mut group, at), root(&mut group, *next));
                group[left] = right;
            }
        }
        let group = (0..from.len()).map(|at| root(&mut group, at)).collect::<Vec<_>>();
        let mut sizes = HashMap::new();
        group.iter().for_each(|group| *sizes.entry(*group).or_default() += 1);
        Chains { group, sizes }
    }

    fn size(&self, at: usize) -> usize {
        self.sizes[&self.group[at]]
    }
}

/// The root of a group; the way there is shortened.
fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

/// Names that most of the people with a changed name have from one another.
fn passed_on_names<V: Member>(side: &Side<'_, V>, attribute: Attribute, changed: &[Pair]) -> Vec<Move> {
    if changed.len() < 2 {
        return vec![];
    }
    let mut holders = HashMap::<String, Vec<Pair>>::new();
    for pair in changed {
        holders.entry(folded(side.old_text(pair.stored, attribute))).or_default().push(*pair);
    }
    let mut moves = Vec::new();
    for pair in changed {
        let holder = holders.get_mut(&folded(side.new_text(pair.wanted, attribute))).and_then(Vec::pop);
        moves.extend(holder.map(|from| Move { of: *pair, from: Some(from) }));
    }
    let is_of_stranger = |moved: &Move| {
        let other =
            if attribute == Attribute::FirstName { Attribute::LastName } else { Attribute::FirstName };
        let own = side.old_text(moved.of.stored, other);
        moved.from.is_some_and(|from| side.old_text(from.stored, other) != own)
    };
    let is_enough = moves.len() >= MIN_NAMES || moves.len() == 2 && moves.iter().all(is_of_stranger);
    if !is_enough || moves.len() * 10 < changed.len() * 6 {
        return vec![];
    }
    // The last one of a stretch that slipped has a value from outside of it.
    let all = changed.iter().map(|pair| Move { of: *pair, from: None });
    let known = moves.iter().map(|moved| moved.of.wanted).collect::<HashSet<_>>();
    moves.extend(all.filter(|moved| !known.contains(&moved.of.wanted)));
    moves
}

fn verdict<V: Member>(side: &Side<'_, V>, column: Column, moves: &[Move]) -> ColumnVerdict {
    let mut steps = HashMap::<i64, usize>::new();
    for Move { of, from } in moves {
        if let Some(from) = from {
            *steps.entry(i64::from(from.wanted) - i64::from(of.wanted)).or_default() += 1;
        }
    }
    let usual = steps.values().copied().max().unwrap_or(0);
    let cause = if usual * 10 >= moves.len() * 7 {
        "most likely the column has slipped by some rows, or was sorted without the others"
    } else {
        "most likely the column was sorted without the others, or has slipped"
    };
    let example = moves.iter().find_map(|moved| Some((moved.of, moved.from?)));
    let example = example.map(|(of, from)| {
        format!(" So {} would have that of {}.", side.describe(of.stored), side.describe(from.stored))
    });
    let message = format!(
        "{} with other {}s than yesterday, while the rest of their rows is as it was: {cause}.{}",
        count(moves.len(), column, "stands", "stand"),
        V::WORD,
        example.unwrap_or_default(),
    );
    let mut entities = moves.iter().map(|moved| side.entity(moved.of.stored)).collect::<Vec<_>>();
    entities.sort_unstable();
    ColumnVerdict { fault: ColumnFault::Moved, column, entities, message }
}
