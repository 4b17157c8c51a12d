//! A student over the rows below: the cells were dragged over the rows of others, who are missing in the class.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::stored::StoredRoster;

use crate::class_students::ClassStudents;
use crate::flat_rows::FlatRows;
use crate::row_parts::{PartFinding, RowParts};
use crate::two_classes::keys;

/// A row that is there twice says nothing.
const MIN_COPIES: usize = 3;

/// The same row several times, one after the other.
struct Copies {
    rows: (usize, usize),
    /// The classes of the row, of the one above it and of the one below it.
    classes: HashSet<String>,
}

/// Rejects the copies of rows that stand one after the other, if at least as many students are missing in their class, and in those above
/// and below them. Where only one of them is in order, the export repeats its rows, and nothing is missing.
pub(crate) fn reject_dragged_students(flat: &mut FlatRows, stored: &StoredRoster, protected: &mut Protected) {
    let copies = copies(flat);
    if copies.is_empty() {
        return;
    }
    let missing = missing(flat, &copies, stored);
    let is_dragged = |copies: &Copies| {
        let missing = copies.classes.iter().map(|class| missing[class]).sum::<usize>();
        missing >= copies.rows.1 - copies.rows.0 - 1
    };
    if !copies.iter().all(is_dragged) {
        return;
    }
    for Copies { rows: (start, end), classes } in copies {
        for class in classes.iter().filter(|class| missing[*class] > 0) {
            protected.protect(ProtectedAs::ClassOfUnknownStudent, class);
        }
        let RowParts { texts, values, .. } = &flat.student_parts;
        let person = values[flat.rows[start].student_part as usize].person;
        let message = format!(
            "The row of {} stands here {} times, and students of the class are missing: most likely it was dragged over the rows of others.",
            person.full_name(texts),
            end - start,
        );
        let finding = PartFinding::new(
            FindingCode::StudentDraggedDown,
            Column::StudentEmail,
            texts.get(person.email),
            message,
        );
        (start + 1..end).for_each(|at| flat.reject_row(at, finding.clone()));
    }
}

fn copies(flat: &FlatRows) -> Vec<Copies> {
    let parts = |at: usize| (flat.rows[at].class_part, flat.rows[at].student_part);
    let (mut found, mut start) = (Vec::new(), 0);
    while start < flat.rows.len() {
        let end =
            (start + 1..flat.rows.len()).find(|at| parts(*at) != parts(start)).unwrap_or(flat.rows.len());
        if end - start >= MIN_COPIES {
            let rows = start.saturating_sub(1)..flat.rows.len().min(end + 1);
            let classes = flat.rows[rows].iter().map(|row| flat.class_of(row).to_owned()).collect();
            found.push(Copies { rows: (start, end), classes });
        }
        start = end;
    }
    found
}

/// For each of the classes how many of its stored students are not in it in the file.
fn missing(flat: &FlatRows, copies: &[Copies], stored: &StoredRoster) -> HashMap<String, usize> {
    let classes = copies.iter().flat_map(|copies| &copies.classes);
    let mut listed = classes.map(|class| (class.as_str(), HashSet::new())).collect::<HashMap<_, _>>();
    let RowParts { texts, values, .. } = &flat.student_parts;
    for row in &flat.rows {
        if let Some(listed) = listed.get_mut(flat.class_of(row)) {
            listed.extend(keys(texts, values[row.student_part as usize].person));
        }
    }
    let students = ClassStudents::new(stored);
    let missing = |(class, listed): (&str, HashSet<&str>)| {
        let of_class = students.of(class);
        let is_missing = |keys: &&Vec<&str>| !keys.iter().any(|key| listed.contains(key));
        (class.to_owned(), of_class.iter().filter(is_missing).count())
    };
    listed.into_iter().map(missing).collect()
}
