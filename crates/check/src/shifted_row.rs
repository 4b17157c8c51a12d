//! Finds the value whose separator shifted the cells of a row.

use std::cmp::Reverse;

use homeroom_model::column::Column;
use homeroom_model::email::Email;
use homeroom_model::grade::Grade;
use homeroom_read::TableRow;

/// The value with a separator inside, and its column.
pub(crate) struct ShiftedValue {
    pub(crate) column: Column,
    pub(crate) value: String,
}

/// With more surplus cells than this the row is not examined.
const MAX_SURPLUS: usize = 3;

/// Tries the surplus cells as part of each column in turn. The answer is the column with which all values fit their columns
/// best, if they fit better than where they are and no other column does as well.
pub(crate) fn find_shifted_value(
    row: &TableRow<'_>,
    width: usize,
    surplus: usize,
    columns: &[(Column, usize)],
) -> Option<ShiftedValue> {
    if surplus == 0 || surplus > MAX_SURPLUS {
        return None;
    }
    let scores = (0..width + surplus)
        .map(|at| FitScores::new(&String::from_utf8_lossy(row.cell(at))))
        .collect::<Vec<_>>();
    let mut candidates = columns
        .iter()
        .filter(|(column, _)| value_kind(*column) == ValueKind::Name)
        .map(|(column, position)| {
            let moved = |at: usize| if at > *position { at + surplus } else { at };
            let others = columns.iter().filter(|(_, at)| at != position);
            let fit = others.map(|(column, at)| scores[moved(*at)].in_column(*column)).sum::<i32>();
            // People write a blank after a comma, and `Jr.` after the comma of a name.
            let joined = (position + 1..=position + surplus).map(|at| row.cell(at));
            let all_begin_blank = joined.clone().all(|cell| cell.starts_with(b" "));
            let has_suffix = joined.clone().any(|cell| is_suffix(cell.trim_ascii()));
            (fit + i32::from(all_begin_blank) * 2 + i32::from(has_suffix) * 3, *column, *position)
        })
        .collect::<Vec<_>>();
    candidates.sort_by_key(|(fit, ..)| Reverse(*fit));
    let (best, column, position) = *candidates.first()?;
    let unmoved = columns.iter().map(|(column, at)| scores[*at].in_column(*column)).sum::<i32>();
    if best <= unmoved || candidates.get(1).is_some_and(|(next, ..)| *next == best) {
        return None;
    }
    let cells = (position..=position + surplus).map(|at| String::from_utf8_lossy(row.cell(at)).into_owned());
    Some(ShiftedValue { column, value: cells.collect::<Vec<_>>().join(",").trim().to_owned() })
}

/// What kind of values a column has.
#[derive(Clone, Copy, PartialEq)]
enum ValueKind {
    Email,
    Grade,
    Id,
    Name,
}

fn value_kind(column: Column) -> ValueKind {
    match column {
        Column::TeacherEmail | Column::StudentEmail => ValueKind::Email,
        Column::StudentGradeLevel => ValueKind::Grade,
        Column::SchoolName
        | Column::ClassName
        | Column::TeacherFirstName
        | Column::TeacherLastName
        | Column::StudentFirstName
        | Column::StudentLastName => ValueKind::Name,
        Column::SchoolId
        | Column::ClassId
        | Column::TeacherId
        | Column::StudentId
        | Column::TeacherCleverId
        | Column::StudentCleverId
        | Column::StudentUsername => ValueKind::Id,
    }
}

/// The longest grade that people write, in bytes.
const MAX_GRADE_LENGTH: usize = 16;

/// How well a value fits each kind of column: the higher, the better.
struct FitScores {
    email: i32,
    grade: i32,
    id: i32,
    name: i32,
}

impl FitScores {
    fn new(value: &str) -> FitScores {
        let value = value.trim();
        let (has_at, is_suffix) = (value.contains('@'), is_suffix(value.as_bytes()));
        FitScores {
            email: if has_at && Email::parse(value).is_some() { 8 } else { -8 },
            grade: match value.len() {
                0 => 4,
                1..=MAX_GRADE_LENGTH if Grade::parse(value).is_some() => 4,
                _ => -4,
            },
            id: match (has_at || is_suffix, value.contains(' ')) {
                (true, _) => -4,
                (false, true) => -1,
                (false, false) => 1,
            },
            name: match (has_at, is_suffix) {
                (true, _) => -8,
                (false, true) => -2,
                (false, false) => 0,
            },
        }
    }

    fn in_column(&self, column: Column) -> i32 {
        match value_kind(column) {
            ValueKind::Email => self.email,
            ValueKind::Grade => self.grade,
            ValueKind::Id => self.id,
            ValueKind::Name => self.name,
        }
    }
}

/// Whether a value is what follows a name and a comma.
fn is_suffix(value: &[u8]) -> bool {
    [&b"Jr"[..], b"Jr.", b"Sr", b"Sr.", b"II", b"III", b"IV", b"Ph.D.", b"PhD", b"Ed.D.", b"M.Ed."]
        .iter()
        .any(|suffix| value.eq_ignore_ascii_case(suffix))
}
