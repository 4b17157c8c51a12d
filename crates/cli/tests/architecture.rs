//! Checks the manifests against the table of crates in ARCHITECTURE.md.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// Which of our crates each crate may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("store", &["model"]),
    ("inbox", &["model", "store"]),
    ("read", &["model"]),
    ("check", &["model", "read"]),
    ("assess", &["model"]),
    ("plan", &["model"]),
    ("apply", &["model", "store"]),
    ("report", &["model", "store"]),
    ("jobs", &["model", "store"]),
    ("ask", &["model", "store", "read", "check", "assess", "plan", "report"]),
    ("sync", &["inbox", "read", "check", "plan", "apply", "report", "ask", "model", "store", "jobs"]),
    ("sftp", &["model", "store", "inbox"]),
    ("testkit", &["model", "store"]),
];

/// Crates that may use every crate except those listed.
const FREE: &[(&str, &[&str])] = &[
    ("cli", &["testkit", "simulator"]),
    ("demo", &["cli", "testkit", "simulator"]),
    ("simulator", &["cli", "testkit"]),
];

/// Crates that do no I/O of their own, and the libraries that they must therefore never use.
const PURE: &[&str] = &["model", "read", "check", "assess", "plan"];
const IMPURE: &[&str] = &[
    "tokio",
    "rusqlite",
    "postgres",
    "tokio-postgres",
    "r2d2",
    "sqlx",
    "axum",
    "reqwest",
    "russh",
    "object_store",
];
/// The only crates that may use a database library. `testkit` creates databases for tests.
const SQL: &[&str] = &["store", "testkit"];
const DATABASES: &[&str] = &["rusqlite", "postgres", "r2d2", "r2d2_postgres", "tokio-postgres"];

fn crates_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The dependencies of each crate, by the name of its folder.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let folders = fs::read_dir(crates_folder()).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| folder.join("Cargo.toml").exists())
        .map(|folder| {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse::<Table>().unwrap();
            let used = manifest.get("dependencies").and_then(|table| table.as_table());
            let used = used.map(|table| table.keys().cloned().collect()).unwrap_or_default();
            (folder.file_name().unwrap().to_string_lossy().into_owned(), used)
        })
        .collect()
}

#[test]
fn every_arrow_between_crates_is_allowed() {
    let dependencies = dependencies();
    assert!(dependencies.len() > ARROWS.len(), "the crates were not found: {dependencies:?}");
    for (from, used) in &dependencies {
        let allowed = ARROWS.iter().find(|(name, _)| name == from);
        for to in used.iter().filter_map(|name| name.strip_prefix("homeroom-")) {
            let may_use = allowed.is_some_and(|(_, to_these)| to_these.contains(&to))
                || FREE.iter().any(|(name, forbidden)| name == from && !forbidden.contains(&to));
            assert!(may_use, "crates/{from} may not use crates/{to}: see the table in ARCHITECTURE.md");
        }
        let is_listed = allowed.is_some() || FREE.iter().any(|(name, _)| name == from);
        assert!(is_listed, "crates/{from} is not in the table of arrows");
    }
}

#[test]
fn pure_crates_use_no_library_that_does_input_or_output() {
    let dependencies = dependencies();
    for name in PURE {
        for library in IMPURE {
            assert!(
                !dependencies[*name].contains(*library),
                "crates/{name} is pure and may not use {library}"
            );
        }
    }
}

#[test]
fn only_the_store_uses_a_database() {
    for (name, used) in dependencies().iter().filter(|(name, _)| !SQL.contains(&name.as_str())) {
        for library in DATABASES {
            assert!(
                !used.contains(*library),
                "crates/{name} may not use {library}: SQL lives in crates/store"
            );
        }
    }
}
