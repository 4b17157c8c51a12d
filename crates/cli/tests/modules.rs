//! No two modules of a crate need each other: read from their `use` lines and paths.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The path of a module within its crate: `["sets", "oneroster"]`; empty for the crate's root.
type Module = Vec<String>;

#[test]
fn no_modules_of_a_crate_need_each_other() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let entries = fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path());
    for folder in entries.filter(|path| path.is_dir()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let modules = modules_of(&folder.join("src"));
        assert!(!modules.is_empty(), "crates/{name} has no source files");
        for circle in circles(&uses(&modules)) {
            let circle = circle.iter().map(|module| module.join("::")).collect::<Vec<_>>();
            found.push(format!("crates/{name}: {}", circle.join(" <-> ")));
        }
    }
    assert!(found.is_empty(), "these modules need each other:\n{}", found.join("\n"));
}

#[test]
fn a_circle_of_modules_is_found() {
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Module>();
    let source = |text: &str| text.to_owned();
    let modules = BTreeMap::from([
        (module("a"), source("use crate::{b::Thing, d};")),
        (module("b"), source("fn f() { super::c::g() }")),
        (module("c"), source("//! use crate::d;\nuse crate::a::{self, Other};")),
        (module("d"), source("use std::fmt;\n#[cfg(test)]\nmod tests { use crate::a; }")),
    ]);
    let found = circles(&uses(&modules));
    assert_eq!(found, [BTreeSet::from([module("a"), module("b"), module("c")])]);
}

/// Every module below a source folder with its text.
fn modules_of(src: &Path) -> BTreeMap<Module, String> {
    let mut modules = BTreeMap::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                modules.insert(module_of(src, &path), fs::read_to_string(&path).unwrap());
            }
        }
    }
    modules
}

fn module_of(src: &Path, file: &Path) -> Module {
    let within = file.strip_prefix(src).unwrap().with_extension("");
    let mut module = PathBuf::from(&within)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect::<Module>();
    if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

/// Which modules each module names; its own tests don't count.
fn uses(modules: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let named = |module: &Module, text: &str| {
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let code = code.lines().map(|line| line.split("//").next().unwrap_or_default());
        let paths = paths_in(&code.collect::<Vec<_>>().join("\n"));
        paths.iter().filter_map(|path| resolve(module, path, modules)).collect()
    };
    modules.iter().map(|(module, text)| (module.clone(), named(module, text))).collect()
}

/// All paths of the code that begin in its own crate, those in braces written out.
fn paths_in(code: &str) -> Vec<Vec<String>> {
    let starts = ["crate::", "super::", "self::"];
    let begins = |at: usize| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    };
    let found = starts.iter().flat_map(|start| code.match_indices(start)).filter(|(at, _)| begins(*at));
    found.flat_map(|(at, _)| expand(&code[at..])).collect()
}

/// The paths of one `use` tree at the beginning of the text: `a::{b, c::d}` are two.
fn expand(text: &str) -> Vec<Vec<String>> {
    let mut prefix = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        prefix.push(rest[..end].to_owned());
        let Some(next) = rest[end..].strip_prefix("::") else { return vec![prefix] };
        let Some(inner) = next.strip_prefix('{') else {
            rest = next;
            continue;
        };
        let branches = branches(inner).into_iter().flat_map(expand);
        return branches.map(|branch| prefix.iter().cloned().chain(branch).collect()).collect();
    }
}

/// What is between the commas of a brace, up to its end.
fn branches(inner: &str) -> Vec<&str> {
    let (mut depth, mut start, mut branches) = (0, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                branches.push(&inner[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.into_iter().filter(|branch| !branch.trim().is_empty()).collect()
}

/// The module that a path leads to, when it is another one than `module` and not the crate's root.
fn resolve(module: &Module, path: &[String], modules: &BTreeMap<Module, String>) -> Option<Module> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let mut target = match path[0].as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [module, &path[1..]].concat(),
        _ => [&module[..module.len().checked_sub(ups)?], &path[ups..]].concat(),
    };
    while !target.is_empty() && !modules.contains_key(&target) {
        target.pop();
    }
    (!target.is_empty() && target != *module).then_some(target)
}

/// Sets of modules each of which leads to all others of its set.
fn circles(uses: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<BTreeSet<Module>> {
    let reached = |from: &Module| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(module) = open.pop() {
            open.extend(uses[module].iter().filter(|next| seen.insert((*next).clone())));
        }
        seen
    };
    let reached = uses.keys().map(|module| (module, reached(module))).collect::<BTreeMap<_, _>>();
    let circle = |module: &Module| {
        let others = reached[module].iter().filter(|other| reached[*other].contains(module));
        others.cloned().collect::<BTreeSet<_>>()
    };
    uses.keys().map(circle).filter(|circle| circle.len() > 1).collect::<BTreeSet<_>>().into_iter().collect()
}
