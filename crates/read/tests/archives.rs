//! Archives that were made to do harm, or were harmed, far into their bytes.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use homeroom_read::{Limits, Opened, Unusable, read};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const HEADER: &str = "school_id,class_id,student_email\n";

fn gzip(parts: impl Iterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    parts.for_each(|part| writer.write_all(part.as_ref()).unwrap());
    writer.finish().unwrap()
}

/// Every row, and whatever the archive turned out to be: in the order in which it was told.
fn told(file: &Vec<u8>) -> Vec<Result<u32, Unusable>> {
    let mut told = vec![];
    read(file, &Limits::default(), |opened| {
        match opened {
            Opened::Table(mut table) => {
                let mut rows = 0;
                loop {
                    match table.next_row() {
                        Ok(Some(_)) => rows += 1,
                        Ok(None) => break,
                        Err(error) => {
                            told.push(Ok(rows));
                            return Err(error);
                        }
                    }
                }
                told.push(Ok(rows));
            }
            Opened::Unusable(why) => told.push(Err(why)),
            _ => panic!("neither a table nor an archive"),
        }
        Ok::<_, io::Error>(())
    })
    .unwrap();
    told
}

/// Rows that hardly pack, so that each part of the archive holds some of them.
fn rows(count: usize) -> Vec<u8> {
    let mut rows = HEADER.as_bytes().to_vec();
    for at in 1..=count as u64 {
        let (one, other) = (at.wrapping_mul(0x9E37_79B9_7F4A_7C15), at.wrapping_mul(0xD1B5_4A32_D192_ED03));
        writeln!(rows, "{at},{one:x},{other:x}@x.org").unwrap();
    }
    rows
}

#[test]
fn an_archive_that_is_damaged_far_down_says_so_instead_of_giving_half_a_table() {
    let whole = gzip([rows(20_000)].iter());
    assert_eq!(told(&whole), [Ok(20_000)]);
    let cut = whole[..whole.len() / 2].to_vec();
    let said = told(&cut);
    let [Ok(rows), Err(Unusable::Damaged)] = said.as_slice() else { panic!("{said:?}") };
    assert!((1..20_000).contains(rows));
}

#[test]
fn what_unpacks_to_far_too_much_is_refused_on_the_way() {
    let block = format!("1,2,{}@x.org\n", "x".repeat(1 << 12)).repeat(1 << 8);
    let bomb = gzip([HEADER.to_owned()].into_iter().chain((0..100).map(|_| block.clone())));
    assert!(bomb.len() < 1 << 20);
    let said = told(&bomb);
    let [Ok(_), Err(Unusable::TooLarge)] = said.as_slice() else { panic!("{said:?}") };
}

#[test]
fn a_list_of_very_many_entries_is_not_read_into_memory() {
    for (entries, why) in
        [(999, Unusable::NoTable(vec![])), (1_001, Unusable::TooLarge), (60_000, Unusable::TooLarge)]
    {
        let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
        for at in 0..entries {
            writer
                .start_file(format!("__MACOSX/{at}-{}", "x".repeat(40)), SimpleFileOptions::default())
                .unwrap();
        }
        let archive = writer.finish().unwrap().into_inner();
        assert_eq!(told(&archive), [Err(why)], "{entries}");
    }
}
