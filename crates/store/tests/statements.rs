//! Every statement that is one text for both engines is understood by both, also those that no other test runs.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use homeroom_testkit::stores;

/// Replacements for placeholders that are not constants of their file.
const SAMPLES: [(&str, &str); 7] = [
    ("which", "run_at < 7"),
    ("skip_locked", ""),
    ("table", "job"),
    ("list", "1,2"),
    ("district", "1"),
    ("table_of_links", "teaching"),
    ("person", "teacher"),
];
/// Files whose statements are put together for each kind or engine; the laws of `apply` run all of them on both.
const PUT_TOGETHER: [&str; 7] =
    ["bulk.rs", "copy.rs", "schema.rs", "load.rs", "changes.rs", "history.rs", "feed.rs"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if !PUT_TOGETHER.iter().any(|name| path.ends_with(name)) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The string literals of a source file, each with the name of the constant that it is, if it is one.
fn literals(source: &str) -> Vec<(Option<String>, String)> {
    let mut literals = Vec::new();
    let mut rest = source;
    let mut before = String::new();
    while let Some(at) = rest.find(['"', '/', '\'']) {
        before.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if let Some(after) = rest.strip_prefix("'\"'") {
            rest = after;
        } else if let Some(mut inside) = rest.strip_prefix('"') {
            let mut literal = String::new();
            loop {
                let end = inside.find(['"', '\\']).unwrap();
                literal.push_str(&inside[..end]);
                if inside[end..].starts_with('"') {
                    rest = &inside[end + 1..];
                    break;
                }
                let escaped = inside[end + 1..].chars().next().unwrap();
                inside = &inside[end + 1 + escaped.len_utf8()..];
                match escaped {
                    '\n' => inside = inside.trim_start(),
                    escaped => literal.push(escaped),
                }
            }
            let declared =
                before.rsplit("const ").next().filter(|text| text.trim_end().ends_with(": &str ="));
            let name = declared.and_then(|text| text.split(':').next()).map(str::to_owned);
            literals.push((name, literal));
            before.clear();
        } else {
            before.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    literals
}

fn statements() -> Vec<(String, String)> {
    let mut statements = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let literals = literals(fs::read_to_string(&path).unwrap().split("#[cfg(test)]").next().unwrap());
        let constants = literals.iter().filter_map(|(name, text)| Some((name.as_deref()?, text.as_str())));
        let constants = constants.chain(SAMPLES).collect::<Vec<_>>();
        for (_, text) in &literals {
            if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|word| text.starts_with(word)) {
                let filled = constants
                    .iter()
                    .fold(text.clone(), |text, (name, with)| text.replace(&format!("{{{name}}}"), with));
                statements.push((path.display().to_string(), filled));
            }
        }
    }
    statements
}

#[test]
fn both_engines_understand_every_statement() {
    let statements = statements();
    assert!(statements.len() >= 60, "only {} statements were found", statements.len());
    for test in stores() {
        let is_of_postgres = |text: &str| text.contains("pg_") || text.contains("FOR UPDATE");
        let own = statements.iter().filter(|(_, text)| test.engine != "sqlite" || !is_of_postgres(text));
        let refused = test.not_understood(own.map(|(_, text)| text.as_str()));
        let file_of =
            |refused: &str| statements.iter().find(|(_, text)| text == refused).map(|(file, _)| file);
        let refused = refused.iter().map(|(text, reason)| (file_of(text), text, reason));
        let refused = refused.collect::<Vec<_>>();
        assert!(refused.is_empty(), "{}: {refused:#?}", test.engine);
        let nonsense = "SELECT slugs FROM district";
        assert_eq!(test.not_understood([nonsense]).len(), 1, "{} understands anything", test.engine);
    }
}
