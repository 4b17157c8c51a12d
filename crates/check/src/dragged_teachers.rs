//! The teacher of a class over the first or last rows of the class beside it in the file: the cells were dragged over too many rows.

use std::cell::OnceCell;

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::stored::StoredRoster;

use crate::flat_rows::{FlatRow, FlatRows};
use crate::row_parts::{ClassPart, PartFinding, RowParts};
use crate::two_classes::{StoredClass, keys, stored_classes};

/// Rows of one class and teacher that stand one after the other, and all of them there are.
struct Stretch {
    part: u32,
    /// The part of the same class, on one side of the stretch.
    own: u32,
    /// The part of the same teacher, on the other side.
    other: u32,
    rows: (usize, usize),
}

/// So many times as many rows of the class must have its own teacher: in two halves, two teachers share a class.
const OWN_ROWS: u32 = 2;

/// Rejects rows of a class with the teacher of the class above or below them, when the other rows, of other students, have the teacher
/// that it had until now. Who comes as a second teacher stands with the students of the first one, or elsewhere in the file.
pub(crate) fn reject_dragged_teachers(flat: &mut FlatRows, stored: &StoredRoster) {
    let classes = OnceCell::new();
    let classes = || classes.get_or_init(|| stored_classes(stored));
    let mut dragged = stretches(flat);
    dragged.retain(|stretch| is_dragged(&flat.class_parts, stretch, classes()));
    if dragged.is_empty() {
        return;
    }
    {
        let shared = students_of_others(flat, &dragged);
        let is_shared = |row: &FlatRow| shared.contains(&key_of(flat, row));
        dragged.retain(|stretch| !rows_in(flat, stretch).iter().any(is_shared));
    }
    for Stretch { part, own, other, .. } in dragged {
        let RowParts { texts, values, notes } = &mut flat.class_parts;
        let [part_of, own, other] = [part, own, other].map(|part| values[part as usize]);
        let message = format!(
            "{} teaches {} beside these rows, and the other rows of {} have {}: most likely the teacher's cells were dragged over too many \
             rows.",
            part_of.teacher.full_name(texts),
            texts.get(other.class),
            texts.get(part_of.class),
            own.teacher.full_name(texts),
        );
        let email = texts.get(part_of.teacher.email);
        let finding = PartFinding::new(FindingCode::TeacherDraggedDown, Column::TeacherEmail, email, message);
        notes[part as usize].add(finding);
    }
}

/// The stretches between a part of the same teacher and one of the same class.
fn stretches(flat: &FlatRows) -> Vec<Stretch> {
    let RowParts { texts, values, notes } = &flat.class_parts;
    let part_at = |at: usize| flat.rows[at].class_part;
    let rows_of = |part: u32| notes[part as usize].occurrences.rows;
    let is_same_class = |one: u32, other: u32| {
        texts.get(values[one as usize].class) == texts.get(values[other as usize].class)
    };
    let is_same_teacher = |one: u32, other: u32| {
        let [one, other] = [one, other].map(|part| values[part as usize].teacher);
        texts.get(one.email) == texts.get(other.email) && texts.get(one.sis_id) == texts.get(other.sis_id)
    };
    let (mut found, mut start) = (Vec::new(), 0);
    while start < flat.rows.len() {
        let part = part_at(start);
        let length = flat.rows[start..].iter().take_while(|row| row.class_part == part).count();
        let rows = (start, start + length);
        let is_whole = rows_of(part) as usize == length && !notes[part as usize].rejected;
        if is_whole && start > 0 && rows.1 < flat.rows.len() {
            let (before, after) = (part_at(start - 1), part_at(rows.1));
            for (other, own) in [(before, after), (after, before)] {
                if is_same_teacher(part, other)
                    && !is_same_class(part, other)
                    && is_same_class(part, own)
                    && !is_same_teacher(part, own)
                    && rows_of(own) >= rows_of(part) * OWN_ROWS
                {
                    found.push(Stretch { part, own, other, rows });
                }
            }
        }
        start = rows.1;
    }
    found
}

/// Whether the class had only its own teacher of the two until now, and the other class the other one.
fn is_dragged(
    parts: &RowParts<ClassPart>,
    stretch: &Stretch,
    stored: &HashMap<&str, StoredClass<'_>>,
) -> bool {
    let RowParts { texts, values, .. } = parts;
    let [part, own, other] = [stretch.part, stretch.own, stretch.other].map(|part| values[part as usize]);
    let teaches = |class: &ClassPart, teacher: &ClassPart| {
        let stored = stored.get(texts.get(class.class))?;
        Some(keys(texts, teacher.teacher).any(|key| stored.teachers.contains(key)))
    };
    teaches(&part, &part) == Some(false)
        && teaches(&own, &own) == Some(true)
        && teaches(&other, &part) == Some(true)
}

fn rows_in<'f>(flat: &'f FlatRows, stretch: &Stretch) -> &'f [FlatRow] {
    &flat.rows[stretch.rows.0..stretch.rows.1]
}

/// The class and the student of a row.
fn key_of<'f>(flat: &'f FlatRows, row: &FlatRow) -> (&'f str, u32) {
    let class = flat.class_parts.values[row.class_part as usize].class;
    (flat.class_parts.texts.get(class), row.student_part)
}

/// The students of the same classes in rows of other parts.
fn students_of_others<'f>(flat: &'f FlatRows, dragged: &[Stretch]) -> HashSet<(&'f str, u32)> {
    let parts = dragged.iter().map(|stretch| stretch.part).collect::<HashSet<_>>();
    let classes = dragged.iter().map(|stretch| key_of(flat, &rows_in(flat, stretch)[0]).0);
    let classes = classes.collect::<HashSet<_>>();
    let others = flat.rows.iter().filter(|row| !parts.contains(&row.class_part));
    others.map(|row| key_of(flat, row)).filter(|(class, _)| classes.contains(class)).collect()
}
