//! Every folder of `cases/` is a file and what must be said of it. `UPDATE_CASES=1` writes the answers anew.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

use std::fs;
use std::path::{Path, PathBuf};

use homeroom_check::check;
use homeroom_read::Limits;

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    folders.sort();
    folders
}

/// The outcome, counts and findings, a line each.
fn told(bytes: Vec<u8>) -> String {
    let checked = check(&bytes, "in.csv", &Limits::default(), &mut |_| {}).unwrap();
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
        text.push_str(&format!(
            "{line} {column} {} {} {:?}: {}\n",
            finding.code,
            finding.code.severity().as_str(),
            finding.value,
            finding.message
        ));
    }
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer asks for new answers by the environment")]
fn every_case_is_told_as_it_was_before() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = vec![];
    let folders = folders();
    assert!(folders.len() >= 30, "the cases are missing: {}", folders.len());
    for folder in folders {
        let told = told(fs::read(folder.join("in.csv")).unwrap());
        let expected = folder.join("out.snap");
        if update {
            fs::write(&expected, told).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != told {
            wrong.push(format!("{}:\n{told}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "these cases are told differently:\n{}", wrong.join("\n"));
}
