//! Refuses a plan that was made from another version of the roster.

use homeroom_model::ids::RosterVersion;
use homeroom_model::plan::Plan;
use homeroom_store::{DistrictStore, StoreError, Tx};

/// Why a plan was not applied. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The roster has changed since the plan was made; make a new plan.
    #[error("the roster has changed since the plan was made from version {base}")]
    Stale {
        /// The version that the plan names.
        base: RosterVersion,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Locks the roster until the transaction ends and raises its version; returns the new one.
pub(crate) fn claim_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    plan: &Plan,
) -> Result<RosterVersion, ApplyError> {
    let base = plan.base_version;
    district.roster_version_raise_in_tx(tx, base)?.ok_or(ApplyError::Stale { base })
}
