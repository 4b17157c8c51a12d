//! What the documents name exists: every link leads to a file, and code that a link names is defined there.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are not ours to check.
const SKIPPED: &[&str] = &["target", ".git", "node_modules", "work"];

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let documents = documents(&root);
    assert!(documents.len() > 8, "the documents were not found: {documents:?}");
    let mut wrong = Vec::new();
    for document in &documents {
        let text = fs::read_to_string(document).unwrap();
        for (label, target) in links(&text) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let file = document.parent().unwrap().join(path);
            if !file.exists() {
                wrong.push(format!("{}: no file {target}", document.display()));
            } else if let Some(name) = code_name(label)
                && path.ends_with(".rs")
                && !defines(&fs::read_to_string(&file).unwrap(), name)
            {
                wrong.push(format!("{}: {target} does not define {name}", document.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_and_definitions_are_found() {
    let text = "See [`Run`](a.rs), [the way](b.md#part) and `[not](a link)`.";
    assert_eq!(links(text), [("`Run`", "a.rs"), ("the way", "b.md#part")]);
    assert_eq!((code_name("`sync::make_run`"), code_name("the way")), (Some("make_run"), None));
    let code = "pub(crate) async fn make_run<T>(x: T) {}\nstring_enum!(\n    Stage {\n";
    assert!(defines(code, "make_run") && defines(code, "Stage") && !defines(code, "make"));
}

fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
            found.extend(documents(&path));
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Label and target of every `[label](target)` outside code.
fn links(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (middle, _) in text.match_indices("](") {
        let line = text[..middle].rfind('\n').map_or(0, |at| at + 1);
        let Some(start) = text[line..middle].rfind('[').map(|at| line + at) else { continue };
        let Some(length) = text[middle + 2..].find(')') else { continue };
        let in_code = text[line..start].matches('`').count() % 2 == 1;
        if !in_code {
            found.push((&text[start + 1..middle], &text[middle + 2..middle + 2 + length]));
        }
    }
    found
}

/// The last name of a label that is code: `make_run` of `` `sync::make_run` ``.
fn code_name(label: &str) -> Option<&str> {
    let code = label.strip_prefix('`')?.strip_suffix('`')?;
    let name = code.rsplit("::").next()?.trim_end_matches("()").trim_end_matches('!');
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
}

/// Whether a file of code defines something with that name.
fn defines(code: &str, name: &str) -> bool {
    let words = ["fn", "struct", "enum", "trait", "type", "const", "static", "mod", "macro_rules!"];
    let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].trim_end().rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
        // What a macro defines: `string_enum!( … Stage { … } )`, `entity_number!( … SchoolNumber, School )`.
        let rest = &code[at + name.len()..];
        let is_of_macro =
            [" {", ",", "\n"].iter().any(|end| rest.starts_with(end)) && code[..at].ends_with("\n    ");
        let begins = code[..at].ends_with(char::is_whitespace);
        begins && is_whole(rest) && (words.contains(&before) || is_of_macro)
    })
}
