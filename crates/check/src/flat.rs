//! Checks a flat file: its header, its rows by their parts, and the roster that they make.

use std::io;

use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::ProfileChange;
use homeroom_model::roster::OptionalColumns;
use homeroom_model::stored::StoredRoster;
use homeroom_read::{Header, MAX_MISSING_COLUMNS, ReadRules, Table};

use crate::LoadStored;
use crate::checked_file::CheckedFile;
use crate::dragged_classes::reject_dragged_classes;
use crate::dragged_students::reject_dragged_students;
use crate::dragged_teachers::reject_dragged_teachers;
use crate::exchanged_classes::exchanged_classes;
use crate::flat_rows::FlatRows;
use crate::gather::gather;
use crate::guessed_encoding::guessed_setting;
use crate::header_findings::{
    emptied_addresses, empty_column, missing_grades, report_header, report_table, single_file_of_set,
};
use crate::kept_values::{keep_place_names, keep_students, keep_teachers};
use crate::namesakes::reject_namesakes;
use crate::row_parts::PartNotes;
use crate::rows;
use crate::spreadsheet::SpreadsheetDamage;
use crate::two_classes::reject_rows_of_two_classes;

/// Checks the table of a flat file.
pub(crate) fn check_table(
    mut table: Table<'_>,
    rules: &ReadRules,
    stored: &LoadStored<'_>,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> io::Result<CheckedFile> {
    let header = table.header().clone();
    let mut file = CheckedFile {
        encoding: table.encoding().as_str().into(),
        separator: table.separator().to_string(),
        ..CheckedFile::default()
    };
    if header.missing().count() > MAX_MISSING_COLUMNS
        && let Some(finding) = single_file_of_set(header.cells())
    {
        findings.add_whole(finding);
        return Ok(file);
    }
    file.proposals = report_header(&table, findings);
    if header.missing().next().is_some() || header.duplicates().next().is_some() {
        return Ok(file);
    }
    let mut rows = gather(&mut table, &rules.profile, &mut file, findings, progress)?;
    report_table(&table, findings);
    file.proposals.extend(guessed_setting(&table));
    if file.rows == 0 {
        let message = "The file has a header but no rows.";
        findings.add_whole(Finding::of_file(FindingCode::NoRows, "", message));
    }
    file.lacks_rows |= table.ends_mid_row();
    let header_line = table.header_line();
    drop(table);
    if let Some(finding) = empty_column(&header, header_line, &rows) {
        findings.add_whole(finding);
        return Ok(file);
    }
    if let Some(finding) = missing_grades(header_line, &rows) {
        findings.add_whole(finding);
    }
    file.proposals.extend(proposals(&rows));
    let stored = stored();
    if let Some(stored) = stored {
        if let Some(finding) = exchanged_classes(&mut rows.class_parts, stored) {
            findings.add_whole(finding);
            return Ok(file);
        }
        if let Some(finding) = emptied_addresses(header_line, &rows, stored) {
            findings.add_whole(finding);
            return Ok(file);
        }
        find_spreadsheet_damage(&mut rows, stored);
        keep_values(&mut rows, stored);
        reject_dragged_teachers(&mut rows, stored);
        reject_dragged_classes(&mut rows, stored, &mut file.protected);
        reject_dragged_students(&mut rows, stored, &mut file.protected);
    }
    reject_rows_of_two_classes(&mut rows.class_parts, stored);
    reject_namesakes(&mut rows, stored);
    rows::judge(rows, stored, optional_columns(&header), &mut file, findings);
    Ok(file)
}

fn optional_columns(header: &Header) -> OptionalColumns {
    let has = |column: Column| header.position(column).is_some();
    OptionalColumns {
        teacher_id: has(Column::TeacherId),
        student_id: has(Column::StudentId),
        teacher_clever_id: has(Column::TeacherCleverId),
        student_clever_id: has(Column::StudentCleverId),
        student_username: has(Column::StudentUsername),
    }
}

fn find_spreadsheet_damage(rows: &mut FlatRows, stored: &StoredRoster) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let damage = SpreadsheetDamage::new(stored);
    damage.check_schools(class_parts, |part| &mut part.school);
    damage.check_classes(class_parts);
    damage.check_teachers(class_parts, |part| &mut part.teacher);
    damage.check_students(student_parts);
}

/// Keeps stored values where the file's are damaged.
fn keep_values(rows: &mut FlatRows, stored: &StoredRoster) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let StoredRoster { texts, schools, classes, .. } = stored;
    keep_place_names(texts, schools, class_parts, Column::SchoolName, |part| {
        (part.school, &mut part.school_name)
    });
    keep_place_names(texts, classes, class_parts, Column::ClassName, |part| {
        (part.class, &mut part.class_name)
    });
    keep_teachers(stored, class_parts);
    keep_students(stored, student_parts);
}

/// Changes to the profile that would fix what is wrong in many rows.
fn proposals(rows: &FlatRows) -> Vec<ProfileChange> {
    let count_with = |notes: &[PartNotes], code| notes.iter().filter(|notes| notes.has(code)).count();
    let (classes, students) = (&rows.class_parts.notes, &rows.student_parts.notes);
    let mut changes = vec![];
    if count_with(classes, FindingCode::NameEncodedTwice)
        + count_with(students, FindingCode::NameEncodedTwice)
        > 0
    {
        changes.push(ProfileChange::EncodedTwice);
    }
    // A single class may be a mistake; if it is a tenth of all classes, the schools number them independently.
    let in_two_schools = count_with(classes, FindingCode::ClassInTwoSchools);
    if in_two_schools >= 4 && in_two_schools * 10 >= classes.len() {
        changes.push(ProfileChange::ClassIdPerSchool);
    }
    changes
}
