//! Judges each row of a flat file by its two parts; the accepted rows make the roster.

use homeroom_model::finding::{Finding, Findings};
use homeroom_model::roster::OptionalColumns;
use homeroom_model::stored::StoredRoster;

use crate::checked_file::CheckedFile;
use crate::flat_rows::FlatRows;
use crate::origin::LeftOut;
use crate::protect;
use crate::roster_builder::RosterBuilder;
use crate::row_parts::{PartFinding, PartNotes};
use crate::shared_addresses::SharedAddresses;

/// Reports the findings of all rows, drops the rejected rows and builds the roster from the others.
pub(crate) fn judge(
    mut flat: FlatRows,
    stored: Option<&StoredRoster>,
    columns: OptionalColumns,
    file: &mut CheckedFile,
    findings: &mut Findings,
) {
    let shared = SharedAddresses::find(&flat, stored);
    protect::teachers_of_two_clever_ids(&mut file.protected, &flat);
    let mut rows = std::mem::take(&mut flat.rows);
    let left_out = LeftOut::of(&flat, &rows);
    // Almost all rows have two parts without findings, which two bits tell.
    let class_has_findings = has_findings(&flat.class_parts.notes, &shared.in_class_part);
    let student_has_findings = has_findings(&flat.student_parts.notes, &shared.in_student_part);
    rows.retain(|row| {
        let (class_part, student_part) = (row.class_part as usize, row.student_part as usize);
        if !class_has_findings[class_part] && !student_has_findings[student_part] {
            return true;
        }
        protect::shared_keys(&mut file.protected, &flat, row);
        let class = &mut flat.class_parts.notes[class_part];
        let student = &mut flat.student_parts.notes[student_part];
        let mut rejected = class.rejected || student.rejected;
        report_part(findings, row.line, class);
        report_part(findings, row.line, student);
        if let Some(finding) = shared.finding(&flat, row) {
            rejected = true;
            report(findings, row.line, finding);
        }
        if rejected {
            file.rejected += 1;
            protect::row(&mut file.protected, &flat, row);
        }
        !rejected
    });
    file.roster = RosterBuilder::new(flat, &rows, left_out).build(&rows, columns, findings);
}

/// For each part whether its rows have findings.
fn has_findings(notes: &[PartNotes], has_shared_address: &[bool]) -> Vec<bool> {
    notes
        .iter()
        .zip(has_shared_address)
        .map(|(notes, shared)| *shared || !notes.findings.is_empty())
        .collect()
}

/// Reports the findings of a part for one of its rows. Most parts with findings have a single row, which needs no copy.
fn report_part(findings: &mut Findings, line: u32, notes: &mut PartNotes) {
    if notes.occurrences.rows == 1 {
        std::mem::take(&mut notes.findings).into_iter().for_each(|finding| report(findings, line, finding));
    } else {
        notes.findings.iter().for_each(|finding| report(findings, line, finding.clone()));
    }
}

fn report(findings: &mut Findings, line: u32, finding: PartFinding) {
    findings.add(finding.code, || Finding {
        proposed: finding.proposed.map(String::from),
        ..Finding::of_line(finding.code, line, finding.value, finding.message)
            .in_column(finding.column.name())
    });
}
