//! Teachers and students under another address or number.

use hashbrown::HashMap;
use homeroom_model::Grade;
use homeroom_model::entity::{ByNumber, ClassNumber, Entity, EntityNumber, SchoolNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::Confidence;
use homeroom_model::roster::{Person, Roster, RosterLink};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use super::weigh::{Side, weigh};
use super::{Known, Left, Pair, Recognised, core, folded_name, numbers_of, once_on_both_sides, pair_up};
use crate::matching::Matches;

/// Candidates under one piece of evidence; a block of more says nothing.
const CANDIDATES: usize = 60;

pub(super) fn find_students(
    stored: &StoredRoster,
    wanted: &Roster,
    left: &Left,
    known: &Known,
) -> Vec<Recognised> {
    let list = |student: &homeroom_model::roster::Student| (student.person, student.grade);
    find(
        EntityKind::Student,
        left,
        &known.students,
        &stored.students,
        stored,
        wanted,
        known,
        Sources {
            old: &|position| list(&stored.students[position].values),
            new: &|at| list(&wanted.students[at]),
            old_links: &stored.enrollments,
            new_links: &wanted.enrollments,
        },
    )
}

pub(super) fn find_teachers(
    stored: &StoredRoster,
    wanted: &Roster,
    left: &Left,
    known: &Known,
) -> Vec<Recognised> {
    find(
        EntityKind::Teacher,
        left,
        &known.teachers,
        &stored.teachers,
        stored,
        wanted,
        known,
        Sources {
            old: &|position| (stored.teachers[position].values.person, None),
            new: &|at| (wanted.teachers[at].person, None),
            old_links: &stored.teachings,
            new_links: &wanted.teachings,
        },
    )
}

/// Where people of a kind and their classes are.
struct Sources<'s, P> {
    old: &'s dyn Fn(usize) -> (Person, Option<Grade>),
    new: &'s dyn Fn(usize) -> (Person, Option<Grade>),
    old_links: &'s [StoredLink<P>],
    new_links: &'s [RosterLink],
}

#[expect(clippy::too_many_arguments, reason = "both rosters, what is known of them, and which kind")]
fn find<V: Entity>(
    kind: EntityKind,
    left: &Left,
    matches: &Matches,
    list: &[Stored<V>],
    stored: &StoredRoster,
    wanted: &Roster,
    known: &Known,
    from: Sources<'_, V::Number>,
) -> Vec<Recognised> {
    if !left.is_some() {
        return vec![];
    }
    let class_numbers = numbers_of(&known.classes, &stored.classes);

    // By the stored number: 0 for whoever is not gone, else their place among the gone and one more.
    let mut place_of = vec![0_u32; list.last().map_or(0, |last| last.number.index()) + 1];
    for (position, place) in left.gone.iter().zip(1..) {
        place_of[list[*position].number.index()] = place;
    }
    let mut classes = vec![Vec::new(); left.gone.len()];
    for link in from.old_links.iter().filter(|link| link.active) {
        if let Some(place) = place_of[link.link.person.index()].checked_sub(1) {
            classes[place as usize].push(Some(link.link.class));
        }
    }
    let school_of = |class: ClassNumber| Some(stored.classes.by_number(class)?.values.school);
    let old = left.gone.iter().zip(classes).map(|(position, classes)| {
        let school = classes.first().copied().flatten().and_then(school_of);
        side(*position, (from.old)(*position), &stored.texts, classes, school)
    });
    let mut old = old.collect::<Vec<_>>();
    note_alone(&mut old);

    let mut is_fresh = vec![false; matches.len()];
    left.fresh.iter().for_each(|at| is_fresh[*at] = true);
    let school_numbers = numbers_of(&known.schools, &stored.schools);
    let mut classes = HashMap::<usize, (Vec<Option<ClassNumber>>, Option<SchoolNumber>)>::new();
    for link in from.new_links.iter().filter(|link| is_fresh[link.person as usize]) {
        let school = school_numbers[wanted.classes[link.class as usize].school as usize];
        let (classes, _) = classes.entry(link.person as usize).or_insert((vec![], school));
        // A class that is new here, too, is a class all the same; it is shared with nobody.
        classes.push(class_numbers[link.class as usize]);
    }
    let new = left.fresh.iter().map(|at| {
        let (mut classes, school) = classes.remove(at).unwrap_or_default();
        classes.sort_unstable();
        side(*at, (from.new)(*at), &wanted.texts, classes, school)
    });
    let mut new = new.collect::<Vec<_>>();
    note_alone(&mut new);

    let renumbered = are_renumbered(&old, &new);
    let blocks = Blocks::new(&old);
    let mut pairs = Vec::new();
    let mut candidates = Vec::new();
    // The strongest sign first: who is found beyond doubt needs no weaker one.
    let signs = [Blocks::by_keys, Blocks::by_name, Blocks::by_classes];
    for one in &new {
        for sign in signs {
            candidates.clear();
            sign(&blocks, one, &mut candidates);
            if weigh_all(&old, one, &mut candidates, renumbered, &mut pairs) {
                break;
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.old, pair.new));
    pairs.dedup_by_key(|pair| (pair.old, pair.new));
    pair_up(kind, pairs)
}

/// Adds every candidate that could be this person; whether one is so beyond doubt.
fn weigh_all(
    old: &[Side<'_>],
    new: &Side<'_>,
    candidates: &mut Vec<u32>,
    renumbered: bool,
    pairs: &mut Vec<Pair>,
) -> bool {
    candidates.sort_unstable();
    candidates.dedup();
    let mut sure = false;
    for candidate in candidates {
        let was = &old[*candidate as usize];
        if let Some(weighed) = weigh(was, new, renumbered) {
            sure |= weighed.confidence == Confidence::Certain;
            let (confidence, weight, evidence) = (weighed.confidence, weighed.weight, weighed.evidence);
            pairs.push(Pair { old: was.at, new: new.at, confidence, weight, evidence });
        }
    }
    sure
}

/// Whether the SIS has given people new numbers: most of those who are gone have a namesake among the new ones, with another number.
fn are_renumbered(old: &[Side<'_>], new: &[Side<'_>]) -> bool {
    fn numbered<'s>(sides: &'s [Side<'_>]) -> impl Iterator<Item = (&'s str, usize)> {
        let numbered = sides.iter().enumerate().filter(|(_, side)| !side.sis_id.is_empty());
        numbered.map(|(at, side)| (side.folded.as_str(), at))
    }
    let namesakes = once_on_both_sides(numbered(old), numbered(new)).len();
    namesakes >= FEW && namesakes * 2 >= numbered(old).count()
}

/// So few namesakes are no sign of anything.
const FEW: usize = 5;

fn side<'t>(
    at: usize,
    (person, grade): (Person, Option<Grade>),
    texts: &'t StringArena,
    classes: Vec<Option<ClassNumber>>,
    school: Option<SchoolNumber>,
) -> Side<'t> {
    let text = |text: StrId| texts.get(text);
    let (first_name, last_name) = (text(person.first_name), text(person.last_name));
    Side {
        at,
        first_name,
        last_name,
        folded: folded_name(texts, &person),
        email: text(person.email),
        sis_id: text(person.sis_id),
        grade,
        school,
        classes,
        alone: false,
    }
}

