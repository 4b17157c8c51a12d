//! One file of a set: its rows under the names of the specification.

use std::io;

use homeroom_model::column::{Column, plain};
use homeroom_model::encoding::Encoding;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::Protected;
use homeroom_read::{FileSet, Header, Opened, ReadRules, Table, TableRow};

use crate::flat::{SAMPLES, guessed_encoding, unsigned};
use crate::halves::{Cells, HalfReader, Issue, Seen};
use crate::protect;
use crate::remarks;
use crate::sets::family::{Family, Kind};
use crate::sets::parts::Rows;
use crate::values::clean;

/// What reading files gathers besides their values.
#[derive(Default)]
pub(super) struct Said {
    pub(super) findings: Findings,
    pub(super) protected: Protected,
    pub(super) rows: u64,
    pub(super) rejected: u64,
    pub(super) ends_mid_row: bool,
    pub(super) encoding: String,
    pub(super) separator: String,
    pub(super) bytes: u64,
    /// That the set is not signed.
    pub(super) unsigned: Option<Finding>,
}

impl Said {
    pub(super) fn append(&mut self, other: Said) {
        self.findings.append(other.findings);
        self.protected.append(&other.protected);
        self.rows += other.rows;
        self.rejected += other.rejected;
        self.ends_mid_row |= other.ends_mid_row;
        self.bytes += other.bytes;
        self.unsigned = self.unsigned.take().or(other.unsigned);
        if self.encoding.is_empty() {
            (self.encoding, self.separator) = (other.encoding, other.separator);
        }
    }

    /// Says something about a row; whether it is dropped is another matter.
    pub(super) fn say(&mut self, file: &str, finding: impl FnOnce() -> Finding, code: FindingCode) {
        self.findings.add(code, || Finding { file: Some(file.into()), ..finding() });
    }

    /// Drops a row whose cells cannot be told: each may be the key of anything.
    fn reject_damaged(&mut self, row: &[u8], separator: char) {
        self.rejected += 1;
        protect::damaged_row(&mut self.protected, row, separator as u8);
    }
}

/// A file's name, its kind, and where its columns stand.
pub(super) struct Fields<'k> {
    pub(super) file: &'k str,
    kind: &'k Kind,
    positions: Vec<Option<usize>>,
    cells: Vec<String>,
}

impl<'k> Fields<'k> {
    fn new(file: &'k str, kind: &'k Kind, header: &Header) -> Fields<'k> {
        let positions = (0..kind.fields.len()).map(|field| header.position(field)).collect();
        Fields { file, kind, positions, cells: header.cells().to_vec() }
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.positions[self.kind.number(name)].is_some()
    }

    /// A cell as it stands in the row.
    pub(super) fn raw<'r>(&self, row: &'r TableRow<'_>, name: &str) -> &'r [u8] {
        self.positions[self.kind.number(name)].map_or(&[], |at| row.cell(at))
    }

    /// A cell as text, cleaned.
    pub(super) fn text(&self, row: &TableRow<'_>, name: &str) -> String {
        clean(self.raw(row, name)).text.into_owned()
    }

    /// The columns and cells that the flat CSV has too.
    pub(super) fn flat<'r>(&self, row: &'r TableRow<'_>) -> Vec<(Column, &'r [u8])> {
        let fields = self.kind.fields.iter().zip(&self.positions);
        fields
            .filter_map(|(field, at)| Some((field.flat()?, at.map_or(&[][..], |at| row.cell(at)))))
            .collect()
    }

    /// The names of the columns that the flat CSV has too, as the file writes them.
    pub(super) fn names(&self) -> ColumnNames {
        let fields = self.kind.fields.iter().zip(&self.positions);
        let names = fields.filter_map(|(field, at)| {
            Some((field.flat()?, at.map_or_else(|| field.name().into(), |at| self.cells[at].clone())))
        });
        ColumnNames { file: self.file.into(), names: names.collect() }
    }
}

/// A file, and how it calls its columns.
#[derive(Clone, Default)]
pub(super) struct ColumnNames {
    pub(super) file: String,
    names: Vec<(Column, String)>,
}

