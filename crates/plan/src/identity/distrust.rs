//! What must not be believed: a column that went wrong says nothing of who the people are whom it concerns.

use hashbrown::HashMap;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::column::Column;
use homeroom_model::entity::EntityRef;

use super::candidate::Candidate;

/// The columns that say nothing, by the stored person.
#[derive(Default)]
pub(super) struct Distrust {
    columns: HashMap<EntityRef, Vec<Column>>,
}

impl Distrust {
    pub(super) fn new(verdicts: &[ColumnVerdict]) -> Distrust {
        let mut columns = HashMap::<EntityRef, Vec<Column>>::new();
        // Exchanged names are still both there, what is empty says nothing anyway, and an earlier year's file waits whole.
        let is_untrue =
            |verdict: &&ColumnVerdict| matches!(verdict.fault, ColumnFault::Moved | ColumnFault::Filled);
        for verdict in verdicts.iter().filter(is_untrue) {
            for entity in &verdict.entities {
                columns.entry(*entity).or_default().push(verdict.column);
            }
        }
        Distrust { columns }
    }

    /// Whether a column says nothing of this person.
    pub(super) fn concerns(&self, entity: impl Into<EntityRef>) -> bool {
        !self.columns.is_empty() && self.columns.contains_key(&entity.into())
    }

    /// Takes out of a stored person what the file's column cannot be compared with.
    pub(super) fn blank(&self, person: &mut Candidate<'_>, entity: impl Into<EntityRef>) {
        for column in self.columns.get(&entity.into()).into_iter().flatten() {
            match column {
                Column::TeacherEmail | Column::StudentEmail => person.email = "",
                Column::TeacherId | Column::StudentId => person.sis_id = "",
                Column::TeacherCleverId | Column::StudentCleverId => person.clever_id = "",
                Column::StudentUsername => person.username = "",
                Column::TeacherFirstName | Column::StudentFirstName => person.blank_first_name(),
                Column::TeacherLastName | Column::StudentLastName => person.blank_last_name(),
                Column::StudentGradeLevel => person.grade = None,
                Column::SchoolId | Column::SchoolName | Column::ClassId | Column::ClassName => {}
            }
        }
    }
}
