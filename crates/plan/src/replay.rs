//! What the runs that stand made of a thing: each field, and whether the thing is active, is what the last of them
//! made of it.
//!
//! So undos may come in any order. A run that is taken back no longer counts, wherever it stands among the others: what
//! a later run wrote over it stays, and what lay under it shows again when that later run is taken back too.

use std::collections::BTreeSet;

use homeroom_model::entity_log::{EntityLog, EntityState, Undos};
use homeroom_model::history::Field;
use homeroom_model::ids::RunNumber;
use homeroom_model::string_arena::StringArena;

use homeroom_model::fields::Fields;

/// A run that is taken back or put back in place.
pub(crate) struct Turn<'c> {
    pub(crate) undos: &'c Undos,
    run: RunNumber,
    texts: &'c StringArena,
    undone_before: BTreeSet<RunNumber>,
    undone_after: BTreeSet<RunNumber>,
}

/// A thing before and after a turn.
pub(crate) struct Turned<K, V> {
    pub(crate) of: K,
    pub(crate) now: EntityState<V>,
    pub(crate) then: EntityState<V>,
    changed_run: RunNumber,
    created_run: RunNumber,
    /// The run that stands last in each field, and of the state at the end, now and then.
    last: Vec<(Option<RunNumber>, Option<RunNumber>)>,
}

/// A field, or the state (`None`), that stays because of what a later number made of it.
pub(crate) type Later = (RunNumber, Option<Field>);

struct Fate {
    /// Which of the values is taken.
    to: Option<usize>,
    last: (Option<RunNumber>, Option<RunNumber>),
    later: Option<RunNumber>,
}

impl<'c> Turn<'c> {
    /// Takes `run` back, or puts it back in place when it is taken back now.
    pub(crate) fn of(run: RunNumber, undos: &'c Undos, texts: &'c StringArena) -> Turn<'c> {
        let undone_before = undos.undone();
        let mut undone_after = undone_before.clone();
        if !undone_after.remove(&run) {
            undone_after.insert(run);
        }
        Turn { undos, run, texts, undone_before, undone_after }
    }

    /// How a thing is to be afterwards, and what of it the run does not reach because of later ones.
    pub(crate) fn turn<K: Copy, V: Fields>(&self, past: &EntityLog<K, V>) -> (Turned<K, V>, Vec<Later>) {
        let states = past.states().collect::<Vec<_>>();
        let mut by = past.steps.iter().map(|step| step.by).collect::<Vec<_>>();
        let mut then = past.now;
        let (mut last, mut later) = (Vec::with_capacity(V::FIELDS.len() + 1), Vec::new());
        for field in V::FIELDS {
            let values = states.iter().map(|state| state.values.get(*field, self.texts)).collect::<Vec<_>>();
            let fate = self.fate(&values, &by);
            if let Some(at) = fate.to {
                then.values.set(*field, states[at].values);
            }
            last.push(fate.last);
            later.extend(fate.later.map(|number| (number, Some(*field))));
        }
        // The first change of the state is the creation.
        by.insert(0, past.created_run);
        let active = [false].into_iter().chain(states.iter().map(|state| state.active)).collect::<Vec<_>>();
        let fate = self.fate(&active, &by);
        then.active = fate.to.map_or(then.active, |at| active[at]);
        last.push(fate.last);
        later.extend(fate.later.map(|number| (number, None)));
        let EntityLog { of, created_run, changed_run, now, .. } = *past;
        (Turned { of, now, then, changed_run, created_run, last }, later)
    }

    /// What becomes of one field, of which `by[n]` made `values[n + 1]` out of `values[n]`.
    fn fate<T: PartialEq>(&self, values: &[T], by: &[RunNumber]) -> Fate {
        let writes = || (0..by.len()).rev().filter(|at| values[*at] != values[at + 1]);
        let standing = |undone: &BTreeSet<RunNumber>| {
            let counts = |by: RunNumber| !self.undos.0.contains_key(&by) && !undone.contains(&by);
            writes().find(|at| counts(by[*at])).map_or((None, 0), |at| (Some(by[at]), at + 1))
        };
        let ((before, was), (after, will)) = (standing(&self.undone_before), standing(&self.undone_after));
        let now = &values[by.len()];
        if before == after {
            let later = before.filter(|_| writes().any(|at| by[at] == self.run));
            return Fate { to: None, last: (before, before), later };
        }
        if *now != values[was] && *now != values[will] {
            // It is not as the runs made it, since an undo could not take effect here. So it is left alone.
            let later = writes().next().map(|at| by[at]);
            return Fate { to: None, last: (before, before), later };
        }
        Fate { to: (*now != values[will]).then_some(will), last: (before, after), later: None }
    }
}

