//! Rejects or accepts single proposals of a held run.

use homeroom_ask::{Replanned, replan};
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RunNumber;
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::ProposalReviews;
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
    let replan = |reviews, approval| replan(district, &context.limits, &run, reviews, &approval);
    // With nothing rejected, every proposal is in the plan.
    let Replanned { plan, stored, .. } =
        replan(ProposalReviews { rejected: vec![], ..reviews.clone() }, Approval::None)?;
    let proposals = &plan.parts.safe.proposals;
    let is_unknown = |id| !proposals.iter().any(|proposal| proposal.id == id);
    let mut named = reviewed.rejected.iter().chain(&reviewed.accepted);
    if let Some(unknown) = named.find(|id| is_unknown(**id)) {
        return Err(Refusal::NoSuchProposal { run: run.id, proposal: *unknown }.into());
    }
    refuse_another_version(&run, &shown, stored.version)?;
    // Everything that is left waits for the decision about the run, also what no fuse would hold by itself.
    let Replanned { plan, .. } = replan(reviews, Approval::HoldAll)?;
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
    district.store().write(|tx| district.runs_set_in_tx(tx, number, run.state, &report))?;
    Ok(())
}