impl ColumnNames {
    /// What was found about a value, as a finding of this file.
    pub(super) fn finding(&self, issue: &Issue, line: u32) -> Finding {
        let same = of_student(issue.column);
        let name = self.names.iter().find(|(column, _)| [issue.column, same].contains(column));
        let name = name.map_or(issue.column.name(), |(_, name)| name);
        let message = issue.message.replace(issue.column.name(), name);
        Finding {
            file: Some(self.file.as_str().into()),
            proposed: issue.proposed.clone().map(String::from),
            ..Finding::of_line(issue.code, line, issue.value.clone(), message).in_column(name.to_owned())
        }
    }
}

/// The columns of teachers and students that OneRoster has in one file.
const OF_PEOPLE: [(Column, Column); 4] = [
    (Column::TeacherId, Column::StudentId),
    (Column::TeacherEmail, Column::StudentEmail),
    (Column::TeacherFirstName, Column::StudentFirstName),
    (Column::TeacherLastName, Column::StudentLastName),
];

/// The student's column for a teacher's; any other is left as it is.
fn of_student(column: Column) -> Column {
    OF_PEOPLE.iter().find(|(teacher, _)| *teacher == column).map_or(column, |(_, student)| *student)
}

/// The teacher's column for a student's; any other is left as it is.
pub(super) fn of_teacher(column: Column) -> Column {
    OF_PEOPLE.iter().find(|(_, student)| *student == column).map_or(column, |(teacher, _)| *teacher)
}

/// Reads one file. `each` gets its rows in order, and builds up the answer; should the file turn out to be in
/// another encoding, all begins anew. `None` when the file is no such table, which is said.
pub(super) fn read_rows<T: Default>(
    set: &FileSet<'_>,
    rules: &ReadRules,
    kind: &Kind,
    (file, name): (usize, &str),
    said: &mut Said,
    mut each: impl FnMut(&mut T, &Fields<'_>, &TableRow<'_>, &mut Said),
) -> io::Result<Option<T>> {
    let (read, more) = set.read(file, &kind.vocabulary(), |opened| {
        let mut said = Said::default();
        let Opened::Table(mut table) = opened else {
            let refusal = Finding { file: Some(name.into()), ..crate::refusal::finding(&opened) };
            said.findings.add_whole(refusal);
            return Ok((None, said));
        };
        let fields = Fields::new(name, kind, table.header());
        let mut read = T::default();
        let guessed = table.encoding() == Encoding::Windows1252;
        let mut samples = Vec::<String>::new();
        each_row(&mut table, &fields, &mut said, |row, said| {
            if guessed && samples.len() < SAMPLES {
                let cells = (0..row.len()).map(|at| String::from_utf8_lossy(row.cell(at)).into_owned());
                let new =
                    cells.filter(|cell| !cell.is_ascii() && !samples.contains(cell)).collect::<Vec<_>>();
                samples.extend(new);
            }
            each(&mut read, &fields, row, said);
        })?;
        samples.truncate(SAMPLES);
        say_encoding(&table, rules, name, &samples, &mut said);
        Ok((Some(read), said))
    })?;
    said.append(more);
    Ok(read)
}

/// What reading each of the files needs.
pub(super) struct Reading<'r> {
    pub(super) set: &'r FileSet<'r>,
    pub(super) family: &'r Family,
    pub(super) rules: &'r ReadRules,
}

impl Reading<'_> {
    /// Reads the file of a kind into `things`; `false` when it is no such table. A file that is not there has no rows.
    pub(super) fn things<T: Default>(
        &self,
        kind: &Kind,
        said: &mut Said,
        things: &mut T,
        each: impl FnMut(&mut T, &Fields<'_>, &TableRow<'_>, &mut Said),
    ) -> io::Result<bool> {
        let Some(file) = self.family.file(kind) else { return Ok(true) };
        let read = read_rows(self.set, self.rules, kind, file, said, each)?;
        let complete = read.is_some();
        *things = read.unwrap_or_default();
        Ok(complete)
    }
}

