//! Rows that a check rejects, and still name somebody.

use super::sheet::Sheet;
use homeroom_model::Column;

/// Why a row is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The student's address has no `@`.
    StudentAddress,
    /// The teacher's address has two.
    TeacherAddress,
    /// A required cell is empty.
    Missing(Column),
    /// Further cells.
    MoreCells,
    /// Fewer cells.
    FewerCells,
    /// Cells one place to the right.
    Shifted,
    /// A grade or a Clever id that is none, which alone rejects nothing.
    Unreadable(Column),
}

impl Rejection {
    /// All kinds.
    pub const ALL: [Rejection; 16] = [
        Rejection::StudentAddress,
        Rejection::TeacherAddress,
        Rejection::Missing(Column::SchoolId),
        Rejection::Missing(Column::SchoolName),
        Rejection::Missing(Column::TeacherEmail),
        Rejection::Missing(Column::TeacherLastName),
        Rejection::Missing(Column::ClassId),
        Rejection::Missing(Column::ClassName),
        Rejection::Missing(Column::StudentId),
        Rejection::Missing(Column::StudentFirstName),
        Rejection::Missing(Column::StudentEmail),
        Rejection::MoreCells,
        Rejection::FewerCells,
        Rejection::Shifted,
        Rejection::Unreadable(Column::StudentCleverId),
        Rejection::Unreadable(Column::StudentGradeLevel),
    ];
}

/// Spoils a row.
pub(super) fn reject(how: Rejection, sheet: &mut Sheet, at: usize) {
    let style = sheet.style;
    let row = &mut sheet.rows[at];
    let line = || {
        let columns = Column::ALL.into_iter().filter(|column| style.has(*column));
        columns.map(|column| row.cell(column).to_owned()).collect::<Vec<_>>()
    };
    match how {
        Rejection::StudentAddress => {
            let value = row.cell(Column::StudentEmail).replace('@', "");
            row.set(Column::StudentEmail, value);
        }
        Rejection::TeacherAddress => {
            let value = row.cell(Column::TeacherEmail).replace('@', "@@");
            row.set(Column::TeacherEmail, value);
        }
        Rejection::Missing(column) => row.set(column, ""),
        Rejection::MoreCells => row.raw = Some(format!("{},too,many,cells", line().join(","))),
        Rejection::FewerCells => {
            let line = line();
            row.raw = Some(line[..line.len() - 2].join(","));
        }
        Rejection::Shifted => row.raw = Some(format!(",{}", line().join(","))),
        Rejection::Unreadable(column) => row.set(column, "banana"),
    }
}
