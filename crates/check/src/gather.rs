//! The one pass over the rows of a flat file: damaged rows are reported, the others are split into their parts.

use std::io;
use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::thread;

use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::Profile;
use homeroom_read::{Header, Table, TableRow};

use crate::checked_file::CheckedFile;
use crate::damaged_row::{damage, lacks_rows};
use crate::flat_rows::{FlatRow, FlatRows};
use crate::footer::footer;
use crate::part_index::{PartIndex, PartNumber};
use crate::part_reader::PartCells;
use crate::people;
use crate::places;
use crate::row_parts::{ClassPart, RowParts};
use crate::shared_ids;
use crate::student_parts::{AFTER_CELL, Batch, CELLS_APART, StudentParts};
use crate::threads::join;

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

/// How many batches may wait for the other thread.
const MAX_WAITING_BATCHES: usize = 4;

/// In the first rows with empty cells after the last column, a shifted value is searched for; in a file with more such rows the
/// empty cells come from the program that made it.
const MAX_ROWS_WITH_SURPLUS: usize = 1_000;

/// After how many rows progress is reported.
const PROGRESS_EVERY: u64 = 16_384;

/// Reads all rows. Student parts, of which there are many, are numbered and validated on another thread.
pub(crate) fn gather(
    table: &mut Table<'_>,
    profile: &Profile,
    file: &mut CheckedFile,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> io::Result<FlatRows> {
    let header = table.header().clone();
    let mut pass = RowPass::new(&header, profile, file, findings);
    let columns = pass.student_columns.columns.clone();
    let students = StudentParts::new(columns, table.separator() as u8, profile);
    let (send, receive) = sync_channel(MAX_WAITING_BATCHES);
    let rows = thread::scope(|scope| {
        let students = scope.spawn(move || students.read_all(&receive));
        while let Some(row) = table.next_row()? {
            if let Some(finding) = footer(&row) {
                pass.findings.add(finding.code, || finding);
                continue;
            }
            pass.add(&row);
            if pass.batch.is_full() {
                // The other thread takes all batches; if it has panicked, joining it reports that.
                let _ = send.send(pass.batch.take());
            }
            if pass.file.rows.is_multiple_of(PROGRESS_EVERY) {
                progress(table.bytes_read());
            }
        }
        let _ = send.send(pass.batch.take());
        drop(send);
        Ok::<_, io::Error>(pass.finish(|| join(students)))
    })?;
    progress(table.bytes_read());
    Ok(rows)
}

/// The pass over the rows, on the thread that reads the file.
struct RowPass<'p> {
    header: &'p Header,
    profile: &'p Profile,
    file: &'p mut CheckedFile,
    findings: &'p mut Findings,
    class_columns: PartColumns,
    student_columns: PartColumns,
    /// The known columns with their positions.
    columns: Vec<(Column, usize)>,
    class_index: PartIndex,
    class_parts: RowParts<ClassPart>,
    rows: Vec<FlatRow>,
    batch: Batch,
    scratch: Vec<u8>,
    rows_with_surplus: usize,
}

