//! Checks a roster in several files: they are read, judged row by row, and put together.

use std::io;

use homeroom_model::check_report::Format;
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;
use homeroom_read::{FileSet, ReadRules};

use crate::LoadStored;
use crate::checked_file::CheckedFile;
use crate::kept_values::{keep_place_names, keep_students, keep_teachers};
use crate::sets::assemble::assemble;
use crate::sets::entities::Entities;
use crate::sets::judge::judge;
use crate::sets::links::Links;
use crate::sets::recognized_set::RecognizedSet;
use crate::sets::set_reader::SetReader;
use crate::sets::set_report::SetReport;
use crate::sets::{clever, oneroster};
use crate::spreadsheet::SpreadsheetDamage;

/// Checks the files of a set; `None` when they are neither Clever's nor OneRoster's.
pub(crate) fn check_set(
    set: &FileSet<'_>,
    rules: &ReadRules,
    stored: &LoadStored<'_>,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Option<CheckedFile>> {
    let Some(recognized) = RecognizedSet::find(set)? else { return Ok(None) };
    let format = recognized.format;
    let mut report = SetReport::default();
    if !recognized.folders.is_empty() {
        findings.add_whole(several_sets(&recognized.folders));
        return Ok(Some(CheckedFile { format, ..CheckedFile::default() }));
    }
    let read = read(&SetReader { set, recognized: &recognized, rules }, stored, &mut report)?;
    progress(report.bytes);
    if let Some(finding) = report.missing_signature.take() {
        report.findings.add_whole(finding);
    }
    let mut roster = Roster::default();
    let changes_only = read.as_ref().is_some_and(|(_, links)| links.changes_only);
    if let Some((mut entities, links)) = read {
        if let Some(stored) = stored() {
            find_spreadsheet_damage(&mut entities, stored);
            keep_values(&mut entities, stored);
        }
        let people = judge(&mut entities, &mut report);
        report_prefixes(&entities, &links, &mut report);
        if !links.changes_only {
            report_files_without_rows(&entities, &links, format, &mut report);
        }
        roster = assemble(&entities, &people, links, &mut report);
    }
    findings.append(report.findings);
    Ok(Some(CheckedFile {
        format,
        encoding: report.encoding,
        separator: report.separator,
        rows: report.rows,
        rejected: report.rejected,
        roster,
        protected: report.protected,
        lacks_rows: report.lacks_rows,
        changes_only,
        ..CheckedFile::default()
    }))
}

/// The finding for an archive with the files of more than one roster.
fn several_sets(folders: &[String]) -> Finding {
    let named = folders.iter().take(MAX_FOLDERS).map(|folder| match folder.as_str() {
        "." => "the top of the archive".to_owned(),
        folder => format!("the folder '{folder}'"),
    });
    let message = format!(
        "The archive contains {} sets of files: in {}. It is not certain which of them is today's, so none is used.",
        folders.len(),
        named.collect::<Vec<_>>().join(" and in ")
    );
    Finding::of_file(FindingCode::ArchiveSeveralTables, folders.join(", "), message)
}

/// Folders given in a finding.
const MAX_FOLDERS: usize = 10;

/// Reads the files; `None` when they cannot be used, which is reported.
fn read(
    reader: &SetReader<'_>,
    stored: &LoadStored<'_>,
    report: &mut SetReport,
) -> io::Result<Option<(Entities, Links)>> {
    let missing = reader.recognized.missing().collect::<Vec<_>>();
    // Without a column of one file the others cannot be judged either.
    if !reader.report_headers(report)? {
        return Ok(None);
    }
    if reader.recognized.format == Format::Oneroster {
        return oneroster::read(reader, stored(), report);
    }
    for name in &missing {
        let file = format!("{name}.csv");
        let message = format!("{file} is missing: none of the files is used.");
        report.refuse(FindingCode::SetFileMissing, file, message);
    }
    if missing.is_empty() { clever::read(reader, report) } else { Ok(None) }
}

fn find_spreadsheet_damage(entities: &mut Entities, stored: &StoredRoster) {
    let Entities { schools, classes, teachers, students } = entities;
    let damage = SpreadsheetDamage::new(stored);
    damage.check_schools(&mut schools.parts, |school| &mut school.key);
    damage.check_schools(&mut classes.parts, |class| &mut class.school);
    damage.check_classes(&mut classes.parts);
    damage.check_teachers(&mut teachers.parts, |teacher| teacher);
    damage.check_students(&mut students.parts);
}

/// Keeps stored values where the set's are damaged.
fn keep_values(entities: &mut Entities, stored: &StoredRoster) {
    let Entities { schools, classes, teachers, students } = entities;
    keep_place_names(&stored.texts, &stored.schools, &mut schools.parts, Column::SchoolName, |school| {
        (school.key, &mut school.name)
    });
    keep_place_names(&stored.texts, &stored.classes, &mut classes.parts, Column::ClassName, |class| {
        (class.class, &mut class.class_name)
    });
    keep_teachers(stored, &mut teachers.parts);
    keep_students(stored, &mut students.parts);
}

/// Reports ids that have a prefix in one file and lack it in another, when most links lead nowhere.
fn report_prefixes(entities: &Entities, links: &Links, report: &mut SetReport) {
    let dangling = links.dangling.rows;
    let found = (links.enrollments.len() + links.teachings.len()) as u64;
    if dangling > found
        && let Some(prefix) = links.dangling.describe_prefix(entities)
    {
        let code = FindingCode::ReferencesDiffer;
        let message = format!("{dangling} of its rows name ids that are not in the other files. {prefix}");
        report.add(&links.file, code, || Finding::of_file(code, "", message));
    }
}

fn report_files_without_rows(entities: &Entities, links: &Links, format: Format, report: &mut SetReport) {
    let Entities { schools, classes, students, .. } = entities;
    let (schools_file, classes_file, students_file) = match format {
        Format::Oneroster => ("orgs.csv", "classes.csv", "users.csv"),
        _ => ("schools.csv", "sections.csv", "students.csv"),
    };
    let enrollments = links.enrollments.len() + links.dangling.rows as usize;
    for (file, noun, rows) in [
        (schools_file, "school", schools.parts.values.len()),
        (classes_file, "class", classes.parts.values.len()),
        (students_file, "student", students.parts.values.len()),
        ("enrollments.csv", "enrollment", enrollments),
    ] {
        if rows == 0 {
            let code = FindingCode::NoRows;
            report.add(file, code, || Finding::of_file(code, "", format!("{file} lists no {noun}.")));
        }
    }
}
