//! What can happen to a column on its way.

use homeroom_model::Column;

use crate::district::{COLUMNS, Row, at};

/// What happened to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its cells are empty.
    Emptied,
    /// Every second cell is empty.
    HalfEmptied,
    /// Its letters outside ASCII became question marks.
    LettersLost,
    /// UTF-8 was read as Windows-1252.
    Misread,
    /// Numbers became decimal numbers.
    Decimal,
    /// Formulas stand around the values.
    Formula,
    /// An error of a spreadsheet stands in each cell.
    SheetError,
    /// Leading zeros are lost.
    ZerosLost,
    /// One cell was dragged down over the others.
    Dragged,
    /// A series was filled down: the number at the end grows.
    Series,
    /// Each cell has slipped this many rows.
    Slipped(isize),
    /// It was sorted alone.
    Sorted,
    /// It stands in the other order.
    Reversed,
    /// It changed places with the next column of the same sort.
    Exchanged,
    /// It holds what the other column of the same sort has, and that one is as it was.
    Copied,
}

pub(crate) const KINDS: [Kind; 18] = [
    Kind::Emptied,
    Kind::HalfEmptied,
    Kind::LettersLost,
    Kind::Misread,
    Kind::Decimal,
    Kind::Formula,
    Kind::SheetError,
    Kind::ZerosLost,
    Kind::Dragged,
    Kind::Series,
    Kind::Slipped(1),
    Kind::Slipped(-1),
    Kind::Slipped(2),
    Kind::Slipped(7),
    Kind::Sorted,
    Kind::Reversed,
    Kind::Exchanged,
    Kind::Copied,
];

/// The rows in which it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    All,
    Second,
    Middle,
    OneSchool,
    OneGrade,
    OneClass,
}

pub(crate) const EXTENTS: [Extent; 6] =
    [Extent::All, Extent::Second, Extent::Middle, Extent::OneSchool, Extent::OneGrade, Extent::OneClass];

impl Extent {
    /// The positions of its rows.
    pub(crate) fn positions(self, rows: &[Row]) -> Vec<usize> {
        let same = |column: Column| {
            let value = &rows[rows.len() / 2][at(column)];
            (0..rows.len()).filter(|row| &rows[*row][at(column)] == value).collect()
        };
        match self {
            Extent::All => (0..rows.len()).collect(),
            Extent::Second => (rows.len() / 2..rows.len()).collect(),
            Extent::Middle => (rows.len() / 3..rows.len() / 3 + 14.min(rows.len() / 2)).collect(),
            Extent::OneSchool => same(Column::SchoolId),
            Extent::OneGrade => same(Column::StudentGradeLevel),
            Extent::OneClass => same(Column::ClassId),
        }
    }
}

/// The column that one is confused with.
fn other(column: Column) -> Option<Column> {
    let pairs = [
        (Column::SchoolId, Column::ClassId),
        (Column::SchoolName, Column::ClassName),
        (Column::TeacherEmail, Column::StudentEmail),
        (Column::TeacherFirstName, Column::TeacherLastName),
        (Column::StudentFirstName, Column::StudentLastName),
        (Column::TeacherId, Column::StudentId),
        (Column::TeacherCleverId, Column::StudentCleverId),
        (Column::StudentUsername, Column::StudentId),
        (Column::StudentGradeLevel, Column::StudentId),
    ];
    let find = |(left, right): (Column, Column)| match column {
        column if column == left => Some(right),
        column if column == right => Some(left),
        _ => None,
    };
    pairs.into_iter().find_map(find)
}

