//! `docs/trust.md` quotes the weights by which it is decided who is who; this holds both together.

const WEIGHTS: &str = include_str!("../src/identity/weights.rs");
const DOCUMENT: &str = include_str!("../../../docs/trust.md");

/// Each constant's name and value, as it is written.
fn constants() -> impl Iterator<Item = (&'static str, &'static str)> {
    WEIGHTS.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("pub(super) const ")?.split_once(':')?;
        Some((name, value.split_once('=')?.1.trim().trim_end_matches(';')))
    })
}

#[test]
fn the_document_quotes_every_weight_as_it_is() {
    assert!(constants().count() > 20);
    for (name, value) in constants() {
        let marked = format!("(`{name}`) |");
        let row = DOCUMENT.lines().find(|line| line.contains(&marked));
        let row = row.unwrap_or_else(|| panic!("docs/trust.md has no row for {name}"));
        let cell = row.split('|').nth(2).map(str::trim);
        assert_eq!(cell, Some(value), "{name} in docs/trust.md");
    }
}

#[test]
fn the_document_quotes_no_weight_that_is_not_there() {
    let marks = DOCUMENT.lines().filter_map(|line| line.split_once("(`")?.1.split_once("`) |"));
    for (name, _) in marks {
        assert!(constants().any(|(known, _)| known == name), "{name}");
    }
}
