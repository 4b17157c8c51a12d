//! Where the entities of a roster are in the file, and which of their values are in doubt.

use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::ids::EntityKind;
use homeroom_model::per_kind::PerKind;
use homeroom_model::roster::{Doubt, Person, RosterOrigin};
use homeroom_model::string_arena::StrId;

use crate::flat_rows::{FlatRow, FlatRows};
use crate::groups::Groups;
use crate::position::Position;
use crate::row_parts::{PartFinding, PartNotes, RowParts};

/// Findings of rows with the key of somebody else.
const SHARED_KEYS: [FindingCode; 2] = [FindingCode::StudentEmailShared, FindingCode::StudentIdShared];

/// So many rows above and below a row are looked at.
const AMID: usize = 2;

/// Findings whose value was left out of the roster.
const LEFT_OUT: [FindingCode; 4] = [
    FindingCode::CleverIdShared,
    FindingCode::CleverIdInvalid,
    FindingCode::UsernameShared,
    FindingCode::GradeUnknown,
];

/// For class parts and for student parts the columns whose value was left out, or is in doubt.
pub(crate) struct LeftOut {
    class_parts: Vec<(u32, Column)>,
    student_parts: Vec<(u32, Column)>,
}

impl LeftOut {
    /// What the findings say of the parts of these rows.
    pub(crate) fn of(flat: &FlatRows, rows: &[FlatRow]) -> LeftOut {
        let of_parts = |notes: &[PartNotes]| {
            let of_part = |(part, notes): (u32, &PartNotes)| {
                let left_out = notes.findings.iter().filter(|finding| LEFT_OUT.contains(&finding.code));
                left_out.map(|finding| (part, finding.column)).collect::<Vec<_>>()
            };
            let with_findings = (0..).zip(notes).filter(|(_, notes)| !notes.findings.is_empty());
            with_findings.flat_map(of_part).collect::<Vec<_>>()
        };
        let mut student_parts = of_parts(&flat.student_parts.notes);
        student_parts.extend(names_amid_others(&flat.student_parts.notes, rows));
        LeftOut { class_parts: of_parts(&flat.class_parts.notes), student_parts }
    }
}

/// The names of students amid rows that stand with the keys of others: a name has slipped there, or they were sorted, also where nothing
/// in the file contradicts it.
fn names_amid_others(notes: &[PartNotes], rows: &[FlatRow]) -> Vec<(u32, Column)> {
    let is_shared = |finding: &PartFinding| SHARED_KEYS.contains(&finding.code);
    let has_key_of_other = notes.iter().map(|notes| notes.findings.iter().any(is_shared)).collect::<Vec<_>>();
    if !has_key_of_other.contains(&true) {
        return vec![];
    }
    let others =
        |rows: &[FlatRow]| rows.iter().filter(|row| has_key_of_other[row.student_part as usize]).count();
    let is_amid = |at: usize| {
        let above = others(&rows[at.saturating_sub(AMID)..at]);
        let below = others(&rows[at + 1..rows.len().min(at + 1 + AMID)]);
        above > 0 && below > 0 && above + below > AMID
    };
    let amid = (0..rows.len()).filter(|at| is_amid(*at)).map(|at| rows[at].student_part);
    amid.flat_map(|part| [Column::StudentFirstName, Column::StudentLastName].map(|column| (part, column)))
        .collect()
}

/// For each part the position in the roster of what it names; `None` when no accepted row has it.
pub(crate) type OfParts = [Option<Position>];

/// The origin of a roster of so many entities.
pub(crate) fn origin(
    flat: &FlatRows,
    of_parts: &PerKind<&OfParts>,
    counts: &PerKind<usize>,
    left_out: &LeftOut,
) -> RosterOrigin {
    let mut origin = RosterOrigin::default();
    for kind in EntityKind::ALL {
        let notes =
            if kind == EntityKind::Student { &flat.student_parts.notes } else { &flat.class_parts.notes };
        *origin.lines.get_mut(kind) = first_lines(of_parts.get(kind), notes, *counts.get(kind));
    }
    let mut doubts = Doubts { found: vec![] };
    doubts.add_left_out(EntityKind::Student, of_parts.students, &left_out.student_parts);
    doubts.add_left_out(EntityKind::Teacher, of_parts.teachers, &left_out.class_parts);
    doubts.add_places(flat, of_parts, counts);
    doubts.add_people(flat, of_parts, counts);
    doubts.found.sort_unstable();
    doubts.found.dedup();
    RosterOrigin { doubts: doubts.found, ..origin }
}

