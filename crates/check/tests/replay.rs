//! Runs every case of read and check, and every kept find of the fuzzer, through all fuzz targets: an input that once broke a
//! law must not break it again. docs/fuzzing.md says what the targets assert and how a find is kept.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::fs;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use flate2::read::MultiGzDecoder;

#[path = "../../../fuzz/memory.rs"]
mod memory;
#[path = "../../../fuzz/targets.rs"]
mod targets;

/// How many bytes an unpacked find may have; larger inputs are made by tests.
const MAX_UNPACKED: u64 = 8 << 20;
/// A longer input, in bytes, goes only through the target for which it was kept.
const LONG: usize = 1 << 14;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    found.sort();
    found
}

/// The input in a file; long finds are kept as `.gz` and unpacked here. A folder is a roster in several files, in the form
/// that the target `set` takes.
fn input(path: &Path) -> Vec<u8> {
    if path.is_dir() {
        let name = |path: &PathBuf| path.file_name().unwrap().to_owned().into_encoded_bytes();
        let named = |path: &PathBuf| [name(path), input(path)].join(&b'\n');
        return files(path).iter().map(named).collect::<Vec<_>>().join(&0);
    }
    let bytes = fs::read(path).unwrap();
    if path.extension().is_none_or(|extension| extension != "gz") {
        return bytes;
    }
    let mut inside = vec![];
    MultiGzDecoder::new(bytes.as_slice()).take(MAX_UNPACKED).read_to_end(&mut inside).unwrap();
    inside
}

/// The targets that break with these files. Only one runs at a time, even when two tests run: memory is counted for the whole
/// process.
fn broken(files: &[PathBuf]) -> Vec<String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap();
    let mut broken = vec![];
    for path in files {
        let input = input(path);
        // A long input tests lengths, which all targets handle alike.
        let is_for = |name: &str| path.components().any(|part| part.as_os_str() == name);
        for (name, target) in targets::ALL.iter().filter(|(name, _)| input.len() <= LONG || is_for(name)) {
            let run = || memory::bounded(input.len(), || target(&input));
            if catch_unwind(AssertUnwindSafe(run)).is_err() {
                broken.push(format!("{name}: {}", path.display()));
            }
        }
    }
    broken
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn no_case_breaks_a_law_or_exceeds_its_memory_limit() {
    for cases in ["crates/read/tests/cases", "crates/check/tests/cases"] {
        let folders = files(&root().join(cases));
        let cases = folders.iter().flat_map(|case| ["in.csv", "in"].map(|name| case.join(name)));
        let cases = cases.filter(|path| path.exists()).collect::<Vec<_>>();
        assert!(cases.len() >= 40, "the cases are missing: {}", cases.len());
        let broken = broken(&cases);
        assert!(broken.is_empty(), "these cases break a law:\n{}", broken.join("\n"));
    }
}

#[test]
fn no_kept_find_breaks_a_law_or_exceeds_its_memory_limit() {
    let mut finds = vec![];
    for (target, _) in targets::ALL {
        let kept = files(&root().join("fuzz/finds").join(target));
        assert!(!kept.is_empty(), "the kept finds of {target} are missing");
        finds.extend(kept);
    }
    let broken = broken(&finds);
    assert!(broken.is_empty(), "these finds break a law:\n{}", broken.join("\n"));
}
