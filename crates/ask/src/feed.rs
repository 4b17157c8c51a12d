//! The roster as records with permanent ids, one JSON object a line: all of it, or what changed since a version.

use std::borrow::Cow;
use std::io::{self, Write};

use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::entity_log::{CauseKind, EntityLog, EntityState};
use homeroom_model::feed::{Creations, PermanentIds, RecordKind, RecordNumber, RosterFeed};
use homeroom_model::fields::Fields;
use homeroom_model::history::Field;
use homeroom_model::ids::{RosterVersion, RunId, RunNumber};
use homeroom_model::refusal::ChangesRefusal;
use homeroom_model::roster::Link;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StringArena;
use homeroom_store::DistrictStore;
use homeroom_store::roster::{FeedGap, LinkedPerson};
use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::error::AskError;

/// How much was written, and to which version of the roster it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenRecords {
    /// Lines.
    pub lines: u64,
    /// The version.
    pub version: RosterVersion,
}

/// Writes every active record of the roster: `{"kind":"student","id":"…","active":true,"first_name":"Ann",…}`.
pub fn write_records(
    (stored, ids): &(StoredRoster, PermanentIds),
    out: &mut dyn Write,
) -> io::Result<WrittenRecords> {
    let mut records = Records { texts: &stored.texts, ids, written: 0, out };
    records.entities(&stored.schools)?;
    records.entities(&stored.classes)?;
    records.entities(&stored.teachers)?;
    records.entities(&stored.students)?;
    records.links(&stored.teachings)?;
    records.links(&stored.enrollments)?;
    Ok(WrittenRecords { lines: records.written, version: stored.version })
}

/// What changed in the roster since a version.
///
/// # Errors
/// [`AskError::Refused`] when that is not known, or the roster has not got that far.
pub fn changes_since(district: &DistrictStore, since: RosterVersion) -> Result<RosterFeed, AskError> {
    let refusal = match district.roster_feed(since)? {
        Ok(feed) => return Ok(feed),
        Err(FeedGap::Ahead { version }) => ChangesRefusal::Ahead { since, version },
        Err(FeedGap::Behind { known_since }) => {
            ChangesRefusal::Unknown { district: district.settings()?.slug, since, known_since }
        }
    };
    Err(AskError::Refused(refusal.into()))
}

/// Writes changes in order, each with the record as it is afterwards. Within a version removals come first, of links before people and
/// classes; what is new or changed comes in the order of [`write_records`]. Whoever keeps records by kind and id, replaces those that are
/// active and removes those that are not, has the roster.
pub fn write_changes(feed: &RosterFeed, out: &mut dyn Write) -> io::Result<WrittenRecords> {
    let mut changes = Changes { feed, lines: Vec::new() };
    changes.entities(&feed.schools);
    changes.entities(&feed.classes);
    changes.entities(&feed.teachers);
    changes.entities(&feed.students);
    changes.links(&feed.teachings);
    changes.links(&feed.enrollments);
    let mut lines = changes.lines;
    lines.sort_by_key(|line| (line.version, line.rank()));
    for Changed { version, change, record } in &lines {
        let cause = feed.causes.get(version);
        let cause = cause.ok_or_else(|| io::Error::other(format!("nothing led to version {version}")))?;
        let (version, change) = (*version, *change);
        let line = ChangeLine { version, at: cause.at, change, act: cause.act, run: cause.run, record };
        write_line(out, &line)?;
    }
    Ok(WrittenRecords { lines: lines.len() as u64, version: feed.version })
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// A record of the roster.
struct Record<'t> {
    kind: RecordKind,
    id: Uuid,
    active: bool,
    values: Vec<(&'static str, RecordValue<'t>)>,
}

enum RecordValue<'t> {
    /// `null` when it is empty.
    Text(Cow<'t, str>),
    /// Another record.
    Id(Uuid),
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", &self.kind)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("active", &self.active)?;
        for (name, value) in &self.values {
            match value {
                RecordValue::Text(text) if text.is_empty() => map.serialize_entry(name, &None::<&str>)?,
                RecordValue::Text(text) => map.serialize_entry(name, text)?,
                RecordValue::Id(id) => map.serialize_entry(name, id)?,
            }
        }
        map.end()
    }
}

fn entity_record<'t, V: Entity + Fields>(
    number: V::Number,
    EntityState { active, values }: EntityState<V>,
    texts: &'t StringArena,
    ids: &PermanentIds,
) -> Record<'t> {
    let kind = RecordKind::from(V::KIND);
    let value = |field: &Field| {
        let text = values.get(*field, texts);
        let name = match (field, kind) {
            (Field::Id, RecordKind::School) => "school_id",
            (Field::Id, _) => "class_id",
            _ => field.as_str(),
        };
        match field {
            Field::School => {
                let school = text.parse::<u32>().unwrap_or_default();
                (name, RecordValue::Id(ids.of(RecordKind::School, school)))
            }
            _ => (name, RecordValue::Text(text)),
        }
    };
    let id = ids.of(kind, number.as_u32());
    Record { kind, id, active, values: V::FIELDS.iter().map(value).collect() }
}

