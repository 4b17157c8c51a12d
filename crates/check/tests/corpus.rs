//! Checks other people's test files, if they are available: each must get an outcome within the time limit.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use homeroom_check::check_alone;
use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::finding_code::Severity;
use serde_json::Value;

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !folder.exists() {
        println!("the corpus is not available: nothing to check");
        return None;
    }
    Some(folder)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn check_in_time(bytes: &[u8], name: &str) -> CheckReport {
    let began = Instant::now();
    let report = check_alone(&bytes.to_vec(), name).unwrap().report;
    let allowed = Duration::from_secs(5 + 5 * (bytes.len() as u64 >> 20));
    assert!(began.elapsed() < allowed, "{name} took {:?}", began.elapsed());
    report
}

/// Collects every text in a JSON value.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| texts(value, found)),
        Value::Object(map) => map.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

const HEADER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
student_first_name,student_last_name,student_email,student_grade_level\n";

#[test]
fn every_file_gets_an_outcome() {
    let Some(corpus) = corpus() else { return };
    let mut all = vec![];
    files(&corpus, &mut all);
    assert!(all.len() > 20, "{all:?}");
    for path in all {
        let bytes = fs::read(&path).unwrap();
        check_in_time(&bytes, &path.display().to_string());
        // Each text inside is checked as a file of its own, and as a value in a row.
        for line in String::from_utf8_lossy(&bytes).lines() {
            let Ok(json) = serde_json::from_str::<Value>(line) else { continue };
            let mut inside = vec![];
            texts(&json, &mut inside);
            for text in inside {
                check_in_time(text.as_bytes(), &path.display().to_string());
                let quoted = text.replace('"', "\"\"");
                let row = format!(
                    "{HEADER}S,Oak,t@x.org,Tess,Gray,C,Reading,\"{quoted}\",\"{quoted}\",\"{quoted}\",5\n"
                );
                check_in_time(row.as_bytes(), &path.display().to_string());
            }
        }
    }
}

#[test]
fn flat_rosters_have_their_known_counts() {
    let Some(corpus) = corpus() else { return };
    let known = fs::read(corpus.join("flat/expected_counts.json")).unwrap();
    let known = serde_json::from_slice::<serde_json::Map<String, Value>>(&known).unwrap();
    assert!(!known.is_empty());
    for (name, counts) in known {
        let report = check_in_time(&fs::read(corpus.join("flat").join(&name)).unwrap(), &name);
        assert!(matches!(report.outcome, Outcome::Clean | Outcome::Warnings), "{name} {:?}", report.outcome);
        let count = |name: &str| counts[name].as_u64().unwrap();
        assert_eq!(report.rows, count("rows"), "{name}");
        assert_eq!(report.schools, count("schools"), "{name}");
        assert_eq!(report.teachers, count("teachers"), "{name}");
        assert_eq!(report.classes, count("classes"), "{name}");
        assert_eq!(report.students, count("students"), "{name}");
        let duplicates = report.finding_counts.get(&homeroom_model::FindingCode::DuplicateRow).copied();
        assert_eq!(duplicates.unwrap_or(0), count("duplicate_rows"), "{name}");
        assert!(report.findings.iter().all(|finding| finding.code.severity() >= Severity::Warning), "{name}");
    }
}
