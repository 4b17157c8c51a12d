//! A run that has begun.

use homeroom_ask::reading_rules;
use homeroom_model::district::{District, Stage};
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunState};
use homeroom_read::ReadRules;
use homeroom_store::DistrictStore;

use crate::claim::Claim;
use crate::context::SyncContext;
use crate::error::SyncError;

/// A run that has begun, and what its steps need.
pub(crate) struct ActiveRun<'a> {
    pub(crate) context: &'a SyncContext,
    pub(crate) claim: &'a Claim<'a>,
    pub(crate) district: &'a DistrictStore,
    pub(crate) settings: District,
    pub(crate) run: Run,
    /// The stage that the district reaches with this run, unless it applies nothing.
    pub(crate) leads_to: Option<Stage>,
    pub(crate) rules: ReadRules,
}

/// Marks the run as running; `None` when it has ended, or was cancelled.
pub(crate) fn begin<'a>(
    context: &'a SyncContext,
    claim: &'a Claim<'a>,
    number: RunNumber,
    leads_to: Option<Stage>,
) -> Result<Option<ActiveRun<'a>>, SyncError> {
    let district = claim.district;
    let run = district.runs_get(number)?;
    if !matches!(run.state, RunState::Queued | RunState::Running) {
        return Ok(None);
    }
    if !claim.write(|tx| district.runs_start_in_tx(tx, number))? {
        return Ok(None);
    }
    let settings = district.settings()?;
    let run = district.runs_get(number)?;
    let rules = reading_rules(district, &settings, &context.limits)?;
    Ok(Some(ActiveRun { context, claim, district, settings, run, leads_to, rules }))
}
