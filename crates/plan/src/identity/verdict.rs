//! How certain it is that two records are one person.

use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::Confidence;

use super::compare::Comparison;
use super::evidence::{Classes, GradeStep, NamePart};
use super::weights;

/// The confidence in a pair, by its weight and by what no weight may outvote; `None` when these are two people.
pub(super) fn verdict(comparison: &Comparison, kind: EntityKind) -> Option<Confidence> {
    if stayed_in_place(comparison, kind) {
        return Some(Confidence::Certain);
    }
    let weight = comparison.weight;
    let least = if comparison.keys.any() { weights::DOUBTFUL_WITH_KEY } else { weights::DOUBTFUL };
    // Namesakes get one another's address, but whoever has the same name and the same key is not new without a question.
    let is_namesake = comparison.same_name() && comparison.keys.count() > 0;
    let by_weight = match weight {
        weights::CERTAIN.. => Confidence::Certain,
        weights::PROBABLE.. => Confidence::Probable,
        _ if is_renamed_in_place(comparison, kind) => Confidence::Probable,
        _ if weight >= least || is_namesake => Confidence::Doubtful,
        _ => return None,
    };
    highest(comparison, kind).map(|highest| by_weight.min(highest))
}

/// A child who kept the key that they had until now, and is in the same classes, grade and school: the same child, whatever became of
/// the name. They were adopted, or the name was corrected, or is written in other letters. Unless both names and the address are
/// others: then a record was used again for somebody else, as likely as not.
fn stayed_in_place(comparison: &Comparison, kind: EntityKind) -> bool {
    let Comparison { keys, .. } = comparison;
    kind == EntityKind::Student
        && comparison.active
        && !comparison.key_slipped
        && !(comparison.another_name() && keys.other_email)
        && (keys.sis_id || keys.email && !keys.other_sis_id && !keys.other_clever_id)
        && comparison.same_school != Some(false)
        && comparison.classes >= Classes::Most
        // Grades are mistyped, too.
        && (comparison.names_fit() || matches!(comparison.grade, GradeStep::Same | GradeStep::Next))
}

/// Someone of the same first name in the same classes and school, children also in the same grade, on a quiet night, whose address has
/// changed with the name: they or their parents married or parted, they were adopted, or a spelling was corrected. How rare the names are
/// decides whether it may be somebody else who came as this one left.
pub(super) fn is_renamed_in_place(comparison: &Comparison, kind: EntityKind) -> bool {
    let Comparison { keys, .. } = comparison;
    comparison.address_follows_name
        && matches!(comparison.first_name, NamePart::Same | NamePart::Spelling)
        && !keys.other_sis_id
        && !keys.other_clever_id
        && comparison.same_school == Some(true)
        && (comparison.grade == GradeStep::Same || kind == EntityKind::Teacher)
        && comparison.classes == Classes::All
}

/// Someone whose name and another key are as before, in the same school and grade: only the number is new.
fn is_back_with_new_number(comparison: &Comparison) -> bool {
    comparison.same_name()
        && comparison.same_school == Some(true)
        && matches!(comparison.grade, GradeStep::Same | GradeStep::Next)
        && comparison.keys.count() >= 1
}

/// Someone who had left, and of whom no key is back. Among all who ever left there are too many namesakes, but hardly one of the same
/// school and grade: addresses were made by another rule meanwhile, as likely as not.
fn left_without_a_trace(comparison: &Comparison) -> bool {
    let is_back_in_place =
        comparison.same_name() && comparison.same_school == Some(true) && comparison.grade == GradeStep::Same;
    !comparison.keys.any() && !comparison.active && !is_back_in_place
}

/// The highest confidence that a pair can have, whatever it weighs.
fn highest(comparison: &Comparison, kind: EntityKind) -> Option<Confidence> {
    let Comparison { keys, .. } = comparison;
    let moved_far = comparison.grade == GradeStep::Impossible
        || comparison.grade == GradeStep::Further && comparison.same_school == Some(false);
    let no_key = !keys.any();
    let in_place = comparison.same_school == Some(true) && comparison.grade_fits();
    let one_key_and_another_name = comparison.another_name() && keys.count() < 2;
    // A namesake of someone who left, in a domain that nobody else changed to.
    let only_local_part =
        !comparison.active && keys.local_part && !keys.changed_domain && keys.count() == 0 && !keys.former;
    // Siblings and namesakes come and go.
    let only_last_name = no_key && comparison.first_name == NamePart::Different;
    // A leaver's key beside a name that cannot be compared with theirs, such as one in another alphabet.
    let is_unreadable_leaver = !comparison.active && !comparison.names_are_known() && keys.count() < 2;
    let highest = if no_key && comparison.other_digits || left_without_a_trace(comparison) {
        // Numbers in names are given to tell people apart.
        return None;
    } else if no_key && !comparison.active {
        Confidence::Doubtful
    } else if !comparison.active && keys.other_sis_id && !comparison.any_name() {
        // A leaver's address that went to a newcomer: nothing of the name speaks for them, and the number speaks against it.
        return None;
    } else if moved_far && !comparison.names_fit() && keys.count() < 2 {
        // A leaver's key that went to a newcomer.
        return None;
    } else if moved_far || one_key_and_another_name || only_local_part || only_last_name {
        Confidence::Doubtful
    } else if (comparison.another_name() || is_unreadable_leaver) && !in_place {
        // Everything of one was given to another one of another place.
        Confidence::Doubtful
    } else if comparison.another_name()
        || is_unreadable_leaver
        || !comparison.active && !comparison.names_fit() && keys.count() < 2
    {
        // All keys, but another name, and not in the same class: the account of somebody else, as likely as not.
        // Or back under another name, or a leaver's key that went to a newcomer of the same first name.
        Confidence::Probable
    } else if !is_renamed_in_place(comparison, kind)
        && (no_key && !(comparison.same_name() && comparison.classes >= Classes::Most)
            || keys.other_sis_id && !is_back_with_new_number(comparison)
            || keys.count() == 0 && !comparison.names_fit())
    {
        Confidence::Probable
    } else {
        Confidence::Certain
    };
    Some(highest)
}
