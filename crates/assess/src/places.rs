//! The names of classes and schools: emptied, damaged, filled, exchanged, or beside other classes.

use hashbrown::{HashMap, HashSet};
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::entity::{Entity, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::roster::{Class, Doubt, Roster, School};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_index::StringIndex;
use homeroom_model::{Column, Finding, FindingCode, StrId, StringArena};

use crate::damage::damage_of;
use crate::kept::count;
use crate::side::{lines_in_words, of_kind};

/// A kind of place in both rosters.
struct Places<'s> {
    kind: EntityKind,
    column: Column,
    /// For each place of the file its key and name.
    wanted: Vec<(&'s str, &'s str)>,
    lines: &'s [u32],
    doubts: &'s [Doubt],
    stored: Vec<StoredPlace<'s>>,
    /// Names of the other kind, with which these may be confused.
    others: HashSet<&'s str>,
}

/// An active stored place.
struct StoredPlace<'s> {
    entity: EntityRef,
    key: &'s str,
    name: &'s str,
}

/// A stored name that takes the place of the one in the file.
pub(crate) struct KeptName {
    pub(crate) kind: EntityKind,
    /// The position in the list of the file's roster.
    pub(crate) wanted: u32,
    pub(crate) name: String,
}

/// What a look at the names of places has shown.
#[derive(Default)]
pub(crate) struct PlaceNames {
    pub(crate) kept: Vec<KeptName>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) verdicts: Vec<ColumnVerdict>,
}

/// Looks at the names of all schools and classes.
pub(crate) fn place_names(stored: &StoredRoster, wanted: &Roster) -> PlaceNames {
    let mut found = PlaceNames::default();
    found.look(&schools(stored, wanted));
    found.look(&classes(stored, wanted));
    found
}

fn schools<'s>(stored: &'s StoredRoster, wanted: &'s Roster) -> Places<'s> {
    let text = |text| wanted.texts.get(text);
    Places {
        kind: EntityKind::School,
        column: Column::SchoolName,
        wanted: wanted.schools.iter().map(|school| (text(school.key), text(school.name))).collect(),
        lines: &wanted.origin.lines.schools,
        doubts: of_kind(&wanted.origin.doubts, EntityKind::School),
        stored: active(&stored.schools, &stored.texts, |school: &School| (school.key, school.name)),
        others: wanted.classes.iter().flat_map(|class| [text(class.key), text(class.name)]).collect(),
    }
}

fn classes<'s>(stored: &'s StoredRoster, wanted: &'s Roster) -> Places<'s> {
    let text = |text| wanted.texts.get(text);
    let stored_schools = stored.schools.iter().map(|school| stored.texts.get(school.values.name));
    Places {
        kind: EntityKind::Class,
        column: Column::ClassName,
        wanted: wanted.classes.iter().map(|class| (text(class.key), text(class.name))).collect(),
        lines: &wanted.origin.lines.classes,
        doubts: of_kind(&wanted.origin.doubts, EntityKind::Class),
        stored: active(&stored.classes, &stored.texts, |class: &Class| (class.key, class.name)),
        others: stored_schools.collect(),
    }
}

fn active<'s, V: Entity>(
    list: &'s [Stored<V>],
    texts: &'s StringArena,
    get: impl Fn(&V) -> (StrId, StrId),
) -> Vec<StoredPlace<'s>> {
    let place = |stored: &'s Stored<V>| {
        let (key, name) = get(&stored.values);
        StoredPlace { entity: stored.number.into(), key: texts.get(key), name: texts.get(name) }
    };
    list.iter().filter(|stored| stored.active).map(place).collect()
}

/// A place whose name in the file is another than the stored one.
#[derive(Clone, Copy)]
struct Renamed<'s> {
    wanted: u32,
    entity: EntityRef,
    key: &'s str,
    new: &'s str,
    old: &'s str,
}

impl PlaceNames {
    fn look(&mut self, places: &Places<'_>) {
        let mut renamed = renamed(places);
        let in_doubt = places.doubts.iter().map(|doubt| doubt.position).collect::<HashSet<_>>();
        let is_in_doubt = |name: &Renamed<'_>| in_doubt.contains(&name.wanted);
        // Without a name of its own a place is shown by its id.
        let is_emptied = |name: &Renamed<'_>| name.new.is_empty() || name.new == name.key;
        let is_damaged = |name: &Renamed<'_>| damage_of(name.new, name.old).is_some();
        let doubted = renamed.extract_if(.., |name| is_in_doubt(name)).collect::<Vec<_>>();
        let emptied = renamed.extract_if(.., |name| is_emptied(name)).collect::<Vec<_>>();
        let damaged = renamed.extract_if(.., |name| is_damaged(name)).collect::<Vec<_>>();
        self.keep(
            places,
            &doubted,
            FindingCode::ValuesKept,
            "in doubt, because the file has several for one id",
        );
        self.keep(places, &emptied, FindingCode::ValuesEmptied, "empty today");
        self.keep(places, &damaged, FindingCode::ValuesDamaged, "damaged by a program on the way");
        self.verdicts.extend(fault(places, &renamed, doubted.len()));
    }