impl<K, V: Fields> Turned<K, V> {
    pub(crate) fn comes_back(&self) -> bool {
        self.then.active && !self.now.active
    }

    pub(crate) fn goes(&self) -> bool {
        self.now.active && !self.then.active
    }

    /// Whether a field gets another value.
    pub(crate) fn changes(&self, field: Field, texts: &StringArena) -> bool {
        self.now.values.get(field, texts) != self.then.values.get(field, texts)
    }

    pub(crate) fn changes_values(&self, texts: &StringArena) -> bool {
        V::FIELDS.iter().any(|field| self.changes(*field, texts))
    }

    /// Leaves the state as it is.
    pub(crate) fn keep_state(&mut self) {
        self.then.active = self.now.active;
        if let Some(last) = self.last.last_mut() {
            last.1 = last.0;
        }
    }

    /// Leaves a field as it is.
    pub(crate) fn keep(&mut self, field: Field) {
        self.then.values.set(field, self.now.values);
        for (_, last) in V::FIELDS.iter().zip(&mut self.last).filter(|(of, _)| **of == field) {
            last.1 = last.0;
        }
    }

    /// Whether anything changes.
    pub(crate) fn is_written(&self, texts: &StringArena) -> bool {
        self.comes_back() || self.goes() || self.changes_values(texts)
    }

    /// The last run whose change is in effect afterwards; `None` when that stands in the row already.
    pub(crate) fn changed_run(&self, texts: &StringArena) -> Option<RunNumber> {
        let last = self.last.iter().filter_map(|(_, then)| *then).max().unwrap_or(self.created_run);
        // Writing the row puts the undo's own number into it.
        (self.is_written(texts) || last != self.changed_run).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use homeroom_model::entity::SchoolNumber;
    use homeroom_model::entity_log::{EntityLog, EntityState, LogStep, Undos};
    use homeroom_model::ids::RunNumber;
    use homeroom_model::roster::School;
    use homeroom_model::string_arena::{StrId, StringArena};
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::Turn;

    /// A school whose name is written by runs, then by undos.
    struct Case {
        texts: StringArena,
        undos: Undos,
        past: EntityLog<SchoolNumber, School>,
        /// What each run wrote that changed something.
        writes: Vec<(RunNumber, String)>,
    }

    impl Case {
        fn write(&mut self, by: RunNumber, after: EntityState<School>) {
            let before = std::mem::replace(&mut self.past.now, after);
            self.past.steps.push(LogStep { by, at: None, before });
        }

        /// The last write of a run that is not in `undone`.
        fn last_standing(&self, undone: &[RunNumber]) -> (Option<RunNumber>, &str) {
            let last = self.writes.iter().rev().find(|(run, _)| !undone.contains(run));
            last.map_or((None, ""), |(run, name)| (Some(*run), name))
        }
    }

    proptest! {
        #[test]
        fn whatever_is_undone_the_last_run_that_stands_has_written_each_field(
            names in prop::collection::vec("[ab]", 1..6),
            turns in prop::collection::vec(0..6_usize, 1..10),
        ) {
            let state = |name| EntityState { active: true, values: School { key: StrId::EMPTY, name } };
            let created = RunNumber(1);
            let past = EntityLog { of: SchoolNumber(1), created_run: created, changed_run: created, steps: vec![], now: state(StrId::EMPTY) };
            let mut case = Case { texts: StringArena::default(), undos: Undos::default(), past, writes: vec![] };
            let mut number = 1;
            for name in &names {
                number += 1;
                if case.texts.get(case.past.now.values.name) != name {
                    let kept = case.texts.push(name);
                    case.write(RunNumber(number), state(kept));
                    case.writes.push((RunNumber(number), name.clone()));
                }
            }
            let mut undone = vec![];
            let mut last_undo = BTreeMap::new();
            for turn in turns {
                let run = case.writes[turn % case.writes.len()].0;
                let (turned, _) = Turn::of(run, &case.undos, &case.texts).turn(&case.past);
                number += 1;
                let takes_back = match undone.iter().position(|other| *other == run) {
                    Some(at) => last_undo[&undone.remove(at)],
                    None => {
                        undone.push(run);
                        last_undo.insert(run, RunNumber(number));
                        run
                    }
                };
                case.undos.0.insert(RunNumber(number), takes_back);
                if turned.is_written(&case.texts) {
                    case.write(RunNumber(number), turned.then);
                }
                let now = case.texts.get(case.past.now.values.name);
                prop_assert_eq!((turned.last[1].1, now), case.last_standing(&undone));
            }
        }
    }
}
