//! One pass over the rows of a flat file.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread::{self, ScopedJoinHandle};

use homeroom_model::check_report::Format;
use homeroom_model::column::Column;
use homeroom_model::encoding::Encoding;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::{Profile, ProfileChange};
use homeroom_model::protected::Protected;
use homeroom_model::roster::{OptionalColumns, Roster, Student};
use homeroom_read::{Header, ReadRules, SignatureStatus, Table, TableRow};

use crate::Earlier;
use crate::damage::Proofs;
use crate::half_table::HalfTable;
use crate::halves::{Cells, ClassHalf, Halves, Seen};
use crate::people;
use crate::places;
use crate::remarks;
use crate::rows::{self, RowHalves};
use crate::sets::set_file_of_header;
use crate::students::{APART, Batch, PARTED, Students};

/// What a file, or a set of files, holds.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) format: Format,
    pub(crate) encoding: String,
    pub(crate) separator: String,
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
    pub(crate) roster: Roster,
    pub(crate) protected: Protected,
    pub(crate) ends_mid_row: bool,
    /// Whether the files hold changes only.
    pub(crate) changes_only: bool,
    pub(crate) proposals: Vec<ProfileChange>,
    /// Whether the program that made the file wrote an error message into it.
    pub(crate) export_failed: bool,
}

/// Everything that the pass over the rows gathers.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) classes: Halves<ClassHalf>,
    pub(crate) students: Halves<Student>,
    pub(crate) rows: Vec<RowHalves>,
    /// Names with letters outside ASCII, as understood: proof for a guessed encoding.
    samples: Vec<String>,
}

const CLASS_COLUMNS: [Column; 9] = [
    Column::SchoolId,
    Column::SchoolName,
    Column::TeacherEmail,
    Column::TeacherFirstName,
    Column::TeacherLastName,
    Column::TeacherId,
    Column::TeacherCleverId,
    Column::ClassId,
    Column::ClassName,
];
const STUDENT_COLUMNS: [Column; 7] = [
    Column::StudentFirstName,
    Column::StudentLastName,
    Column::StudentEmail,
    Column::StudentGradeLevel,
    Column::StudentId,
    Column::StudentCleverId,
    Column::StudentUsername,
];

/// Batches that may wait for the other thread.
const BATCHES: usize = 4;

/// Names that are shown as they were understood.
pub(crate) const SAMPLES: usize = 3;

/// Rows with empty cells behind the last column that are looked at for a shift; in a file with more it is a habit.
const SURPLUS: usize = 1_000;

/// How often progress is told, in rows.
const TELL_EVERY: u64 = 16_384;

pub(crate) fn check_table(
    mut table: Table<'_>,
    rules: &ReadRules,
    earlier: &Earlier<'_>,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Contents> {
    let header = table.header().clone();
    let mut contents = Contents {
        encoding: table.encoding().as_str().into(),
        separator: table.separator().to_string(),
        ..Contents::default()
    };
    if header.missing().count() > FEW
        && let Some(alone) = part_of_a_set(header.cells())
    {
        findings.add_whole(alone);
        return Ok(contents);
    }
    contents.proposals = say_header(&table, findings);
    if header.missing().next().is_some() || header.duplicates().next().is_some() {
        return Ok(contents);
    }
    let mut gathered = gather(&mut table, &rules.profile, &mut contents, findings, progress)?;
    say_table(&table, &rules.profile, &gathered.samples, contents.rows, findings);
    // An export that failed lacks rows, as one does that was cut off.
    contents.ends_mid_row = table.ends_mid_row() || contents.export_failed;
    let header_line = table.header_line();
    drop(table);
    if let Some(empty) = empty_column(&header, header_line, &gathered) {
        findings.add_whole(empty);
        return Ok(contents);
    }
    let columns = OptionalColumns {
        teacher_id: header.position(Column::TeacherId).is_some(),
        student_id: header.position(Column::StudentId).is_some(),
        teacher_clever_id: header.position(Column::TeacherCleverId).is_some(),
        student_clever_id: header.position(Column::StudentCleverId).is_some(),
        student_username: header.position(Column::StudentUsername).is_some(),
    };
    if gathered.rows.len() > 1 && !gathered.students.seen.iter().any(|seen| seen.has_grade) {
        let message = format!("The column student_grade_level is empty in all {} rows.", gathered.rows.len());
        let finding = Finding::of_line(FindingCode::GradesMissing, header_line, "", message);
        findings.add_whole(finding.in_column(Column::StudentGradeLevel.name()));
    }
    if let Some(earlier) = earlier() {
        let Gathered { classes, students, .. } = &mut gathered;
        let proofs = Proofs::new(earlier);
        proofs.schools(classes, |half| half.school);
        proofs.classes(classes);
        proofs.teachers(classes, |half| half.teacher);
        proofs.students(students);
    }
    contents.proposals.extend(proposals(&gathered));
    rows::judge(gathered, columns, &mut contents, findings);
    Ok(contents)
}