/// Adds a thing whose columns are those of the flat CSV.
pub(super) fn add<H: Copy>(
    rows: &mut Rows<H>,
    fields: &Fields<'_>,
    row: &TableRow<'_>,
    key: &str,
    rules: &ReadRules,
    read: impl FnOnce(HalfReader<'_, '_>) -> (H, Seen),
) {
    let (columns, cells): (Vec<_>, Vec<_>) = fields.flat(row).into_iter().unzip();
    rows.add(fields, row, key, Cells::Listed { columns: &columns, cells: &cells }, &rules.profile, read);
}

/// Says what the headers of all files lack; `false` when one of them is no such table.
pub(super) fn say_headers(set: &FileSet<'_>, family: &Family, said: &mut Said) -> io::Result<bool> {
    let mut complete = true;
    for (kind, file, name) in family.files() {
        complete &= set.read(file, &kind.vocabulary(), |opened| match opened {
            Opened::Table(table) => Ok(say_header(&table, name, said)),
            refused => {
                let refusal = Finding { file: Some(name.into()), ..crate::refusal::finding(&refused) };
                said.findings.add_whole(refusal);
                Ok(false)
            }
        })?;
    }
    Ok(complete)
}

fn each_row(
    table: &mut Table<'_>,
    fields: &Fields<'_>,
    said: &mut Said,
    mut each: impl FnMut(&TableRow<'_>, &mut Said),
) -> io::Result<()> {
    let header = table.header().clone();
    let separator = table.separator();
    while let Some(row) = table.next_row()? {
        if let Some(footer) = remarks::footer(&row) {
            said.say(fields.file, || footer, FindingCode::FooterSkipped);
            continue;
        }
        said.rows += 1;
        if let Some(damage) = remarks::damage(&row, &header, &[]) {
            said.ends_mid_row |= damage.code == FindingCode::ExportError;
            let code = damage.code;
            said.say(fields.file, || damage, code);
            said.reject_damaged(row.bytes, separator);
        } else {
            each(&row, said);
        }
    }
    said.ends_mid_row |= table.ends_mid_row();
    said.encoding = table.encoding().as_str().into();
    said.separator = separator.to_string();
    said.bytes = table.bytes_taken();
    Ok(())
}

/// Says what the header lacks; `false` when the file cannot be read without it.
fn say_header(table: &Table<'_>, file: &str, said: &mut Said) -> bool {
    let (header, line) = (table.header(), table.header_line());
    let mut complete = true;
    for name in header.missing() {
        complete = false;
        // Export templates that were not edited put a letter before the name: `a_sourcedId`.
        let near = header.ignored().find(|cell| plain(cell).ends_with(&plain(name)));
        let message = match near {
            Some(near) => format!(
                "The column {name} of {file} is missing. Is it the column '{near}'? Then write its name as {name}."
            ),
            None => format!("The column {name} of {file} is missing."),
        };
        let finding = || {
            Finding::of_line(FindingCode::ColumnMissing, line, near.unwrap_or_default(), message)
                .in_column(name)
        };
        said.say(file, finding, FindingCode::ColumnMissing);
    }
    for (name, first, second) in header.duplicates() {
        complete = false;
        let message = format!("'{first}' and '{second}' both mean {name}.");
        let finding =
            || Finding::of_line(FindingCode::ColumnDuplicate, line, second, message).in_column(name);
        said.say(file, finding, FindingCode::ColumnDuplicate);
    }
    complete
}

fn say_encoding(table: &Table<'_>, rules: &ReadRules, file: &str, samples: &[String], said: &mut Said) {
    // The whole archive is signed or not: it is told once.
    said.unsigned = unsigned(table);
    if table.encoding() == Encoding::Windows1252 && rules.profile.encoding != Some(Encoding::Windows1252) {
        let message = guessed_encoding(file, samples);
        let code = FindingCode::EncodingWindows1252;
        said.say(file, || Finding::of_file(code, samples.join(", "), message), code);
    }
}