fn first_lines(of_parts: &OfParts, notes: &[PartNotes], count: usize) -> Vec<u32> {
    let mut lines = vec![u32::MAX; count];
    for (position, notes) in of_parts.iter().zip(notes) {
        if let Some(position) = position {
            let line = &mut lines[position.index()];
            *line = notes.occurrences.first_line.min(*line);
        }
    }
    lines
}

struct Doubts {
    found: Vec<Doubt>,
}

impl Doubts {
    fn add_left_out(&mut self, kind: EntityKind, of_parts: &OfParts, left_out: &[(u32, Column)]) {
        let doubt = |(part, column): &(u32, Column)| {
            let position = of_parts[*part as usize]?.as_u32();
            Some(Doubt { kind, position, column: *column })
        };
        self.found.extend(left_out.iter().filter_map(doubt));
    }

    fn add_places(&mut self, flat: &FlatRows, of_parts: &PerKind<&OfParts>, counts: &PerKind<usize>) {
        let RowParts { texts, values, .. } = &flat.class_parts;
        let school = several(counts.schools, of_parts.schools);
        let name = |part: u32| texts.get(values[part as usize].school_name);
        self.add_disputed(EntityKind::School, Column::SchoolName, &school, name);
        let class = several(counts.classes, of_parts.classes);
        let name = |part: u32| texts.get(values[part as usize].class_name);
        self.add_disputed(EntityKind::Class, Column::ClassName, &class, name);
    }

    fn add_people(&mut self, flat: &FlatRows, of_parts: &PerKind<&OfParts>, counts: &PerKind<usize>) {
        type Get = fn(&Person) -> StrId;
        let attributes: [(Column, Column, Get); 3] = [
            (Column::TeacherFirstName, Column::StudentFirstName, |person| person.first_name),
            (Column::TeacherLastName, Column::StudentLastName, |person| person.last_name),
            (Column::TeacherCleverId, Column::StudentCleverId, |person| person.clever_id),
        ];
        let (classes, students) = (&flat.class_parts, &flat.student_parts);
        let teacher = several(counts.teachers, of_parts.teachers);
        let student = several(counts.students, of_parts.students);
        for (of_teacher, of_student, get) in attributes {
            let value = |part: u32| classes.texts.get(get(&classes.values[part as usize].teacher));
            self.add_disputed(EntityKind::Teacher, of_teacher, &teacher, value);
            let value = |part: u32| students.texts.get(get(&students.values[part as usize].person));
            self.add_disputed(EntityKind::Student, of_student, &student, value);
        }
        let username = |part: u32| students.texts.get(students.values[part as usize].username);
        self.add_disputed(EntityKind::Student, Column::StudentUsername, &student, username);
        let grade = |part: u32| students.values[part as usize].grade.map_or("", |grade| grade.code());
        self.add_disputed(EntityKind::Student, Column::StudentGradeLevel, &student, grade);
    }

    /// Adds those of these entities that have several values in the file.
    fn add_disputed<'v>(
        &mut self,
        kind: EntityKind,
        column: Column,
        entities: &[(u32, Vec<u32>)],
        value: impl Fn(u32) -> &'v str,
    ) {
        for (position, parts) in entities {
            let mut given = parts.iter().map(|part| value(*part)).filter(|value| !value.is_empty());
            let first = given.next();
            if given.any(|value| Some(value) != first) {
                self.found.push(Doubt { kind, position: *position, column });
            }
        }
    }
}

/// The positions of the entities that several parts name, with these parts.
fn several(count: usize, of_parts: &OfParts) -> Vec<(u32, Vec<u32>)> {
    if of_parts.iter().flatten().count() == count {
        return vec![];
    }
    let groups = Groups::new(count, of_parts.iter().copied());
    let several = (0..).zip(groups.iter()).filter(|(_, parts)| parts.len() > 1);
    several.map(|(position, parts)| (position, parts.to_vec())).collect()
}
