//! The changes of a roster since a version, for the apps that follow it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use uuid::{Builder, Uuid};

use crate::audit::Cause;
use crate::entity::{ClassNumber, SchoolNumber, StudentNumber, TeacherNumber};
use crate::entity_log::{CauseKind, EntityLog};
use crate::ids::{EntityKind, RosterVersion, RunId, RunNumber};
use crate::roster::{Class, EnrollmentLink, School, Student, Teacher, TeachingLink};
use crate::string_arena::StringArena;
use crate::word::string_enum;

string_enum!(
    /// The kind of a record of a roster.
    RecordKind {
        /// A school.
        School = "school",
        /// A class.
        Class = "class",
        /// A teacher.
        Teacher = "teacher",
        /// A student.
        Student = "student",
        /// A teacher of a class.
        Teaching = "teaching",
        /// A student in a class.
        Enrollment = "enrollment",
    }
);

impl From<EntityKind> for RecordKind {
    fn from(kind: EntityKind) -> RecordKind {
        match kind {
            EntityKind::School => RecordKind::School,
            EntityKind::Class => RecordKind::Class,
            EntityKind::Teacher => RecordKind::Teacher,
            EntityKind::Student => RecordKind::Student,
        }
    }
}

/// The number of a record within its district and kind; of a link, that of the class.
pub type RecordNumber = (u32, Option<u32>);

/// The permanent ids of the schools, classes, teachers and students of a district, by kind and number.
#[derive(Clone, Debug, Default)]
pub struct PermanentIds(pub HashMap<(RecordKind, u32), Uuid>);

impl PermanentIds {
    /// The permanent id of a school, class, teacher or student.
    pub fn of(&self, kind: RecordKind, number: u32) -> Uuid {
        self.0.get(&(kind, number)).copied().unwrap_or_default()
    }

    /// The permanent id of a teaching or enrollment, from its kind and those of its class and person.
    pub fn of_link(&self, kind: RecordKind, class: u32, person: u32) -> Uuid {
        let whose = if kind == RecordKind::Teaching { RecordKind::Teacher } else { RecordKind::Student };
        let mut hasher = blake3::Hasher::new();
        hasher.update(kind.as_str().as_bytes());
        hasher.update(self.of(RecordKind::Class, class).as_bytes());
        hasher.update(self.of(whose, person).as_bytes());
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// In which version of the roster a record was created.
#[derive(Clone, Debug, Default)]
pub struct Creations {
    /// The version that a run led to at once.
    pub first: BTreeMap<RunNumber, RosterVersion>,
    /// The versions of what was held first.
    pub late: HashMap<(RecordKind, RecordNumber), RosterVersion>,
}

impl Creations {
    /// The version in which a record of this run was created; `None` when it was not noted.
    pub fn version_of(
        &self,
        kind: RecordKind,
        number: RecordNumber,
        run: RunNumber,
    ) -> Option<RosterVersion> {
        self.late.get(&(kind, number)).or_else(|| self.first.get(&run)).copied()
    }
}

/// What led to a version of the roster.
#[derive(Clone, Debug)]
pub struct VersionCause {
    /// When.
    pub at: Timestamp,
    /// Whether a run was applied, undone or redone.
    pub act: CauseKind,
    /// The run.
    pub run: RunId,
    /// Who, and why.
    pub by: Cause,
}

/// All that changed since a version: the logs of the records that were created or changed.
#[derive(Clone, Debug, Default)]
pub struct RosterFeed {
    /// The version asked for.
    pub since: RosterVersion,
    /// The version of the roster now.
    pub version: RosterVersion,
    /// What led to each version in between.
    pub causes: BTreeMap<RosterVersion, VersionCause>,
    /// When each record was created.
    pub creations: Creations,
    /// The permanent ids.
    pub ids: PermanentIds,
    /// The text of the values below.
    pub texts: StringArena,
    /// Schools.
    pub schools: Vec<EntityLog<SchoolNumber, School>>,
    /// Classes.
    pub classes: Vec<EntityLog<ClassNumber, Class>>,
    /// Teachers.
    pub teachers: Vec<EntityLog<TeacherNumber, Teacher>>,
    /// Students.
    pub students: Vec<EntityLog<StudentNumber, Student>>,
    /// Teachings.
    pub teachings: Vec<EntityLog<TeachingLink, ()>>,
    /// Enrollments.
    pub enrollments: Vec<EntityLog<EnrollmentLink, ()>>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{PermanentIds, RecordKind};

    #[test]
    fn the_id_of_a_link_follows_from_its_kind_and_its_ends_for_ever() {
        let ids = [(RecordKind::Class, 1), (RecordKind::Teacher, 1), (RecordKind::Student, 1)];
        let ids = PermanentIds(ids.into_iter().zip((1..).map(Uuid::from_u128)).collect());
        let teaching = ids.of_link(RecordKind::Teaching, 1, 1);
        let enrollment = ids.of_link(RecordKind::Enrollment, 1, 1);
        // Apps keep them: these values must never change.
        assert_eq!(teaching.to_string(), "fee29473-2370-89f2-b902-5b766c235975");
        assert_eq!(enrollment.to_string(), "23a6f1ec-be0e-8199-8c9e-d48ff0bc0351");
        assert_eq!(teaching.get_version_num(), 8);
    }
}