impl Kind {
    /// Lets it happen to a column in these rows; `None` when it does not apply or changes nothing.
    pub(crate) fn apply(self, rows: &[Row], column: Column, positions: &[usize]) -> Option<Vec<Row>> {
        let mut damaged = rows.to_vec();
        let cell = at(column);
        let values = positions.iter().map(|row| rows[*row][cell].clone()).collect::<Vec<_>>();
        let each =
            |change: &dyn Fn(&str) -> String| values.iter().map(|value| change(value)).collect::<Vec<_>>();
        let new = match self {
            Kind::Emptied => each(&|_| String::new()),
            Kind::HalfEmptied => values
                .iter()
                .enumerate()
                .map(|(at, value)| if at % 2 == 0 { String::new() } else { value.clone() })
                .collect(),
            Kind::LettersLost => {
                each(&|value| value.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect())
            }
            Kind::Misread => each(&misread),
            Kind::Decimal if values.iter().all(|value| is_number(value)) => {
                each(&|value| format!("{value}.0"))
            }
            Kind::Formula if values.iter().all(|value| is_number(value)) => {
                each(&|value| format!("=\"{value}\""))
            }
            Kind::SheetError => each(&|_| "#REF!".to_owned()),
            Kind::ZerosLost if values.iter().all(|value| is_number(value)) => {
                each(&|value| value.trim_start_matches('0').to_owned())
            }
            Kind::Dragged => vec![values.first()?.clone(); values.len()],
            Kind::Series => series(values.first()?, values.len())?,
            Kind::Slipped(by) => {
                let mut new = values.clone();
                let by = by.rem_euclid(values.len().max(1) as isize) as usize;
                new.rotate_left(by);
                new
            }
            Kind::Sorted => {
                let mut new = values.clone();
                new.sort_by_key(|value| value.chars().rev().collect::<String>());
                new
            }
            Kind::Reversed => values.iter().rev().cloned().collect(),
            Kind::Exchanged | Kind::Copied => {
                let other = at(other(column)?);
                for row in positions {
                    damaged[*row][cell].clone_from(&rows[*row][other]);
                    if self == Kind::Exchanged {
                        damaged[*row][other].clone_from(&rows[*row][cell]);
                    }
                }
                return (damaged != rows).then_some(damaged);
            }
            Kind::Decimal | Kind::Formula | Kind::ZerosLost => return None,
        };
        positions.iter().zip(new).for_each(|(row, value)| damaged[*row][cell] = value);
        (damaged != rows).then_some(damaged)
    }
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn misread(value: &str) -> String {
    value.bytes().map(char::from).collect()
}

/// What a spreadsheet fills down from one cell: the last number in it grows.
fn series(first: &str, count: usize) -> Option<Vec<String>> {
    let end = first.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = first[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let start = start.max(end.saturating_sub(9));
    let (number, width) = (first[start..end].parse::<usize>().ok()?, end - start);
    Some(
        (0..count).map(|at| format!("{}{:0width$}{}", &first[..start], number + at, &first[end..])).collect(),
    )
}

/// Whether nothing tells it from a correction: the values of a single person or place became others.
pub(crate) fn is_correction(kind: Kind, column: Column, rows: &[Row], damaged: &[Row]) -> bool {
    use Kind::{Decimal, Formula, LettersLost, Misread, ZerosLost};
    let key = at(match column {
        Column::SchoolId | Column::SchoolName => Column::SchoolId,
        Column::ClassId | Column::ClassName => Column::ClassId,
        column if column.name().starts_with("teacher") => Column::TeacherEmail,
        _ => Column::StudentEmail,
    });
    let changed = rows.iter().zip(damaged).filter(|(row, damaged)| row != damaged);
    let mut changed = changed.map(|(row, _)| row[key].as_str()).collect::<Vec<_>>();
    changed.sort_unstable();
    changed.dedup();
    changed.len() == 1 && !matches!(kind, LettersLost | Misread | Decimal | Formula | ZerosLost)
}

/// The columns that can be tried: those that are not empty.
pub(crate) fn columns(rows: &[Row]) -> impl Iterator<Item = Column> {
    let filled = COLUMNS.into_iter().filter(|column| rows.iter().any(|row| !row[at(*column)].is_empty()));
    filled.collect::<Vec<_>>().into_iter()
}
