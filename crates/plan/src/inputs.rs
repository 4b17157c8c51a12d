//! What a plan depends on, apart from the two rosters.

use hashbrown::HashSet;
use homeroom_model::decided_pair::DecidedPairs;
use homeroom_model::entity::{ClassNumber, EntityRef};
use homeroom_model::pin::Pin;
use homeroom_model::rekey::{Proposal, ProposalReviews};

/// What a plan depends on, apart from the two rosters and the keys that the file protects.
#[derive(Clone, Debug, Default)]
pub struct PlanInputs {
    /// Pins in force.
    pub pins: Vec<Pin>,
    /// What people decided about single proposals of the run that is planned again.
    pub reviews: ProposalReviews,
    /// What people decided about pairs, whichever runs proposed them.
    pub decided: DecidedPairs,
    /// Proposals that await a decision: they stay proposed until then, whatever has changed around them.
    pub pending: Vec<Proposal>,
    /// Classes of earlier school years: no class of the file is one of them, whatever its id.
    pub past_classes: HashSet<ClassNumber>,
}

impl PlanInputs {
    /// Whether a person said that a stored entity and one of the file, by its key and name, are the same.
    pub fn is_same(&self, id: EntityRef, key: &str, name: &str) -> Option<bool> {
        let reviewed = if self.reviews.rejected.contains(&id) {
            Some(false)
        } else {
            self.reviews.accepted.contains(&id).then_some(true)
        };
        reviewed.or_else(|| self.decided.is_same(id, key, name))
    }
}