fn link_record<P: LinkedPerson>(
    link: Link<P>,
    state: EntityState<()>,
    ids: &PermanentIds,
) -> Record<'static> {
    let (kind, class, person) = (RecordKind::from(P::LINKS), link.class.0, link.person.as_u32());
    let whose = RecordKind::from(P::KIND);
    let values = vec![
        ("class", RecordValue::Id(ids.of(RecordKind::Class, class))),
        (whose.as_str(), RecordValue::Id(ids.of(whose, person))),
    ];
    Record { kind, id: ids.of_link(kind, class, person), active: state.active, values }
}

/// Writes records.
struct Records<'r> {
    texts: &'r StringArena,
    ids: &'r PermanentIds,
    written: u64,
    out: &'r mut dyn Write,
}

impl Records<'_> {
    fn entities<V: Entity + Fields>(&mut self, stored: &[Stored<V>]) -> io::Result<()> {
        for entity in stored.iter().filter(|entity| entity.active) {
            let record = entity_record(
                entity.number,
                EntityState { active: true, values: entity.values },
                self.texts,
                self.ids,
            );
            write_line(self.out, &record)?;
            self.written += 1;
        }
        Ok(())
    }

    fn links<P: LinkedPerson>(&mut self, stored: &[StoredLink<P>]) -> io::Result<()> {
        for link in stored.iter().filter(|link| link.active) {
            write_line(
                self.out,
                &link_record(link.link, EntityState { active: true, values: () }, self.ids),
            )?;
            self.written += 1;
        }
        Ok(())
    }
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Change {
    Create,
    Update,
    Deactivate,
    Reactivate,
}

/// A change in a line of its own.
#[derive(Serialize)]
struct ChangeLine<'l> {
    version: RosterVersion,
    at: Timestamp,
    change: Change,
    /// Whether the run was applied, undone or redone.
    act: CauseKind,
    run: RunId,
    #[serde(flatten)]
    record: &'l Record<'l>,
}

/// A change that will be written.
struct Changed<'f> {
    version: RosterVersion,
    change: Change,
    record: Record<'f>,
}

impl Changed<'_> {
    /// Its place among the changes of a version.
    fn rank(&self) -> i8 {
        let rank = self.record.kind as i8;
        if self.change == Change::Deactivate { -rank } else { RecordKind::ALL.len() as i8 + rank }
    }
}

/// Collects changes.
struct Changes<'f> {
    feed: &'f RosterFeed,
    lines: Vec<Changed<'f>>,
}

impl<'f> Changes<'f> {
    fn entities<V: Entity + Fields>(&mut self, logs: &'f [EntityLog<V::Number, V>]) {
        let RosterFeed { texts, ids, creations, .. } = self.feed;
        for log in logs {
            let created = self.created(
                creations,
                RecordKind::from(V::KIND),
                (log.subject.as_u32(), None),
                log.created_run,
            );
            self.add(log, created, |state| entity_record(log.subject, state, texts, ids));
        }
    }

    fn links<P: LinkedPerson>(&mut self, logs: &'f [EntityLog<Link<P>, ()>]) {
        let RosterFeed { ids, creations, .. } = self.feed;
        for log in logs {
            let number = (log.subject.class.0, Some(log.subject.person.as_u32()));
            let created = self.created(creations, RecordKind::from(P::LINKS), number, log.created_run);
            self.add(log, created, |state| link_record(log.subject, state, ids));
        }
    }

    /// The version in which a record was created, when that is new.
    fn created(
        &self,
        creations: &Creations,
        kind: RecordKind,
        number: RecordNumber,
        run: RunNumber,
    ) -> Option<RosterVersion> {
        creations.version_of(kind, number, run).filter(|version| *version > self.feed.since)
    }

    fn add<K, V: Copy>(
        &mut self,
        log: &EntityLog<K, V>,
        created: Option<RosterVersion>,
        record: impl Fn(EntityState<V>) -> Record<'f>,
    ) {
        let mut states = log.states();
        if let (Some(version), Some(state)) = (created, log.states().next()) {
            self.lines.push(Changed {
                version,
                change: Change::Create,
                record: record(EntityState { active: true, ..*state }),
            });
        }
        states.next();
        for (step, after) in log.steps.iter().zip(states).filter(|(step, _)| step.version > self.feed.since) {
            let change = match (step.before.active, after.active) {
                (true, true) => Change::Update,
                (true, false) => Change::Deactivate,
                (false, true) => Change::Reactivate,
                // Nobody sees the values of what is not in the roster.
                (false, false) => continue,
            };
            let record = record(*after);
            self.lines.push(Changed { version: step.version, change, record });
        }
    }
}
