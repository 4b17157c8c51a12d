//! The columns of one file of a set, under the names of the specification.

use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_read::{Header, TableRow};

use crate::row_parts::PartFinding;
use crate::sets::file_kinds::FileKind;
use crate::values::clean;

/// Where the columns of a file are.
pub(super) struct FileColumns<'k> {
    /// The file's name.
    pub(super) file: &'k str,
    kind: &'k FileKind,
    /// For each column of the kind its position in the file.
    positions: Vec<Option<usize>>,
    header_cells: Vec<String>,
}

impl<'k> FileColumns<'k> {
    pub(super) fn new(file: &'k str, kind: &'k FileKind, header: &Header) -> FileColumns<'k> {
        let positions = (0..kind.columns.len()).map(|column| header.position(column)).collect();
        FileColumns { file, kind, positions, header_cells: header.cells().to_vec() }
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.positions[self.kind.position(name)].is_some()
    }

    /// The clean text of a cell.
    pub(super) fn text(&self, row: &TableRow<'_>, name: &str) -> String {
        let cell = self.positions[self.kind.position(name)].map_or(&[][..], |at| row.cell(at));
        clean(cell).text.into_owned()
    }

    /// The columns and cells that the flat CSV has, too.
    pub(super) fn flat<'r>(&self, row: &'r TableRow<'_>) -> (Vec<Column>, Vec<&'r [u8]>) {
        let columns = self.kind.columns.iter().zip(&self.positions);
        columns.filter_map(|(column, at)| Some((column.flat?, at.map_or(&[][..], |at| row.cell(at))))).unzip()
    }

    /// The names in this file of the columns that the flat CSV has, too.
    pub(super) fn names(&self) -> ColumnNames {
        let columns = self.kind.columns.iter().zip(&self.positions);
        let names = columns.filter_map(|(column, at)| {
            let name = at.map_or_else(|| column.name().into(), |at| self.header_cells[at].clone());
            Some((column.flat?, name))
        });
        ColumnNames { file: self.file.into(), names: names.collect() }
    }
}

/// A file's name, and the names of its columns.
#[derive(Clone, Default)]
pub(super) struct ColumnNames {
    pub(super) file: String,
    names: Vec<(Column, String)>,
}

impl ColumnNames {
    /// The finding about a part as a finding of this file.
    pub(super) fn finding(&self, finding: &PartFinding, line: u32) -> Finding {
        let wanted = [finding.column, student_column(finding.column)];
        let name = self.names.iter().find(|(column, _)| wanted.contains(column));
        let name = name.map_or(finding.column.name(), |(_, name)| name);
        let message = finding.message.replace(finding.column.name(), name);
        Finding {
            file: Some(self.file.as_str().into()),
            proposed: finding.proposed.clone().map(String::from),
            ..Finding::of_line(finding.code, line, finding.value.clone(), message).in_column(name.to_owned())
        }
    }
}

/// The columns of teachers and students that OneRoster has in one file.
const TEACHER_AND_STUDENT: [(Column, Column); 4] = [
    (Column::TeacherId, Column::StudentId),
    (Column::TeacherEmail, Column::StudentEmail),
    (Column::TeacherFirstName, Column::StudentFirstName),
    (Column::TeacherLastName, Column::StudentLastName),
];

/// The student's column for a teacher's; any other column stays as it is.
fn student_column(column: Column) -> Column {
    let pair = TEACHER_AND_STUDENT.iter().find(|(teacher, _)| *teacher == column);
    pair.map_or(column, |(_, student)| *student)
}

/// The teacher's column for a student's; any other column stays as it is.
pub(super) fn teacher_column(column: Column) -> Column {
    let pair = TEACHER_AND_STUDENT.iter().find(|(_, student)| *student == column);
    pair.map_or(column, |(teacher, _)| *teacher)
}
