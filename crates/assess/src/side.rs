//! The people of one role on both sides: those of the file and the stored ones.

use homeroom_model::StringArena;
use homeroom_model::entity::EntityRef;
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::{Doubt, OptionalColumns, Roster, RosterLink, Student, Teacher};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use crate::member::{Attribute, Member};
use crate::pair::Pair;

/// People of one role, with the texts behind them.
pub(crate) struct Side<'s, V: Member> {
    pub(crate) wanted: &'s [V],
    pub(crate) wanted_texts: &'s StringArena,
    pub(crate) wanted_links: &'s [RosterLink],
    pub(crate) columns: OptionalColumns,
    pub(crate) lines: &'s [u32],
    pub(crate) doubts: &'s [Doubt],
    pub(crate) stored: &'s [Stored<V>],
    pub(crate) stored_texts: &'s StringArena,
    pub(crate) stored_links: &'s [StoredLink<V::Number>],
}

impl<'s, V: Member> Side<'s, V> {
    /// An attribute of someone in the file.
    pub(crate) fn new_text(&self, wanted: u32, attribute: Attribute) -> &'s str {
        self.wanted_texts.get(self.wanted[wanted as usize].text(attribute))
    }

    /// An attribute of someone stored.
    pub(crate) fn old_text(&self, stored: u32, attribute: Attribute) -> &'s str {
        self.stored_texts.get(self.stored[stored as usize].values.text(attribute))
    }

    /// Whether the file has the column of an attribute.
    pub(crate) fn has(&self, attribute: Attribute) -> bool {
        V::has_column(attribute, &self.columns)
    }

    /// How many stored ones are active.
    pub(crate) fn active(&self) -> usize {
        self.stored.iter().filter(|stored| stored.active).count()
    }

    /// Whether the grades do not speak against one person: the same, the next, or unknown.
    pub(crate) fn may_have_grade_of(&self, wanted: u32, stored: u32) -> bool {
        let new = self.wanted[wanted as usize].grade();
        let grades = new.zip(self.stored[stored as usize].values.grade());
        grades.is_none_or(|(new, old)| new == old || new.follows(old) || old.follows(new))
    }

    /// The lines of some people of the file, in words.
    pub(crate) fn lines_of<'p>(&self, pairs: impl IntoIterator<Item = &'p Pair>) -> String {
        lines_in_words(self.lines, pairs.into_iter().map(|pair| pair.wanted))
    }

    /// The stored people of these pairs, sorted.
    pub(crate) fn entities<'p>(&self, pairs: impl IntoIterator<Item = &'p Pair>) -> Vec<EntityRef> {
        let mut entities = pairs.into_iter().map(|pair| self.entity(pair.stored)).collect::<Vec<_>>();
        entities.sort_unstable();
        entities
    }

    /// The entity at a stored position.
    pub(crate) fn entity(&self, stored: u32) -> EntityRef {
        self.stored[stored as usize].number.into()
    }

    /// "Ann Lee (4711)", as stored.
    pub(crate) fn describe(&self, stored: u32) -> String {
        let values = &self.stored[stored as usize].values;
        let key = self.stored_texts.get(values.key());
        format!("{} ({key})", values.full_name(self.stored_texts))
    }

    /// The first few of these people in a list of words.
    pub(crate) fn examples(&self, stored: impl Iterator<Item = u32>) -> String {
        stored.take(MAX_EXAMPLES).map(|position| self.describe(position)).collect::<Vec<_>>().join(", ")
    }
}

/// The lines of some people of the file, in words: "line 12", "lines 40 to 62"; empty when they are not known.
pub(crate) fn lines_in_words(lines: &[u32], positions: impl Iterator<Item = u32>) -> String {
    let (mut first, mut last) = (u32::MAX, 0);
    for line in positions.filter_map(|position| lines.get(position as usize)) {
        (first, last) = (first.min(*line), last.max(*line));
    }
    match last {
        0 => String::new(),
        _ if first == last => format!(" (line {first})"),
        _ => format!(" (lines {first} to {last})"),
    }
}

/// The people that a finding names.
const MAX_EXAMPLES: usize = 3;

/// The doubts about one kind of entity.
pub(crate) fn of_kind(doubts: &[Doubt], kind: EntityKind) -> &[Doubt] {
    let start = doubts.partition_point(|doubt| doubt.kind < kind);
    &doubts[start..][..doubts[start..].partition_point(|doubt| doubt.kind == kind)]
}

/// The students on both sides.
pub(crate) fn students<'s>(stored: &'s StoredRoster, wanted: &'s Roster) -> Side<'s, Student> {
    Side {
        wanted: &wanted.students,
        wanted_texts: &wanted.texts,
        wanted_links: &wanted.enrollments,
        columns: wanted.columns,
        lines: &wanted.origin.lines.students,
        doubts: of_kind(&wanted.origin.doubts, EntityKind::Student),
        stored: &stored.students,
        stored_texts: &stored.texts,
        stored_links: &stored.enrollments,
    }
}

/// The teachers on both sides.
pub(crate) fn teachers<'s>(stored: &'s StoredRoster, wanted: &'s Roster) -> Side<'s, Teacher> {
    Side {
        wanted: &wanted.teachers,
        wanted_texts: &wanted.texts,
        wanted_links: &wanted.teachings,
        columns: wanted.columns,
        lines: &wanted.origin.lines.teachers,
        doubts: of_kind(&wanted.origin.doubts, EntityKind::Teacher),
        stored: &stored.teachers,
        stored_texts: &stored.texts,
        stored_links: &stored.teachings,
    }
}
