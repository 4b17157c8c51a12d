//! The profile that says how a district's files are read, in all its versions.

use homeroom_model::audit::AuditAction;
use homeroom_model::event::EventKind;
use homeroom_model::ids::ProfileVersion;
use homeroom_model::profile::Profile;
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::numbering::Sequence;
use crate::tx::{Row, Tx};

/// One version of a district's profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProfile {
    /// Counted from 1.
    pub version: ProfileVersion,
    /// The profile.
    pub profile: Profile,
    /// Why it was changed.
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
}

fn version_of(row: &Row<'_>) -> Result<StoredProfile, StoreError> {
    let profile = Profile::parse(&row.text(1)?)
        .map_err(|error| StoreError::Unusable(format!("a district's profile: {error}")))?;
    Ok(StoredProfile {
        version: ProfileVersion(row.int(0)?),
        profile,
        reason: row.text(2)?,
        created_at: row.time(3)?,
    })
}

impl DistrictStore {
    /// The profile in force; the empty one when none was ever saved.
    pub fn profile(&self) -> Result<Profile, StoreError> {
        self.store().read(|tx| self.profile_in_tx(tx))
    }

    /// The profile in force, inside a transaction.
    pub fn profile_in_tx(&self, tx: &mut Tx<'_>) -> Result<Profile, StoreError> {
        let newest = tx.row(
            "SELECT version, profile, reason, created_at FROM file_profile WHERE district = $1
             ORDER BY version DESC LIMIT 1",
            &[self.id().0.into()],
            version_of,
        )?;
        Ok(newest.map(|newest| newest.profile).unwrap_or_default())
    }

    /// Every version, newest first.
    pub fn profiles_list(&self) -> Result<Vec<StoredProfile>, StoreError> {
        self.store().read(|tx| {
            tx.rows(
                "SELECT version, profile, reason, created_at FROM file_profile WHERE district = $1
                 ORDER BY version DESC",
                &[self.id().0.into()],
                version_of,
            )
        })
    }

    /// Saves the newest profile, with `change` made to it, as the next version. The file that was applied last no longer counts as
    /// unchanged, because it may now be read in another way.
    pub fn profiles_change(
        &self,
        reason: &str,
        change: impl Fn(&mut Profile),
    ) -> Result<ProfileVersion, StoreError> {
        let now = self.store().now();
        self.store().write(|tx| {
            let version = ProfileVersion(self.next_number_in_tx(tx, Sequence::ProfileVersion)?);
            let mut profile = self.profile_in_tx(tx)?;
            change(&mut profile);
            tx.execute(
                "INSERT INTO file_profile (district, version, profile, reason, created_at) VALUES ($1, $2, $3, $4, $5)",
                &[
                    self.id().0.into(),
                    version.0.into(),
                    (&profile.to_toml()).into(),
                    reason.into(),
                    now.into(),
                ],
            )?;
            self.applied_file_invalidate_in_tx(tx)?;
            let subject = format!("profile version {version}");
            self.audit_in_tx(tx, AuditAction::ProfileChanged, &subject, "")?;
            self.events_add_in_tx(tx, &EventKind::SettingsChanged)?;
            Ok(version)
        })
    }
}
