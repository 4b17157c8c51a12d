//! Each folder of `cases/` has a file and the rows read from it. `UPDATE_CASES=1` rewrites the rows.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use homeroom_read::{Opened, ReadLimits, ReadRules, read};

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    folders.sort();
    folders
}

fn read_case(folder: &Path) -> String {
    let file = fs::read(folder.join("in.csv")).unwrap();
    let limits = ReadLimits { longest_record: 2_000, columns: 20, ..ReadLimits::default() };
    read(&file, &ReadRules { limits, ..ReadRules::default() }, describe).unwrap()
}

fn describe(opened: Opened<'_>) -> io::Result<String> {
    let mut table = match opened {
        Opened::Table(table) => table,
        Opened::Set(set) => return Ok(format!("files: {:?}\n", set.names().collect::<Vec<_>>())),
        Opened::Empty => return Ok("empty\n".into()),
        Opened::NotText(file_type) => return Ok(format!("not text: {file_type:?}\n")),
        Opened::Unusable(error) => return Ok(format!("unusable: {error:?}\n")),
        Opened::NotATable(line) => return Ok(format!("not a table: {line}\n")),
        Opened::TooManyColumns(count) => return Ok(format!("too many columns: {count}\n")),
        Opened::TooLarge => return Ok("too large\n".into()),
        Opened::HeaderTooLong => return Ok("header too long\n".into()),
    };
    let mut out =
        format!("{} {:?} {:?}\n", table.encoding().as_str(), table.separator(), table.header().cells());
    while let Some(row) = table.next_row()? {
        match row.damage {
            Some(damage) => writeln!(out, "{}: {damage:?}", row.line).unwrap(),
            None => {
                let cells =
                    (0..row.len()).map(|at| String::from_utf8_lossy(row.cell(at))).collect::<Vec<_>>();
                let stray = if row.has_stray_quotes() { " stray quotes" } else { "" };
                writeln!(out, "{}: {cells:?}{stray}", row.line).unwrap();
            }
        }
    }
    if !table.repeated_headers().is_empty() {
        writeln!(out, "repeated headers: {:?}", table.repeated_headers()).unwrap();
    }
    if table.ends_mid_row() {
        out.push_str("ends in the middle of a row\n");
    }
    Ok(out)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer sets this to update the cases")]
fn every_case_is_read_as_its_snapshot_says() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let folders = folders();
    assert!(folders.len() >= 15, "the cases are missing: {}", folders.len());
    let mut changed = vec![];
    for folder in folders {
        let read = read_case(&folder);
        let expected = folder.join("out.snap");
        if update {
            fs::write(&expected, read).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != read {
            changed.push(format!("{}:\n{read}", folder.display()));
        }
    }
    assert!(changed.is_empty(), "these cases are read differently:\n{}", changed.join("\n"));
}
