//! What a plan depends on, apart from the two rosters.

use hashbrown::HashSet;
use homeroom_model::assessment::ColumnVerdict;
use homeroom_model::decided_pair::DecidedPairs;
use homeroom_model::entity::ClassNumber;
use homeroom_model::pin::Pin;
use homeroom_model::rekey::Proposal;

/// What a plan depends on, apart from the two rosters and the keys that the file protects.
#[derive(Clone, Debug, Default)]
pub struct PlanInputs {
    /// Pins in force.
    pub pins: Vec<Pin>,
    /// What people decided about pairs, whichever runs proposed them.
    pub decided: DecidedPairs,
    /// Proposals that await a decision: they stay proposed until then, whatever has changed around them.
    pub pending: Vec<Proposal>,
    /// Whether a person decides now about what was shown: those that await a decision are as certain as they were then, although a part
    /// of the file has been applied since.
    pub decides: bool,
    /// Classes of earlier school years: no class of the file is one of them, whatever its id.
    pub past_classes: HashSet<ClassNumber>,
    /// Columns that went wrong, and whom they concern: what stands in them says nothing of who these people are.
    pub verdicts: Vec<ColumnVerdict>,
}
