//! The proposals that still wait.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use homeroom_model::entity::{Entity, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, Plan};
use homeroom_model::rekey::Proposal;

use crate::fuses::PlanParts;
use crate::inputs::PlanInputs;

/// The proposals that wait once the safe part of a plan is applied: those of before, and those of the plan, in place of earlier ones
/// about the same entity. One whose entity is missing in a file waits on: its new record may be in the next one. One whose entity is
/// `settled`, because the file has it under its own keys, does not.
pub fn still_pending(inputs: &PlanInputs, parts: &PlanParts, settled: &HashSet<EntityRef>) -> Vec<Proposal> {
    let answered = Answered::by(&parts.safe);
    let waits = |proposal: &&Proposal| !proposal.accepted && !answered.contains(proposal);
    let before = inputs.pending.iter().filter(|proposal| !settled.contains(&proposal.id));
    let all = before.chain(&parts.safe.proposals).filter(waits);
    let is_decided =
        |proposal: &Proposal| inputs.decided.is_same(proposal.id, &proposal.to, &proposal.new_name).is_some();
    let undecided = all.filter(|proposal| !is_decided(proposal));
    let pending = undecided.map(|proposal| (proposal.id, proposal.clone())).collect::<BTreeMap<_, _>>();
    pending.into_values().collect()
}

/// What the safe part of a plan makes of proposals: it re-keys their entities, or creates their new records.
struct Answered<'p> {
    rekeyed: HashSet<EntityRef>,
    created: HashSet<(EntityKind, &'p str)>,
}

impl<'p> Answered<'p> {
    fn by(safe: &'p Plan) -> Answered<'p> {
        let mut answered = Answered { rekeyed: HashSet::new(), created: HashSet::new() };
        answered.add(safe, &safe.schools);
        answered.add(safe, &safe.classes);
        answered.add(safe, &safe.teachers);
        answered.add(safe, &safe.students);
        answered
    }

    fn add<V: Entity>(&mut self, safe: &'p Plan, changes: &Changes<V>) {
        self.rekeyed.extend(changes.rekey.iter().map(|entity| entity.number.into()));
        let key = |values: &V| (V::KIND, safe.texts.get(values.key()));
        self.created.extend(changes.create.iter().map(|entity| key(&entity.values)));
    }

    fn contains(&self, proposal: &Proposal) -> bool {
        self.rekeyed.contains(&proposal.id)
            || self.created.contains(&(proposal.id.kind, proposal.to.as_str()))
    }
}
