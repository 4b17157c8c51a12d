//! Rejects or accepts single proposals of a held run.

use std::collections::BTreeSet;

use homeroom_ask::{Reread, SplitPlan, reread};
use homeroom_model::audit::AuditAction;
use homeroom_model::decided_pair::DecidedPair;
use homeroom_model::entity::{Entity, EntityRef};
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RunNumber;
use homeroom_model::plan::{Changes, Plan};
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::{DecisionKind, Run, RunReport};
use homeroom_plan::{Approval, explain};
use homeroom_store::{DistrictStore, StoreError, Tx};

use super::approve::{
    Release, after_approval, forbidden_by_calendar, refuse_what_was_not_shown, release_in_tx,
};
use super::held_run::{carry_states, decision, held_run};
use crate::claim::Claim;
use crate::context::{Progress, SyncContext};
use crate::error::{SyncError, with_fresh_plan};

/// Records what a person said about single proposals of a held run. When nothing else waited, the changes are applied; otherwise the
/// run shows what waits then.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing, or there is no such proposal.
pub(crate) fn review_proposals(
    context: &SyncContext,
    claim: &Claim<'_>,
    number: RunNumber,
    reviews: &ProposalReviews,
) -> Result<(), SyncError> {
    let district = claim.district;
    let run = held_run(district, number)?;
    let shown = run.report.held.clone().unwrap_or_default();
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let mut reread = reread(district, &context.limits, &run)?;
        let as_shown = reread.plan(&Approval::None);
        refuse_what_was_not_shown(&run, &shown, &as_shown, reread.stored.version)?;
        let new = reread.decide(run.id, reviews)?;
        let mut report = run.report.clone();
        report.reviews.add(reviews);
        let plan = reread.plan(&Approval::None);
        let none_discarded = shown.schools.iter().all(|school| school.state != HeldState::Discarded);
        if none_discarded
            && is_everything_decided(&plan, &reread)
            && forbidden_by_calendar(district, &run)?.is_none()
        {
            context.report(Progress::Applying);
            let chosen = shown.schools.iter().map(|school| school.school.clone()).collect::<Vec<_>>();
            let with_reviews = Run { report, ..run.clone() };
            let (state, mut report) = after_approval(&with_reviews, &shown, &plan, &chosen);
            report.decisions.push(decision(district, DecisionKind::Answered, &[]));
            let release = Release { run: &run, reread: &reread, plan: &plan, state, report: &report };
            return claim.finish(|tx| {
                remember_in_tx(district, tx, &new)?;
                release_in_tx(district, tx, &release)
            });
        }
        // Everything that is left waits for the decision about the run, also what no fuse would hold by itself.
        let plan = reread.plan(&Approval::HoldAll);
        show_what_waits(&run, &plan, &mut report);
        claim.finish(|tx| {
            remember_in_tx(district, tx, &new)?;
            if let Some(pending) = &plan.pending {
                district.pending_proposals_set_in_tx(tx, pending)?;
            }
            district.audit_in_tx(tx, AuditAction::ProposalsReviewed, &format!("run {}", run.id), "")?;
            district.runs_set_in_tx(tx, number, run.state, &report)?;
            Ok(())
        })
    })
}

fn remember_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    pairs: &[DecidedPair],
) -> Result<(), StoreError> {
    pairs.iter().try_for_each(|pair| district.decided_pairs_set_in_tx(tx, pair))
}

/// Puts into the report of a held run what waits after the answers.
fn show_what_waits(run: &Run, plan: &SplitPlan, report: &mut RunReport) {
    let shown = run.report.held.clone().unwrap_or_default();
    plan.write_to(report);
    report.messages.clone_from(&run.report.messages);
    report.plan = run.report.plan;
    if let Some(held) = &mut report.held {
        held.fuses.clone_from(&shown.fuses);
        held.roster_version = shown.roster_version;
        held.expires_at.clone_from(&shown.expires_at);
        carry_states(&shown, held, &[], HeldState::Waiting);
        explain(held);
    }
}

/// Whether only proposals waited, and all of them are answered: no fuse holds anything, and nobody goes but those who are another
/// person by an answer.
fn is_everything_decided(plan: &SplitPlan, reread: &Reread) -> bool {
    let safe = &plan.parts.safe;
    let rejected = reread.planner.decided().iter().filter(|pair| !pair.is_same);
    let rejected = rejected.map(|pair| pair.id).collect::<BTreeSet<_>>();
    plan.parts.risky.is_empty()
        && plan.parts.deferred.is_empty()
        && safe.proposals.iter().all(|proposal| proposal.accepted)
        && removed(safe).iter().all(|gone| rejected.contains(gone))
}

/// Schools, classes and people that a plan removes.
fn removed(plan: &Plan) -> Vec<EntityRef> {
    fn of<V: Entity>(changes: &Changes<V>) -> impl Iterator<Item = EntityRef> {
        changes.deactivate.iter().map(|number| (*number).into())
    }
    let places = of(&plan.schools).chain(of(&plan.classes));
    places.chain(of(&plan.teachers)).chain(of(&plan.students)).collect()
}
