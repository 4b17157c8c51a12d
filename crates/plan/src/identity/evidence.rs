//! What a stored and a wanted person have in common, attribute by attribute.

use homeroom_model::name::{Likeness, differ_by_letter, likeness, same_first_name, same_last_name};
use homeroom_model::name_letters::{Script, is_damaged, same_consonants, script};

use super::candidate::Candidate;

/// How two parts of a name agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NamePart {
    Same,
    Spelling,
    /// Damaged, missing or in another alphabet: says nothing.
    Unknown,
    Different,
}

/// How the grades agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GradeStep {
    Unknown,
    Same,
    Next,
    /// Two or three grades further.
    Further,
    /// A lower one, or more than three further.
    Impossible,
}

/// How many classes are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Classes {
    Unknown,
    None,
    Some,
    Most,
    All,
}

/// Compares first and last names.
pub(super) fn compare_names(old: &Candidate<'_>, new: &Candidate<'_>) -> (NamePart, NamePart) {
    if old.folded == new.folded && !is_damaged(old.first_name) && !is_damaged(old.last_name) {
        return (NamePart::Same, NamePart::Same);
    }
    let ((old_last, old_first), (new_last, new_first)) = (old.folded_parts(), new.folded_parts());
    let first = compare_part([old.first_name, new.first_name], [old_first, new_first], is_same_first_name);
    let last = compare_part([old.last_name, new.last_name], [old_last, new_last], same_last_name);
    if (first == NamePart::Different || last == NamePart::Different)
        && !have_other_digits(old, new)
        && likeness(old.first_name, old.last_name, new.first_name, new.last_name) != Likeness::Different
    {
        // In the other order, or in one cell.
        return (NamePart::Spelling, NamePart::Spelling);
    }
    (first, last)
}

fn is_same_first_name(old: &str, new: &str) -> bool {
    same_first_name(old, new) || differ_by_letter(old, new)
}

fn compare_part(names: [&str; 2], folded: [&str; 2], is_spelling: fn(&str, &str) -> bool) -> NamePart {
    let [old, new] = names;
    if is_damaged(old) || is_damaged(new) || old.is_empty() || new.is_empty() {
        NamePart::Unknown
    } else if folded[0] == folded[1] {
        NamePart::Same
    } else if script(old) != script(new) {
        let transliterated = script(old) != Script::Other && script(new) != Script::Other;
        if transliterated && same_consonants(old, new) { NamePart::Spelling } else { NamePart::Unknown }
    } else if !same_digits(old, new) {
        // Digits in names tell people apart.
        NamePart::Different
    } else if is_spelling(old, new) {
        NamePart::Spelling
    } else {
        NamePart::Different
    }
}

/// Whether digits in the names tell them apart, as in `Dent 12` and `Dent 13`.
pub(super) fn have_other_digits(old: &Candidate<'_>, new: &Candidate<'_>) -> bool {
    !same_digits(&old.folded, &new.folded)
}

fn same_digits(old: &str, new: &str) -> bool {
    fn digits(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(u8::is_ascii_digit)
    }
    digits(old).eq(digits(new))
}

/// Compares the grades; who has left may come back in any later one.
pub(super) fn compare_grades(old: &Candidate<'_>, new: &Candidate<'_>) -> GradeStep {
    let Some((before, now)) = old.grade.zip(new.grade) else { return GradeStep::Unknown };
    let steps = homeroom_model::Grade::steps(before, now);
    match steps {
        0 => GradeStep::Same,
        1 => GradeStep::Next,
        2.. if !old.active => GradeStep::Unknown,
        2..=3 => GradeStep::Further,
        _ => GradeStep::Impossible,
    }
}

/// Compares the classes.
pub(super) fn compare_classes(old: &Candidate<'_>, new: &Candidate<'_>) -> Classes {
    let shared = old.classes.iter().filter(|class| new.classes.binary_search(class).is_ok()).count();
    let most = old.classes.len().max(new.classes.len());
    if shared == 0 {
        let some_known = !old.classes.is_empty() && new.classes.iter().any(Option::is_some);
        return if some_known { Classes::None } else { Classes::Unknown };
    }
    match shared {
        all if all == most => Classes::All,
        many if many * 2 >= most => Classes::Most,
        _ => Classes::Some,
    }
}
