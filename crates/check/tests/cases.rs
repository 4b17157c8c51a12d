//! Each folder in `cases/` holds a file and the expected result of its check; `UPDATE_CASES=1` rewrites the results. Next to
//! `in.csv` there may be the district's `profile.toml`, and `earlier.csv`, the file that was applied before. A roster in
//! several files is in the folder `in`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use homeroom_check::{Checked, check};
use homeroom_model::profile::Profile;
use homeroom_model::stored::StoredRoster;
use homeroom_read::ReadRules;
use jiff::civil::date;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    folders.sort();
    folders
}

/// The file of a case: `NAME.csv`, or a zip archive of the files in the folder `NAME`.
fn file(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let set = folder.join(name);
    if !set.is_dir() {
        return fs::read(folder.join(format!("{name}.csv"))).ok();
    }
    let mut archive = ZipWriter::new(Cursor::new(vec![]));
    for path in files(&set) {
        let name = path.strip_prefix(&set).unwrap().to_string_lossy().into_owned();
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(&fs::read(path).unwrap()).unwrap();
    }
    Some(archive.finish().unwrap().into_inner())
}

/// The files in a folder and its folders, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn checked(folder: &Path) -> Checked {
    let profile = fs::read_to_string(folder.join("profile.toml")).unwrap_or_default();
    let mut rules = ReadRules { profile: Profile::parse(&profile).unwrap(), ..ReadRules::default() };
    let earlier = file(folder, "earlier").map(|earlier| {
        let earlier = check(&earlier, "", &rules, &|| None, &mut |_| {}).unwrap();
        StoredRoster::from_roster(earlier.roster, earlier.report.rows)
    });
    rules.today = Some(date(2026, 11, 25));
    check(&file(folder, "in").unwrap(), "in.csv", &rules, &|| earlier.as_ref(), &mut |_| {}).unwrap()
}

/// The outcome, counts and findings, one per line.
fn summary(checked: &Checked) -> String {
    let report = &checked.report;
    let mut text = format!(
        "{} {} {:?}\nrows {} = {} + {}\nschools {} classes {} teachers {} students {} teachings {} enrollments {}\n",
        report.outcome.as_str(),
        report.encoding,
        report.separator,
        report.rows,
        report.rows_accepted,
        report.rows_rejected,
        report.schools,
        report.classes,
        report.teachers,
        report.students,
        report.teachings,
        report.enrollments
    );
    for finding in &report.findings {
        let line = finding.line.map_or_else(|| "-".into(), |line| line.to_string());
        let column = finding.column.as_deref().unwrap_or("-");
        let file = finding.file.as_ref().map(|file| format!("{file}:")).unwrap_or_default();
        let proposed = finding.proposed.as_ref().map(|value| format!(" -> {value:?}")).unwrap_or_default();
        text.push_str(&format!(
            "{file}{line} {column} {} {} {:?}: {}{proposed}\n",
            finding.code,
            finding.code.severity().as_str(),
            finding.value,
            finding.message
        ));
    }
    for change in &report.proposals {
        text.push_str(&format!("proposal: {}\n", change.in_words()));
    }
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer asks for new results through the environment")]
fn every_case_has_the_expected_result() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = vec![];
    let folders = folders();
    assert!(folders.len() >= 30, "the cases are missing: {}", folders.len());
    for folder in folders {
        let summary = summary(&checked(&folder));
        let expected = folder.join("out.snap");
        if update {
            fs::write(&expected, summary).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != summary {
            wrong.push(format!("{}:\n{summary}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "these cases have other results:\n{}", wrong.join("\n"));
}
