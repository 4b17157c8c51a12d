//! Who sees whom.

use std::collections::BTreeMap;

use homeroom_model::entity::EntityRef;

use super::night::Seen;

/// The share of all pairs, in percent, that may be gained wrongly without a question.
const MAX_PERCENT: usize = 10;

/// So few are no matter of shares.
const MIN_PAIRS: usize = 10;

/// The pairs of a teacher and a student, both here before, that are gained and are not true, are no more than those of two
/// teachers, or a tenth of all.
pub fn wrong_pairs_stay_within_bounds(seen: &Seen<'_>) -> Vec<String> {
    let (before, after) = (seen.before.pairs(), seen.after.pairs());
    let truth = |teacher, student| {
        let owners = [teacher, student].map(|entity| seen.owners.of(entity));
        let [Some(teacher), Some(student)] = owners else { return true };
        let classes = &seen.district.classes;
        classes.iter().any(|class| class.teachers.contains(&teacher) && class.students.contains(&student))
    };
    let was_here = |entity| seen.before.all.get(entity).is_some_and(|account| account.active);
    let gained =
        after.difference(&before).filter(|(teacher, student)| was_here(teacher) && was_here(student));
    let wrong = gained.filter(|(teacher, student)| !truth(*teacher, *student)).collect::<Vec<_>>();
    let mut students = BTreeMap::<EntityRef, usize>::new();
    before.iter().for_each(|(teacher, _)| *students.entry(*teacher).or_default() += 1);
    let most = students.into_values().max().unwrap_or(0);
    let bound = (2 * most).max(before.len() * MAX_PERCENT / 100).max(MIN_PAIRS);
    if wrong.len() <= bound {
        return vec![];
    }
    let some = wrong.iter().take(5).map(|(teacher, student)| {
        format!("{} sees {}", seen.after.all[teacher].in_words(), seen.after.all[student].in_words())
    });
    let some = some.collect::<Vec<_>>().join("; ");
    vec![format!(
        "{} pairs are gained that are not true, of {}, more than {bound}: {some}",
        wrong.len(),
        before.len()
    )]
}
