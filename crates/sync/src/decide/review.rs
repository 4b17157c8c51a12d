//! Rejects or accepts single proposals of a held run.

use homeroom_ask::{Decisions, Replanned, replan};
use homeroom_model::decided_pair::DecidedPair;
use homeroom_model::entity::EntityRef;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RunNumber;
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::{Proposal, ProposalReviews};
use homeroom_model::run::Run;
use homeroom_plan::Approval;
use homeroom_store::DistrictStore;

use super::held_run::{carry_states, held_run, refuse_another_version};
use crate::context::{Progress, SyncContext};
use crate::error::SyncError;

/// Records what a person said about single proposals of a held run, and shows what waits then.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing, or there is no such proposal.
pub(crate) fn review_proposals(
    context: &SyncContext,
    district: &DistrictStore,
    number: RunNumber,
    reviewed: &ProposalReviews,
) -> Result<(), SyncError> {
    let run = held_run(district, number)?;
    let shown = run.report.held.clone().unwrap_or_default();
    let mut reviews = run.report.reviews.clone();
    reviews.add(reviewed);
    context.report(Progress::Planning);
    let replan = |decisions, approval| replan(district, &context.limits, &run, decisions, &approval);
    let mut pairs = district.decided_pairs()?;
    // With nothing rejected, every proposal is in the plan.
    let none_rejected = Decisions {
        reviews: ProposalReviews { rejected: vec![], ..run.report.reviews.clone() },
        pairs: pairs.clone().without_differences_of(&run.report.reviews.rejected),
    };
    let Replanned { plan, stored, .. } = replan(none_rejected, Approval::None)?;
    let new_pairs = decide_pairs(&run, &plan.parts.safe.proposals, reviewed)?;
    refuse_another_version(&run, &shown, stored.version)?;
    new_pairs.iter().for_each(|pair| pairs.add(pair.clone()));
    // Everything that is left waits for the decision about the run, also what no fuse would hold by itself.
    let Replanned { plan, .. } = replan(Decisions { reviews, pairs }, Approval::HoldAll)?;
    let mut report = run.report.clone();
    plan.write_to(&mut report);
    report.messages.clone_from(&run.report.messages);
    report.plan = run.report.plan;
    if let Some(held) = &mut report.held {
        held.fuses.clone_from(&shown.fuses);
        held.roster_version = shown.roster_version;
        held.expires_at.clone_from(&shown.expires_at);
        carry_states(&shown, held, &[], HeldState::Waiting);
    }
    district.store().write(|tx| {
        for pair in &new_pairs {
            district.decided_pairs_set_in_tx(tx, pair)?;
        }
        if let Some(pending) = &plan.pending {
            district.pending_proposals_set_in_tx(tx, pending)?;
        }
        district.runs_set_in_tx(tx, number, run.state, &report)
    })?;
    Ok(())
}

/// What was said about each of the proposals, as decisions about pairs.
fn decide_pairs(
    run: &Run,
    proposals: &[Proposal],
    reviewed: &ProposalReviews,
) -> Result<Vec<DecidedPair>, Refusal> {
    let find = |id: EntityRef| {
        let unknown = || Refusal::NoSuchProposal {
            run: run.id,
            proposal: id,
            proposals: proposals.iter().map(|proposal| proposal.id).collect(),
        };
        proposals.iter().find(|proposal| proposal.id == id).ok_or_else(unknown)
    };
    let rejected = reviewed.rejected.iter().map(|id| Ok(DecidedPair::different(find(*id)?)));
    let accepted = reviewed.accepted.iter().map(|id| Ok(DecidedPair::same(find(*id)?)));
    rejected.chain(accepted).collect()
}