/// Changes of the profile that mend what stands in many rows.
fn proposals(gathered: &Gathered) -> Vec<ProfileChange> {
    let says = |seen: &[Seen], code| {
        seen.iter().filter(|seen| seen.issues.iter().any(|issue| issue.code == code)).count()
    };
    let (classes, students) = (&gathered.classes.seen, &gathered.students.seen);
    let mut changes = vec![];
    if says(classes, FindingCode::NameEncodedTwice) + says(students, FindingCode::NameEncodedTwice) > 0 {
        changes.push(ProfileChange::EncodedTwice);
    }
    // One class may be a mistake; a tenth of all is how the schools number them.
    let in_two_schools = says(classes, FindingCode::ClassInTwoSchools);
    if in_two_schools >= 4 && in_two_schools * 10 >= classes.len() {
        changes.push(ProfileChange::ClassIdPerSchool);
    }
    changes
}

/// The pass over the rows. Student halves, of which there are many, are told apart and validated on another thread.
fn gather(
    table: &mut Table<'_>,
    profile: &Profile,
    contents: &mut Contents,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Gathered> {
    let header = table.header().clone();
    let class_side = Side::new(&header, &CLASS_COLUMNS);
    let student_side = Side::new(&header, &STUDENT_COLUMNS);
    let columns = Column::ALL.into_iter().filter_map(|column| Some((column, header.position(column)?)));
    let columns = columns.collect::<Vec<_>>();
    let separator = table.separator();
    let students = Students::new(student_side.columns.clone(), separator as u8, profile);
    let (send, receive) = sync_channel(BATCHES);
    let mut gathered = Gathered::default();
    thread::scope(|scope| {
        let students = scope.spawn(move || students.take_all(&receive));
        let mut class_table = HalfTable::default();
        let mut batch = Batch::default();
        let mut scratch = Vec::new();
        let mut surplus = 0;
        while let Some(row) = table.next_row()? {
            if let Some(finding) = remarks::footer(&row) {
                findings.add(finding.code, || finding);
                continue;
            }
            contents.rows += 1;
            let columns = if surplus < SURPLUS { columns.as_slice() } else { &[] };
            if let Some(finding) = remarks::damage(&row, &header, columns) {
                contents.rejected += 1;
                contents.export_failed |= finding.code == FindingCode::ExportError;
                batch.push_damaged(row.bytes);
                findings.add(finding.code, || finding);
            } else {
                surplus += usize::from(row.surplus > 0);
                if row.has_stray_quotes() {
                    findings.add(FindingCode::QuoteInsideCell, || stray_quote(&row, &header));
                }
                let (class, new) = class_table.number(class_side.key(&row, &mut scratch));
                if new {
                    gathered.add_class_half(&header, &row, profile);
                }
                gathered.classes.seen[class as usize].uses.count(row.line);
                batch.push(student_side.key(&row, &mut scratch), row.line);
                gathered.rows.push(RowHalves { class, student: 0, line: row.line });
            }
            if batch.is_full() {
                // The other side takes all batches; should it have panicked, joining it says so.
                let _ = send.send(batch.take());
            }
            if contents.rows.is_multiple_of(TELL_EVERY) {
                progress(table.bytes_read());
            }
        }
        let _ = send.send(batch);
        drop(send);
        drop(class_table);
        places::reject_classes_in_two_schools(&mut gathered.classes);
        gathered.classes.resolve(|half| half.teacher, &people::TEACHERS);
        let mut students = joined(students);
        contents.protected = std::mem::take(&mut students.protected);
        gathered.add_students(students);
        Ok::<_, io::Error>(())
    })?;
    progress(table.bytes_read());
    Ok(gathered)
}

/// Where the columns of one half stand.
struct Side {
    positions: Vec<usize>,
    /// The columns in the order of their positions.
    columns: Vec<Column>,
    /// The positions as a range, when they are neighbours.
    neighbours: Option<std::ops::Range<usize>>,
}

impl Side {
    fn new(header: &Header, columns: &[Column]) -> Side {
        let mut placed = columns
            .iter()
            .filter_map(|column| Some((header.position(*column)?, *column)))
            .collect::<Vec<_>>();
        placed.sort_unstable();
        let (positions, columns): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
        let neighbours = positions.first().zip(positions.last()).map(|(first, last)| *first..last + 1);
        let neighbours = neighbours.filter(|range| range.len() == positions.len());
        Side { positions, columns, neighbours }
    }

    /// The bytes that stand for the half: those of the file, when its cells are neighbours without quotes.
    fn key<'k>(&self, row: &'k TableRow<'_>, scratch: &'k mut Vec<u8>) -> &'k [u8] {
        if let Some(slice) = self.neighbours.clone().and_then(|range| row.slice(range)) {
            return slice;
        }
        scratch.clear();
        scratch.push(APART);
        for position in &self.positions {
            scratch.extend_from_slice(row.cell(*position));
            scratch.push(PARTED);
        }
        scratch
    }
}

