//! Moves a district from stage to stage.

use homeroom_model::district::{Slug, Stage};
use homeroom_model::refusal::StageRefusal;
use homeroom_store::DistrictStore;

use crate::error::SyncError;
use crate::schedule::{Rescheduled, reschedule_in_tx};

/// A change of stage, and what follows from it.
#[derive(Clone, Debug)]
pub struct StageChange {
    /// The stage before.
    pub from: Stage,
    /// The stage now.
    pub to: Stage,
    /// The runs that the district makes by itself.
    pub runs: Rescheduled,
}

/// Whether a step may be taken although something is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageChecks {
    /// It may not.
    Enforced,
    /// It may: a person has said why.
    Overridden,
}

/// Moves a district to `to`: `testing`, `live` or `paused`. A run that is queued for a paused district is taken out of the queue in the
/// same transaction, and the newest upload of a district that goes live, or is no longer paused, is queued. `verifying` is reached with a
/// run ([`queue_verifying`](crate::queue_verifying)).
///
/// # Errors
/// [`SyncError::Refused`] when there is no way from the present stage to this one, or something is missing on it.
pub fn set_stage(district: &DistrictStore, to: Stage, checks: StageChecks) -> Result<StageChange, SyncError> {
    district.store().write(|tx| {
        let settings = district.settings_locked_in_tx(tx)?;
        let from = settings.stage;
        if let Some(refusal) = refused(&settings.slug, from, to, checks) {
            return Err(refusal.into());
        }
        if to != from {
            district.stage_set_in_tx(tx, to)?;
        }
        let reason = format!("The district was set to {to} before this run began.");
        Ok(StageChange { from, to, runs: reschedule_in_tx(district, tx, &reason)? })
    })
}

/// Why a district in stage `from` cannot be set to `to`.
fn refused(slug: &Slug, from: Stage, to: Stage, checks: StageChecks) -> Option<StageRefusal> {
    let district = slug.clone();
    match (from, to) {
        (_, Stage::Testing) | (Stage::Live | Stage::Paused, Stage::Paused | Stage::Live) => None,
        (_, Stage::Live) if checks == StageChecks::Overridden => None,
        (Stage::Verifying, Stage::Live) => Some(StageRefusal::LoginsNotTested { district }),
        (_, Stage::Live) => Some(StageRefusal::RosterNotLoaded { district, stage: from }),
        _ => Some(StageRefusal::NotReachable { district, from, to }),
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::district::{Slug, Stage};

    use super::{StageChecks, refused};

    /// The stages that can be reached from each one.
    fn reachable(from: Stage, checks: StageChecks) -> Vec<&'static str> {
        let slug = Slug::parse("lincoln").expect("this is a slug");
        let reachable = Stage::ALL.into_iter().filter(|to| refused(&slug, from, *to, checks).is_none());
        reachable.map(Stage::as_str).collect()
    }

    #[test]
    fn only_a_live_district_is_paused_and_only_a_tested_one_goes_live() {
        let from = |from| (reachable(from, StageChecks::Enforced), reachable(from, StageChecks::Overridden));
        assert_eq!(from(Stage::Setup), (vec!["testing"], vec!["testing", "live"]));
        assert_eq!(from(Stage::Testing), (vec!["testing"], vec!["testing", "live"]));
        assert_eq!(from(Stage::Verifying), (vec!["testing"], vec!["testing", "live"]));
        let all = vec!["testing", "live", "paused"];
        assert_eq!(from(Stage::Live), (all.clone(), all.clone()));
        assert_eq!(from(Stage::Paused), (all.clone(), all));
    }
}