/// Notes who is the only one of these people in their first class.
fn note_alone(sides: &mut [Side<'_>]) {
    let mut counts = HashMap::<Option<ClassNumber>, u32>::new();
    for class in sides.iter().flat_map(|side| &side.classes) {
        *counts.entry(*class).or_default() += 1;
    }
    for side in sides {
        side.alone = side.classes.first().is_some_and(|class| counts[class] == 1);
    }
}

/// Those who are gone, by everything that someone new could have in common with them.
struct Blocks<'s> {
    names: HashMap<&'s str, Vec<u32>>,
    local_parts: HashMap<&'s str, Vec<u32>>,
    cores: HashMap<&'s str, Vec<u32>>,
    /// A class and a first or last name.
    in_class: HashMap<(ClassNumber, &'s str), Vec<u32>>,
}

impl<'s> Blocks<'s> {
    fn new(old: &'s [Side<'_>]) -> Self {
        let mut blocks = Blocks {
            names: HashMap::new(),
            local_parts: HashMap::new(),
            cores: HashMap::new(),
            in_class: HashMap::new(),
        };
        for (one, at) in old.iter().zip(0..) {
            blocks.names.entry(&one.folded).or_default().push(at);
            blocks.local_parts.entry(one.local_part()).or_default().push(at);
            blocks.cores.entry(core(one.sis_id)).or_default().push(at);
            for class in one.classes.iter().flatten() {
                for name in parts(&one.folded) {
                    blocks.in_class.entry((*class, name)).or_default().push(at);
                }
            }
        }
        blocks
    }

    fn by_keys(&self, new: &Side<'_>, into: &mut Vec<u32>) {
        let found = [
            Some(new.local_part())
                .filter(|local| !local.is_empty())
                .and_then(|local| self.local_parts.get(local)),
            Some(core(new.sis_id)).filter(|core| !core.is_empty()).and_then(|core| self.cores.get(core)),
        ];
        found.into_iter().flatten().for_each(|some| into.extend(some.iter().take(CANDIDATES)));
    }

    fn by_name(&self, new: &Side<'_>, into: &mut Vec<u32>) {
        into.extend(self.names.get(new.folded.as_str()).into_iter().flatten().take(CANDIDATES));
    }

    fn by_classes(&self, new: &Side<'_>, into: &mut Vec<u32>) {
        for class in new.classes.iter().flatten() {
            for name in parts(&new.folded) {
                into.extend(self.in_class.get(&(*class, name)).into_iter().flatten().take(CANDIDATES));
            }
        }
    }
}

/// The last name, and the first word of the first name.
fn parts(folded: &str) -> impl Iterator<Item = &str> {
    let (last, first) = folded.split_once(", ").unwrap_or((folded, ""));
    let first = first.split(' ').next().unwrap_or_default();
    [last, first].into_iter().filter(|name| !name.is_empty())
}