impl Gathered {
    fn add_class_half(&mut self, header: &Header, row: &TableRow<'_>, profile: &Profile) {
        let half = self.classes.add(Cells::Row { header, row }, profile, |reader| reader.class_half());
        let names = [half.teacher.last_name, half.teacher.first_name, half.school_name, half.class_name];
        for name in names.map(|name| self.classes.texts.get(name)) {
            if self.samples.len() < SAMPLES
                && !name.is_ascii()
                && !self.samples.iter().any(|known| known == name)
            {
                self.samples.push(name.to_owned());
            }
        }
    }

    fn add_students(&mut self, students: Students<'_>) {
        for (row, student) in self.rows.iter_mut().zip(students.of_rows) {
            row.student = student;
        }
        self.students = students.halves;
        let names = students.samples.iter().map(|name| self.students.texts.get(*name).to_owned());
        self.samples = names.chain(std::mem::take(&mut self.samples)).take(SAMPLES).collect();
    }
}

/// What the thread gave; its panic goes on in this one.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn stray_quote(row: &TableRow<'_>, header: &Header) -> Finding {
    let at = (0..row.len()).find(|at| row.cell(*at).contains(&b'"'));
    let value = String::from_utf8_lossy(at.map_or(&[], |at| row.cell(at))).into_owned();
    let message = format!("A quotation mark stands inside '{value}'; it was kept.");
    let column = at.filter(|at| *at < header.width()).map(|at| header.name_at(at).into());
    Finding { column, ..Finding::of_line(FindingCode::QuoteInsideCell, row.line, value, message) }
}

/// Required columns that a roster may lack and still be meant as one.
const FEW: usize = 3;

/// Says of a header that it is that of one file of several.
pub(crate) fn part_of_a_set(cells: &[String]) -> Option<Finding> {
    let (format, name) = set_file_of_header(cells)?;
    let whose = match format {
        Format::Oneroster => "OneRoster",
        _ => "a Clever sync",
    };
    let message =
        format!("The file looks like {name}.csv of {whose}, which is a roster together with others only.");
    Some(Finding::of_file(FindingCode::SetFileMissing, format!("{name}.csv"), message))
}

