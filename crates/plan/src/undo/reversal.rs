//! How one entity is after an undo: each field, and whether it is active, is as the last run in effect made it.
//!
//! So undos may come in any order. An undone run no longer counts, wherever it is among the others: a later run's value stays, and the
//! value below shows again when that later run is undone, too.

use std::collections::BTreeSet;

use homeroom_model::entity_log::{EntityLog, EntityState, Undos};
use homeroom_model::fields::Fields;
use homeroom_model::history::Field;
use homeroom_model::ids::RunNumber;
use homeroom_model::string_arena::StringArena;

/// A run that is undone or redone.
pub(super) struct Reversal<'c> {
    pub(super) undos: &'c Undos,
    run: RunNumber,
    texts: &'c StringArena,
    undone_before: BTreeSet<RunNumber>,
    undone_after: BTreeSet<RunNumber>,
}

/// An entity or link before and after the reversal.
pub(super) struct Reverted<K, V> {
    /// Its number, or class and person of a link.
    pub(super) subject: K,
    pub(super) before: EntityState<V>,
    pub(super) after: EntityState<V>,
    changed_run: RunNumber,
    created_run: RunNumber,
    /// For each field, and for the state at the end.
    in_effect: Vec<InEffect>,
}

/// The run that made a field what it is, before and after the reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InEffect {
    before: Option<RunNumber>,
    after: Option<RunNumber>,
}

/// A field, or the state (`None`), that the reversal does not reach because of what a later run or undo made of it.
pub(super) type LaterChange = (RunNumber, Option<Field>);

/// What the reversal makes of one field.
struct FieldOutcome {
    /// The position of the value that it gets; `None` when it keeps the one that it has.
    value: Option<usize>,
    in_effect: InEffect,
    /// The later run or undo because of which it stays.
    later: Option<RunNumber>,
}

impl<'c> Reversal<'c> {
    /// Undoes `run`, or redoes it when it is undone now.
    pub(super) fn new(run: RunNumber, undos: &'c Undos, texts: &'c StringArena) -> Reversal<'c> {
        let undone_before = undos.undone();
        let mut undone_after = undone_before.clone();
        if !undone_after.remove(&run) {
            undone_after.insert(run);
        }
        Reversal { undos, run, texts, undone_before, undone_after }
    }

    /// How an entity is afterwards, and what of it the reversal does not reach.
    pub(super) fn revert<K: Copy, V: Fields>(
        &self,
        log: &EntityLog<K, V>,
    ) -> (Reverted<K, V>, Vec<LaterChange>) {
        let states = log.states().collect::<Vec<_>>();
        let mut by = log.steps.iter().map(|step| step.by).collect::<Vec<_>>();
        let mut after = log.now;
        let (mut in_effect, mut later) = (Vec::with_capacity(V::FIELDS.len() + 1), Vec::new());
        for field in V::FIELDS {
            let values = states.iter().map(|state| state.values.get(*field, self.texts)).collect::<Vec<_>>();
            let outcome = self.outcome(&values, &by);
            if let Some(at) = outcome.value {
                after.values.set(*field, states[at].values);
            }
            in_effect.push(outcome.in_effect);
            later.extend(outcome.later.map(|number| (number, Some(*field))));
        }
        // The first change of the state is the creation.
        by.insert(0, log.created_run);
        let active = [false].into_iter().chain(states.iter().map(|state| state.active)).collect::<Vec<_>>();
        let outcome = self.outcome(&active, &by);
        after.active = outcome.value.map_or(after.active, |at| active[at]);
        in_effect.push(outcome.in_effect);
        later.extend(outcome.later.map(|number| (number, None)));
        let EntityLog { subject, created_run, changed_run, now: before, .. } = *log;
        (Reverted { subject, before, after, changed_run, created_run, in_effect }, later)
    }

    /// The outcome for one field, of which `by[n]` made `values[n + 1]` out of `values[n]`.
    fn outcome<T: PartialEq>(&self, values: &[T], by: &[RunNumber]) -> FieldOutcome {
        let writes = || (0..by.len()).rev().filter(|at| values[*at] != values[at + 1]);
        // The last write of a run that is not undone, and the position of its value.
        let last_write = |undone: &BTreeSet<RunNumber>| {
            let counts = |by: RunNumber| !self.undos.0.contains_key(&by) && !undone.contains(&by);
            writes().find(|at| counts(by[*at])).map_or((None, 0), |at| (Some(by[at]), at + 1))
        };
        let (before, old) = last_write(&self.undone_before);
        let (after, new) = last_write(&self.undone_after);
        let stays = InEffect { before, after: before };
        let now = &values[by.len()];
        if before == after {
            let later = before.filter(|_| writes().any(|at| by[at] == self.run));
            return FieldOutcome { value: None, in_effect: stays, later };
        }
        if *now != values[old] && *now != values[new] {
            // It is not as the runs made it, since an undo could not take effect here. So it is left alone.
            let later = writes().next().map(|at| by[at]);
            return FieldOutcome { value: None, in_effect: stays, later };
        }
        let value = (*now != values[new]).then_some(new);
        FieldOutcome { value, in_effect: InEffect { before, after }, later: None }
    }
}

