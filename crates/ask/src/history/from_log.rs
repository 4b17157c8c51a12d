//! Turns the log of one entity into its history. The log has the values before each change; those after it are the values before
//! the next one.

use std::collections::BTreeMap;

use homeroom_model::entity::{Entity, EntityNumber, SchoolNumber};
use homeroom_model::entity_log::{CauseKind, EntityLog, LogStep};
use homeroom_model::feed::{RecordKind, RecordNumber};
use homeroom_model::fields::Fields;
use homeroom_model::history::{
    Causes, ChangeCause, EntityName, Field, FieldValue, History, HistoryEntry, HistoryEvent, Logged,
};
use homeroom_model::ids::{EntityKind, RosterVersion, RunNumber};
use homeroom_model::roster::{Link, School};
use homeroom_model::string_arena::StringArena;
use homeroom_store::roster::LinkedPerson;
use jiff::Timestamp;

/// The history of an entity, oldest change first.
pub(super) fn history_from_log<V: Entity + Fields>(
    kind: EntityKind,
    logged: &Logged<V>,
    causes: &Causes,
) -> History {
    let mut writer =
        HistoryWriter { texts: &logged.texts, schools: &logged.schools, causes, entries: Vec::new() };
    writer.add_entity(&logged.log);
    match kind {
        EntityKind::School => {}
        EntityKind::Class => {
            writer.add_links(&logged.teachings, teaching, |link| (link.person, &logged.teachers));
            writer.add_links(&logged.enrollments, enrollment, |link| (link.person, &logged.students));
        }
        EntityKind::Teacher => {
            writer.add_links(&logged.teachings, teaching, |link| (link.class, &logged.classes))
        }
        EntityKind::Student => {
            writer.add_links(&logged.enrollments, enrollment, |link| (link.class, &logged.classes))
        }
    }
    let mut entries = writer.entries;
    // The sort is stable: of one run the entity itself comes first, then its links.
    entries.sort_by_key(|(number, change)| (change.at, *number));
    History {
        kind,
        number: logged.log.subject.as_u32(),
        active: logged.log.now.active,
        named: entity_name(logged.log.now.values, &logged.texts),
        changes: entries.into_iter().map(|(_, change)| change).collect(),
    }
}

/// The beginning or end of a link.
enum LinkChange {
    Begins,
    Ends,
}

fn teaching(change: LinkChange, with: EntityName) -> HistoryEvent {
    match change {
        LinkChange::Begins => HistoryEvent::BeganTeaching { with },
        LinkChange::Ends => HistoryEvent::EndedTeaching { with },
    }
}

fn enrollment(change: LinkChange, with: EntityName) -> HistoryEvent {
    match change {
        LinkChange::Begins => HistoryEvent::Joined { with },
        LinkChange::Ends => HistoryEvent::Left { with },
    }
}

/// The key that a person would look for, with the name: an address rather than a number.
fn entity_name<V: Fields>(values: V, texts: &StringArena) -> EntityName {
    let get = |field| values.get(field, texts);
    let keys = [Field::Id, Field::Email, Field::SisId].map(get);
    let names = [Field::Name, Field::FirstName, Field::LastName].map(get);
    let names = names.iter().map(AsRef::as_ref).filter(|name: &&str| !name.is_empty());
    EntityName {
        key: keys.iter().find(|key| !key.is_empty()).map(|key| key.to_string()).unwrap_or_default(),
        name: names.collect::<Vec<_>>().join(" "),
    }
}

/// What an entry was caused by, and when.
struct Step {
    number: RunNumber,
    version: Option<RosterVersion>,
    /// `None` for a creation, which is not in the log: its time is the run's.
    at: Option<Timestamp>,
}

impl Step {
    fn creation(causes: &Causes, kind: RecordKind, number: RecordNumber, run: RunNumber) -> Step {
        Step { number: run, version: causes.creations.version_of(kind, number, run), at: None }
    }
}

impl<V> From<&LogStep<V>> for Step {
    fn from(step: &LogStep<V>) -> Step {
        Step { number: step.by, version: Some(step.version), at: step.at }
    }
}

struct HistoryWriter<'l> {
    texts: &'l StringArena,
    schools: &'l BTreeMap<SchoolNumber, School>,
    causes: &'l Causes,
    entries: Vec<(RunNumber, HistoryEntry)>,
}

impl HistoryWriter<'_> {
    fn add_entity<V: Entity + Fields>(&mut self, log: &EntityLog<V::Number, V>) {
        let mut states = log.states();
        let Some(mut before) = states.next() else { return };
        let values = V::FIELDS
            .iter()
            .map(|field| FieldValue { field: *field, value: self.value(before.values, *field) });
        let values = values.filter(|field| !field.value.is_empty()).collect();
        let created =
            Step::creation(self.causes, V::KIND.into(), (log.subject.as_u32(), None), log.created_run);
        self.add(created, HistoryEvent::Created { values });
        for (step, after) in log.steps.iter().zip(states) {
            match (before.active, after.active) {
                (true, false) => self.add(step.into(), HistoryEvent::Deactivated),
                (false, true) => self.add(step.into(), HistoryEvent::Reactivated),
                _ => {}
            }
            for field in V::FIELDS {
                let (from, to) = (self.value(before.values, *field), self.value(after.values, *field));
                if from != to {
                    self.add(step.into(), HistoryEvent::Changed { field: *field, from, to });
                }
            }
            before = after;
        }
    }

    fn add_links<'o, P: LinkedPerson, V: Entity + Fields + 'o>(
        &mut self,
        links: &[EntityLog<Link<P>, ()>],
        event: fn(LinkChange, EntityName) -> HistoryEvent,
        other_end: impl Fn(Link<P>) -> (V::Number, &'o BTreeMap<V::Number, V>),
    ) {
        for log in links {
            let (number, others) = other_end(log.subject);
            let Some(with) = others.get(&number).map(|values| entity_name(*values, self.texts)) else {
                continue;
            };
            let number = (log.subject.class.0, Some(log.subject.person.as_u32()));
            let created = Step::creation(self.causes, P::LINKS.into(), number, log.created_run);
            self.add(created, event(LinkChange::Begins, with.clone()));
            for (step, after) in log.steps.iter().zip(log.states().skip(1)) {
                if step.before.active != after.active {
                    let change = if after.active { LinkChange::Begins } else { LinkChange::Ends };
                    self.add(step.into(), event(change, with.clone()));
                }
            }
        }
    }

    /// A value as a file would have it: a class names its school by its id.
    fn value<V: Fields>(&self, values: V, field: Field) -> String {
        let value = values.get(field, self.texts);
        let school = if field == Field::School { value.parse().ok() } else { None };
        let school = school.and_then(|number| self.schools.get(&SchoolNumber(number)));
        school.map_or_else(|| value.into_owned(), |school| self.texts.get(school.key).to_owned())
    }

    fn add(&mut self, step: Step, event: HistoryEvent) {
        let Step { number, version, at } = step;
        let (kind, run) = self.causes.undos.cause(number);
        let known = self.causes.runs.get(&run);
        let of_number = match kind {
            CauseKind::Run => known.and_then(|run| run.at),
            CauseKind::Undo | CauseKind::Redo => self.causes.undone_at.get(&number).copied(),
        };
        let by = version.and_then(|version| self.causes.by.get(&version)).cloned();
        let (run, upload) = (known.map(|run| run.id), known.map(|run| run.upload.clone()));
        let cause = ChangeCause { kind, run, upload, by };
        self.entries.push((number, HistoryEntry { at: at.or(of_number), cause, event }));
    }
}