/// Says what the header lacks and has too much of; gives the mappings that it proposes.
fn say_header(table: &Table<'_>, findings: &mut Findings) -> Vec<ProfileChange> {
    let (header, line) = (table.header(), table.header_line());
    if let Some(above) = table.line_above_header() {
        let message = format!("The header stands in line {line}; what is above it was skipped.");
        findings.add_whole(Finding::of_line(FindingCode::LinesAboveHeader, 1, above, message));
    }
    let mut proposals = vec![];
    for name in header.missing() {
        let near = Column::named(name).and_then(|column| header.near_miss(column));
        let message = match near {
            Some(near) => format!(
                "The column {name} is missing. Is it the column '{near}'? Then write its name as {name}."
            ),
            None => format!("The column {name} is missing."),
        };
        if let Some(near) = near {
            proposals.push(ProfileChange::Column { cell: near.to_owned(), column: name.to_owned() });
        }
        let finding = Finding::of_line(FindingCode::ColumnMissing, line, near.unwrap_or_default(), message);
        findings.add_whole(finding.in_column(name));
    }
    for (name, first, second) in header.duplicates() {
        let message = format!("'{first}' and '{second}' both mean {name}.");
        findings
            .add_whole(Finding::of_line(FindingCode::ColumnDuplicate, line, second, message).in_column(name));
    }
    for cell in header.ignored() {
        let message = format!("The column '{cell}' is not used.");
        findings.add_whole(
            Finding::of_line(FindingCode::ColumnIgnored, line, cell, message).in_column(cell.to_owned()),
        );
    }
    proposals
}

/// That a file was read in an encoding that nothing proves, with what was understood.
pub(crate) fn guessed_encoding(file: &str, samples: &[String]) -> String {
    let understood = match samples {
        [] => String::new(),
        some => format!(" We understood, for example: {}.", some.join(", ")),
    };
    format!("{file} is not in UTF-8; it was read as Windows-1252.{understood}")
}

/// Says that a file is not signed whose district signs; known when all rows have been read.
pub(crate) fn unsigned(table: &Table<'_>) -> Option<Finding> {
    let code = FindingCode::SignatureMissing;
    (table.signature() == SignatureStatus::Missing).then(|| Finding::of_file(code, "", code.meaning()))
}

fn say_table(table: &Table<'_>, profile: &Profile, samples: &[String], rows: u64, findings: &mut Findings) {
    if table.encoding() == Encoding::Windows1252 && profile.encoding != Some(Encoding::Windows1252) {
        let message = guessed_encoding("The file", samples);
        findings.add_whole(Finding::of_file(FindingCode::EncodingWindows1252, samples.join(", "), message));
    }
    if let Some(unsigned) = unsigned(table) {
        findings.add_whole(unsigned);
    }
    for line in table.repeated_headers() {
        let message = "The header stands here once more; the line was skipped.";
        findings.add(FindingCode::HeaderRepeated, || {
            Finding::of_line(FindingCode::HeaderRepeated, *line, "", message)
        });
    }
    if rows == 0 {
        findings.add_whole(Finding::of_file(FindingCode::NoRows, "", "The file has a header and no rows."));
    }
}

/// A required column without a value in any row: one finding instead of one for each row.
fn empty_column(header: &Header, header_line: u32, gathered: &Gathered) -> Option<Finding> {
    // One row alone may well miss a value.
    if gathered.rows.len() < 2 {
        return None;
    }
    let has_student_id = header.position(Column::StudentId).is_some();
    let missing = [
        (Column::SchoolId, gathered.classes.seen.iter().collect::<Vec<_>>(), FindingCode::SchoolIdMissing),
        (Column::ClassId, gathered.classes.seen.iter().collect(), FindingCode::ClassIdMissing),
        (Column::TeacherEmail, gathered.classes.seen.iter().collect(), FindingCode::TeacherEmailMissing),
        (Column::StudentEmail, gathered.students.seen.iter().collect(), FindingCode::StudentEmailMissing),
    ];
    let (column, ..) = missing.into_iter().find(|(column, seen, code)| {
        let empty = seen.iter().all(|seen| seen.issues.iter().any(|issue| issue.code == *code));
        empty && !(*column == Column::StudentEmail && has_student_id)
    })?;
    let message = format!("The column {} is empty in all {} rows.", column.name(), gathered.rows.len());
    Some(Finding::of_line(FindingCode::ColumnEmpty, header_line, "", message).in_column(column.name()))
}