    fn keep(&mut self, places: &Places<'_>, names: &[Renamed<'_>], code: FindingCode, what: &str) {
        let Some(first) = names.first() else { return };
        let message = format!(
            "{} {what}{}. Kept '{}', where the file has '{}'{}.",
            count(names.len(), places.column, "is", "are"),
            lines_in_words(places.lines, names.iter().map(|name| name.wanted)),
            first.old,
            first.new,
            if names.len() > 1 { ", and so on" } else { "" },
        );
        let finding = Finding::of_file(code, names.len().to_string(), message);
        self.findings.push(finding.in_column(places.column.name()));
        let kept = |name: &Renamed<'_>| KeptName {
            kind: places.kind,
            wanted: name.wanted,
            name: name.old.to_owned(),
        };
        self.kept.extend(names.iter().map(kept));
    }
}

fn renamed<'s>(places: &Places<'s>) -> Vec<Renamed<'s>> {
    let mut index = StringIndex::with_capacity(places.stored.len());
    let key = |position: u32| places.stored[position as usize].key;
    (0_u32..).zip(&places.stored).for_each(|(position, place)| {
        index.insert(place.key, position, key);
    });
    let renamed = |(wanted, (key_of, new)): (u32, &(&'s str, &'s str))| {
        let StoredPlace { entity, name: old, key } = places.stored[index.get(key_of, key)? as usize];
        (*new != old && old != key).then_some(Renamed { wanted, entity, key, new, old })
    };
    (0_u32..).zip(&places.wanted).filter_map(renamed).collect()
}

/// What went wrong with the whole column: names of others, one name for all, or the names of the other column. For so many places the
/// file contradicts itself.
fn fault(places: &Places<'_>, renamed: &[Renamed<'_>], disputed: usize) -> Option<ColumnVerdict> {
    let before = renamed.iter().map(|name| folded(name.old)).collect::<HashSet<_>>();
    let of_others = renamed.iter().filter(|name| before.contains(&folded(name.new))).count();
    let of_column = renamed.iter().filter(|name| places.others.contains(name.new)).count();
    let (most, is_known) = most_frequent(places, renamed);
    let min_disputed = if places.kind == EntityKind::School { 1 } else { 2 };
    let is_most = |part: usize| part * 10 >= renamed.len() * 6;
    let (fault, cause) = if of_column > 0 && is_most(of_column) {
        (ColumnFault::Exchanged, "the column holds what belongs into another one")
    } else if of_others >= 2 && is_most(of_others) || disputed >= min_disputed {
        (ColumnFault::Moved, "the column has slipped by some rows, or was sorted without the others")
    } else if most + usize::from(is_known) >= 3 && before.len() >= 2 && is_most(most) {
        (ColumnFault::Filled, "one cell was dragged down over the others")
    } else {
        return None;
    };
    let first = renamed.first()?;
    let message = format!(
        "{} of other {} than yesterday, while their ids are as they were{}: most likely {cause}. So '{}' ({}) would be called '{}'.",
        count(renamed.len(), places.column, "is that", "are those"),
        if places.kind == EntityKind::Class { "classes" } else { "schools" },
        lines_in_words(places.lines, renamed.iter().map(|name| name.wanted)),
        first.old,
        first.key,
        first.new,
    );
    let mut entities = renamed.iter().map(|name| name.entity).collect::<Vec<_>>();
    entities.sort_unstable();
    Some(ColumnVerdict { fault, column: places.column, entities, message })
}

/// How many have got the same name, and whether another place has had it.
fn most_frequent(places: &Places<'_>, renamed: &[Renamed<'_>]) -> (usize, bool) {
    let mut counts = HashMap::<&str, usize>::new();
    renamed.iter().for_each(|name| *counts.entry(name.new).or_default() += 1);
    let most = counts.into_iter().max_by_key(|(name, count)| (*count, *name));
    most.map_or((0, false), |(name, count)| (count, places.stored.iter().any(|place| place.name == name)))
}