impl<K, V: Fields> Reverted<K, V> {
    /// Whether it becomes active.
    pub(super) fn is_reactivated(&self) -> bool {
        self.after.active && !self.before.active
    }

    /// Whether it becomes inactive.
    pub(super) fn is_deactivated(&self) -> bool {
        self.before.active && !self.after.active
    }

    /// Whether a field gets another value.
    pub(super) fn changes(&self, field: Field, texts: &StringArena) -> bool {
        self.before.values.get(field, texts) != self.after.values.get(field, texts)
    }

    /// Whether any field gets another value.
    pub(super) fn changes_values(&self, texts: &StringArena) -> bool {
        V::FIELDS.iter().any(|field| self.changes(*field, texts))
    }

    /// Leaves it active or inactive as it is.
    pub(super) fn keep_state(&mut self) {
        self.after.active = self.before.active;
        if let Some(state) = self.in_effect.last_mut() {
            state.after = state.before;
        }
    }

    /// Leaves a field as it is.
    pub(super) fn keep_field(&mut self, kept: Field) {
        self.after.values.set(kept, self.before.values);
        for (_, in_effect) in V::FIELDS.iter().zip(&mut self.in_effect).filter(|(field, _)| **field == kept) {
            in_effect.after = in_effect.before;
        }
    }

    /// Whether anything changes.
    pub(super) fn is_changed(&self, texts: &StringArena) -> bool {
        self.is_reactivated() || self.is_deactivated() || self.changes_values(texts)
    }

    /// The last run whose change is in effect afterwards; `None` when the row already names it.
    pub(super) fn changed_run(&self, texts: &StringArena) -> Option<RunNumber> {
        let last = self.in_effect.iter().filter_map(|in_effect| in_effect.after).max();
        let last = last.unwrap_or(self.created_run);
        // Writing the row puts the undo's own number into it.
        (self.is_changed(texts) || last != self.changed_run).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use homeroom_model::entity::SchoolNumber;
    use homeroom_model::entity_log::{EntityLog, EntityState, LogStep, Undos};
    use homeroom_model::ids::{RosterVersion, RunNumber};
    use homeroom_model::roster::School;
    use homeroom_model::string_arena::{StrId, StringArena};
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::Reversal;

    /// A school whose name is written by runs, then by undos.
    struct Case {
        texts: StringArena,
        undos: Undos,
        log: EntityLog<SchoolNumber, School>,
        /// What each run wrote that changed something.
        writes: Vec<(RunNumber, String)>,
    }

    impl Case {
        fn write(&mut self, by: RunNumber, after: EntityState<School>) {
            let before = std::mem::replace(&mut self.log.now, after);
            self.log.steps.push(LogStep { by, version: RosterVersion::default(), at: None, before });
        }

        /// The last write of a run that is not undone.
        fn last_in_effect(&self, undone: &[RunNumber]) -> (Option<RunNumber>, &str) {
            let last = self.writes.iter().rev().find(|(run, _)| !undone.contains(run));
            last.map_or((None, ""), |(run, name)| (Some(*run), name))
        }
    }

    proptest! {
        #[test]
        fn each_field_is_as_the_last_run_that_is_not_undone_wrote_it(
            names in prop::collection::vec("[ab]", 1..6),
            reversals in prop::collection::vec(0..6_usize, 1..10),
        ) {
            let state = |name| EntityState { active: true, values: School { key: StrId::EMPTY, name } };
            let created = RunNumber(1);
            let log = EntityLog { subject: SchoolNumber(1), created_run: created, changed_run: created, steps: vec![], now: state(StrId::EMPTY) };
            let mut case = Case { texts: StringArena::default(), undos: Undos::default(), log, writes: vec![] };
            let mut number = 1;
            for name in &names {
                number += 1;
                if case.texts.get(case.log.now.values.name) != name {
                    let text = case.texts.push(name);
                    case.write(RunNumber(number), state(text));
                    case.writes.push((RunNumber(number), name.clone()));
                }
            }
            let mut undone = vec![];
            let mut last_undo = BTreeMap::new();
            for reversal in reversals {
                let run = case.writes[reversal % case.writes.len()].0;
                let (reverted, _) = Reversal::new(run, &case.undos, &case.texts).revert(&case.log);
                number += 1;
                let takes_back = match undone.iter().position(|undone| *undone == run) {
                    Some(at) => last_undo[&undone.remove(at)],
                    None => {
                        undone.push(run);
                        last_undo.insert(run, RunNumber(number));
                        run
                    }
                };
                case.undos.0.insert(RunNumber(number), takes_back);
                if reverted.is_changed(&case.texts) {
                    case.write(RunNumber(number), reverted.after);
                }
                let now = case.texts.get(case.log.now.values.name);
                prop_assert_eq!((reverted.in_effect[1].after, now), case.last_in_effect(&undone));
            }
        }
    }
}
