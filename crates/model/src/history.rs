//! The history of one school, class, teacher or student, in the shape of its JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::audit::Cause;
use crate::entity::{ClassNumber, Entity, SchoolNumber, StudentNumber, TeacherNumber};
use crate::entity_log::{CauseKind, EntityLog, Undos};
use crate::feed::Creations;
use crate::ids::{EntityKind, RosterVersion, RunId, RunNumber};
use crate::roster::{Class, EnrollmentLink, School, Student, Teacher, TeachingLink};
use crate::string_arena::StringArena;
use crate::word::string_enum;

/// The log of one entity, and the values it refers to.
#[derive(Clone, Debug)]
pub struct Logged<V: Entity> {
    /// The text of the values below.
    pub texts: StringArena,
    /// The entity itself.
    pub log: EntityLog<V::Number, V>,
    /// Its teachings.
    pub teachings: Vec<EntityLog<TeachingLink, ()>>,
    /// Its enrollments.
    pub enrollments: Vec<EntityLog<EnrollmentLink, ()>>,
    /// The schools a class is or was in, as they are now.
    pub schools: BTreeMap<SchoolNumber, School>,
    /// The other ends of links, as they are now.
    pub classes: BTreeMap<ClassNumber, Class>,
    /// The other ends of links, as they are now.
    pub teachers: BTreeMap<TeacherNumber, Teacher>,
    /// The other ends of links, as they are now.
    pub students: BTreeMap<StudentNumber, Student>,
}

/// A run, as a history refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRun {
    /// Its id.
    pub id: RunId,
    /// The name of its upload.
    pub upload: String,
    /// When it ended.
    pub at: Option<Timestamp>,
}

/// What the numbers in a district's log refer to.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    /// Runs.
    pub runs: BTreeMap<RunNumber, KnownRun>,
    /// Undos.
    pub undos: Undos,
    /// When each undo was.
    pub undone_at: BTreeMap<RunNumber, Timestamp>,
    /// Who led to each version of the roster, and why.
    pub by: BTreeMap<RosterVersion, Cause>,
    /// When each record was created.
    pub creations: Creations,
}

string_enum!(
    /// A value of an entity.
    Field {
        /// A school's or class's id.
        Id = "id",
        /// A school's or class's name.
        Name = "name",
        /// A class's school.
        School = "school",
        /// A person's number in the SIS.
        SisId = "sis_id",
        /// A person's address.
        Email = "email",
        /// A person's first name.
        FirstName = "first_name",
        /// A person's last name.
        LastName = "last_name",
        /// A person's id at Clever.
        CleverId = "clever_id",
        /// A student's user name.
        Username = "username",
        /// A student's grade.
        Grade = "grade",
    }
);

impl Field {
    /// Its name in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Field::SisId => "SIS id",
            Field::Email => "e-mail",
            Field::FirstName => "first name",
            Field::LastName => "last name",
            Field::CleverId => "Clever id",
            Field::Username => "user name",
            Field::Id | Field::Name | Field::School | Field::Grade => self.as_str(),
        }
    }
}

/// A field with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldValue {
    /// The field.
    pub field: Field,
    /// Its value, as a file would have it; a class's school by its id.
    pub value: String,
}

/// An entity as a person would look for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntityName {
    /// Its present id, SIS id or address.
    pub key: String,
    /// Its present name.
    pub name: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum HistoryEvent {
    /// It was added to the roster for the first time.
    Created {
        /// Its values.
        values: Vec<FieldValue>,
    },
    /// A value changed.
    Changed {
        /// Which.
        field: Field,
        /// The value before.
        from: String,
        /// The value after.
        to: String,
    },
    /// It left the roster.
    Deactivated,
    /// It came back.
    Reactivated,
    /// A student joined a class: the student's history names the class, the class's the student.
    Joined {
        /// The other end of the link.
        with: EntityName,
    },
    /// A student left a class.
    Left {
        /// The other end of the link.
        with: EntityName,
    },
    /// A teacher began to teach a class.
    BeganTeaching {
        /// The other end of the link.
        with: EntityName,
    },
    /// A teacher stopped teaching a class.
    EndedTeaching {
        /// The other end of the link.
        with: EntityName,
    },
}

/// What caused a change, and who.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeCause {
    /// Whether the run was applied, undone or redone.
    #[serde(rename = "act")]
    pub kind: CauseKind,
    /// The run; `None` when it is no longer known.
    pub run: Option<RunId>,
    /// The name of the run's upload.
    pub upload: Option<String>,
    /// Who, and why; `None` for a change by a version that did not record it.
    #[serde(flatten)]
    pub by: Option<Cause>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryEntry {
    /// When; `None` when it was not recorded.
    pub at: Option<Timestamp>,
    /// What caused it.
    #[serde(rename = "by")]
    pub cause: ChangeCause,
    /// The event.
    #[serde(flatten)]
    pub event: HistoryEvent,
}

/// The history of one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct History {
    /// Its kind.
    pub kind: EntityKind,
    /// Its number within its district and kind.
    pub number: u32,
    /// Whether it is in the roster now.
    pub active: bool,
    /// Its key and name now.
    #[serde(flatten)]
    pub named: EntityName,
    /// Its changes, oldest first.
    pub changes: Vec<HistoryEntry>,
}