impl<'p> RowPass<'p> {
    fn new(
        header: &'p Header,
        profile: &'p Profile,
        file: &'p mut CheckedFile,
        findings: &'p mut Findings,
    ) -> RowPass<'p> {
        let columns = Column::ALL.into_iter().filter_map(|column| Some((column, header.position(column)?)));
        RowPass {
            header,
            profile,
            file,
            findings,
            class_columns: PartColumns::new(header, &CLASS_COLUMNS),
            student_columns: PartColumns::new(header, &STUDENT_COLUMNS),
            columns: columns.collect(),
            class_index: PartIndex::default(),
            class_parts: RowParts::default(),
            rows: vec![],
            batch: Batch::default(),
            scratch: vec![],
            rows_with_surplus: 0,
        }
    }

    /// Adds a row that is not a footer.
    fn add(&mut self, row: &TableRow<'_>) {
        self.file.rows += 1;
        let columns =
            if self.rows_with_surplus < MAX_ROWS_WITH_SURPLUS { self.columns.as_slice() } else { &[] };
        if let Some(finding) = damage(row, self.header, columns) {
            self.file.rejected += 1;
            self.file.lacks_rows |= lacks_rows(finding.code);
            self.batch.push_damaged(row.bytes);
            self.findings.add(finding.code, || finding);
            return;
        }
        self.rows_with_surplus += usize::from(row.surplus > 0);
        if row.has_stray_quotes() {
            self.findings.add(FindingCode::QuoteInsideCell, || stray_quote(row, self.header));
        }
        let number = self.class_index.number(self.class_columns.bytes(row, &mut self.scratch));
        if let PartNumber::New(_) = number {
            let cells = PartCells::InRow { header: self.header, row };
            self.class_parts.add(cells, self.profile, |reader| reader.class_part());
        }
        let class_part = number.as_u32();
        self.class_parts.notes[class_part as usize].occurrences.add(row.line);
        self.batch.push(self.student_columns.bytes(row, &mut self.scratch), row.line);
        // The other thread knows the number of the student part.
        self.rows.push(FlatRow { class_part, student_part: 0, line: row.line });
    }

    /// Puts both sides together; `join` waits for the other thread.
    fn finish<'s>(self, join: impl FnOnce() -> (StudentParts<'s>, people::People)) -> FlatRows {
        let RowPass { file, class_index, mut class_parts, mut rows, .. } = self;
        drop(class_index);
        places::reject_classes_in_two_schools(&mut class_parts);
        let teachers = people::resolve(&mut class_parts, |part| part.teacher, &people::TEACHER);
        shared_ids::leave_out_of_teachers(&mut class_parts, &teachers);
        let (read, students) = join();
        let StudentParts { parts: mut student_parts, of_rows, protected, .. } = read;
        shared_ids::leave_out_across_roles(&mut class_parts, &mut student_parts);
        file.protected = protected;
        for (row, student_part) in rows.iter_mut().zip(of_rows) {
            row.student_part = student_part;
        }
        FlatRows { class_parts, teachers, student_parts, students, rows }
    }
}

/// Where the columns of one part are.
struct PartColumns {
    positions: Vec<usize>,
    /// The columns in the order of their positions.
    columns: Vec<Column>,
    /// The positions as a range, when they are adjacent.
    adjacent: Option<Range<usize>>,
}

impl PartColumns {
    fn new(header: &Header, columns: &[Column]) -> PartColumns {
        let placed = columns.iter().filter_map(|column| Some((header.position(*column)?, *column)));
        let mut placed = placed.collect::<Vec<_>>();
        placed.sort_unstable();
        let (positions, columns): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
        let range = positions.first().zip(positions.last()).map(|(first, last)| *first..last + 1);
        let adjacent = range.filter(|range| range.len() == positions.len());
        PartColumns { positions, columns, adjacent }
    }

    /// The bytes of a row's part: those of the file, when its cells are adjacent and have no quotes.
    fn bytes<'k>(&self, row: &'k TableRow<'_>, scratch: &'k mut Vec<u8>) -> &'k [u8] {
        if let Some(slice) = self.adjacent.clone().and_then(|range| row.slice(range)) {
            return slice;
        }
        scratch.clear();
        scratch.push(CELLS_APART);
        for position in &self.positions {
            scratch.extend_from_slice(row.cell(*position));
            scratch.push(AFTER_CELL);
        }
        scratch
    }
}

fn stray_quote(row: &TableRow<'_>, header: &Header) -> Finding {
    let at = (0..row.len()).find(|at| row.cell(*at).contains(&b'"'));
    let value = String::from_utf8_lossy(at.map_or(&[], |at| row.cell(at))).into_owned();
    let message = format!("There is a quotation mark inside '{value}'; it was kept.");
    let column = at.filter(|at| *at < header.width()).map(|at| header.name_at(at).into());
    Finding { column, ..Finding::of_line(FindingCode::QuoteInsideCell, row.line, value, message) }
}
