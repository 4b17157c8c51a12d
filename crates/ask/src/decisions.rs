//! What people decided about proposals, and what still waits.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use homeroom_model::decided_pair::DecidedPairs;
use homeroom_model::entity::{Entity, EntityRef};
use homeroom_model::plan::Changes;
use homeroom_model::rekey::{Proposal, ProposalReviews};
use homeroom_model::run::Run;
use homeroom_plan::{PlanInputs, PlanParts};
use homeroom_store::{DistrictStore, StoreError};

/// What people decided about proposals.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    /// About those of the run that is planned again.
    pub reviews: ProposalReviews,
    /// About pairs, whichever runs proposed them.
    pub pairs: DecidedPairs,
}

impl Decisions {
    /// All that were made in a district, of which a run has its own reviews.
    pub fn load(district: &DistrictStore, run: &Run) -> Result<Decisions, StoreError> {
        Ok(Decisions { reviews: run.report.reviews.clone(), pairs: district.decided_pairs()? })
    }
}

/// The proposals that wait once the safe part of a plan is applied: those of before, and those of the plan, in place of earlier ones
/// about the same entity.
pub(crate) fn still_pending(inputs: &PlanInputs, parts: &PlanParts) -> Vec<Proposal> {
    let applied = applied_entities(parts);
    let waits = |proposal: &&Proposal| !proposal.accepted && !applied.contains(&proposal.id);
    let all = inputs.pending.iter().chain(&parts.safe.proposals).filter(waits);
    let undecided =
        all.filter(|proposal| inputs.is_same(proposal.id, &proposal.to, &proposal.new_name).is_none());
    let pending = undecided.map(|proposal| (proposal.id, proposal.clone())).collect::<BTreeMap<_, _>>();
    pending.into_values().collect()
}

/// What the safe part re-keys or removes.
fn applied_entities(parts: &PlanParts) -> HashSet<EntityRef> {
    fn of<V: Entity>(changes: &Changes<V>) -> impl Iterator<Item = EntityRef> {
        let rekeyed = changes.rekey.iter().map(|entity| entity.number.into());
        rekeyed.chain(changes.deactivate.iter().map(|number| (*number).into()))
    }
    let safe = &parts.safe;
    of(&safe.schools).chain(of(&safe.classes)).chain(of(&safe.teachers)).chain(of(&safe.students)).collect()
}
