//! Archives and workbooks that are malicious or damaged, sometimes only far into their bytes.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use homeroom_read::{ContainerError, Opened, ReadRules, read};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const HEADER: &str = "school_id,class_id,student_email\n";

fn gzip(parts: impl Iterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    parts.for_each(|part| writer.write_all(part.as_ref()).unwrap());
    writer.finish().unwrap()
}

/// What each call of `read`'s work gets: the number of rows, or why there is no table.
fn outcomes_of(file: &Vec<u8>) -> Vec<Result<u32, ContainerError>> {
    let mut outcomes = vec![];
    read(file, &ReadRules::default(), |opened| {
        match opened {
            Opened::Table(mut table) => {
                let mut rows = 0;
                loop {
                    match table.next_row() {
                        Ok(Some(_)) => rows += 1,
                        Ok(None) => break,
                        Err(error) => {
                            outcomes.push(Ok(rows));
                            return Err(error);
                        }
                    }
                }
                outcomes.push(Ok(rows));
            }
            Opened::Unusable(error) => outcomes.push(Err(error)),
            _ => panic!("neither a table nor an archive"),
        }
        Ok::<_, io::Error>(())
    })
    .unwrap();
    outcomes
}

/// Rows that hardly compress, so that every part of the archive contains some of them.
fn rows(count: usize) -> Vec<u8> {
    let mut rows = HEADER.as_bytes().to_vec();
    for at in 1..=count as u64 {
        let (class, student) =
            (at.wrapping_mul(0x9E37_79B9_7F4A_7C15), at.wrapping_mul(0xD1B5_4A32_D192_ED03));
        writeln!(rows, "{at},{class:x},{student:x}@x.org").unwrap();
    }
    rows
}

#[test]
fn an_archive_that_is_damaged_far_down_is_an_error_instead_of_half_a_table() {
    let complete = gzip([rows(20_000)].iter());
    assert_eq!(outcomes_of(&complete), [Ok(20_000)]);
    let cut = complete[..complete.len() / 2].to_vec();
    let outcomes = outcomes_of(&cut);
    let [Ok(rows), Err(ContainerError::Damaged)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert!((1..20_000).contains(rows));
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused_while_it_is_read() {
    let block = format!("1,2,{}@x.org\n", "x".repeat(1 << 12)).repeat(1 << 8);
    let bomb = gzip([HEADER.to_owned()].into_iter().chain((0..100).map(|_| block.clone())));
    assert!(bomb.len() < 1 << 20);
    let outcomes = outcomes_of(&bomb);
    let [Ok(_), Err(ContainerError::TooLarge)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
}

#[test]
fn a_directory_with_too_many_entries_is_not_read_into_memory() {
    for (entries, error) in [
        (999, ContainerError::NoTable(vec![])),
        (1_001, ContainerError::TooLarge),
        (60_000, ContainerError::TooLarge),
    ] {
        let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
        for at in 0..entries {
            writer
                .start_file(format!("__MACOSX/{at}-{}", "x".repeat(40)), SimpleFileOptions::default())
                .unwrap();
        }
        let archive = writer.finish().unwrap().into_inner();
        assert_eq!(outcomes_of(&archive), [Err(error)], "{entries}");
    }
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn workbook(sheet: &str, texts: &str) -> Vec<u8> {
    zip(&[
        (
            "xl/workbook.xml",
            br#"<workbook xmlns:r="x"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships><Relationship Id="r1" Target="sheet.xml"/></Relationships>"#,
        ),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        ("xl/sheet.xml", sheet.as_bytes()),
    ])
}

#[test]
fn a_workbook_that_would_fill_the_memory_is_refused() {
    let header = r#"<row r="1"><c t="str"><v>school_id</v></c><c t="str"><v>class_id</v></c></row>"#;
    let valid = format!(r#"<sheetData>{header}<row r="9"><c r="B9"><v>7</v></c></row></sheetData>"#);
    assert_eq!(outcomes_of(&workbook(&valid, "<sst/>")), [Ok(1)]);
    let wide = r#"<row><c r="XFD1"><v>1</v></c></row>"#.repeat(20_000);
    let sheets = [
        format!("<sheetData>{header}{wide}</sheetData>"),
        format!("<sheetData>{header}{}", "<a>".repeat(1_000)),
        format!(r#"<sheetData>{header}<row><c t="str"><v>{}</v></c></row></sheetData>"#, "x".repeat(3 << 20)),
        format!("<sheetData>{header}<row {}></row></sheetData>", "x".repeat(3 << 20)),
        format!(
            r#"<sheetData>{header}<row><c t="str"><v>{}</v></c></row></sheetData>"#,
            "&amp;".repeat(3 << 20)
        ),
    ];
    for sheet in sheets {
        let outcomes = outcomes_of(&workbook(&sheet, "<sst/>"));
        assert_eq!(outcomes.last(), Some(&Err(ContainerError::TooLarge)), "{}", &sheet[..200]);
    }
    let many = format!("<sst>{}</sst>", "<si/>".repeat((4 << 20) + 1));
    assert_eq!(outcomes_of(&workbook(&valid, &many)), [Err(ContainerError::TooLarge)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_workbook_with_changed_bytes_is_either_read_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases");
        let workbook = std::fs::read(format!("{cases}/workbook_of_libreoffice/in.csv")).unwrap();
        let mut archive = ZipArchive::new(io::Cursor::new(workbook)).unwrap();
        let mut parts = vec![];
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).unwrap();
            let mut bytes = vec![];
            part.read_to_end(&mut bytes).unwrap();
            parts.push((part.name().unwrap().into_owned(), bytes));
        }
        for (place, byte) in changes {
            let part = place.index(parts.len());
            let bytes = &mut parts[part].1;
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        let parts = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>();
        read(&zip(&parts), &ReadRules::default(), |opened| {
            if let Opened::Table(mut table) = opened {
                while table.next_row()?.is_some() {}
            }
            Ok(())
        }).unwrap();
    }
}
