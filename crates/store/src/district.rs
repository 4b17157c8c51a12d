//! Districts, and the store that reaches only one of them.

use std::sync::Arc;

use homeroom_model::audit::{AuditAction, Cause};
use homeroom_model::district::{District, Mode, Slug, Stage};
use homeroom_model::event::EventKind;
use homeroom_model::ids::{DistrictId, RosterVersion};
use homeroom_model::policy::Policy;
use homeroom_model::time_zone::{LocalTime, Zone};
use jiff::Timestamp;

use crate::engine::Store;
use crate::error::StoreError;
use crate::tx::{Row, Tx};

/// The settings of a new district.
#[derive(Clone, Debug)]
pub struct NewDistrict {
    /// Its slug.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// The time zone of its clocks.
    pub time_zone: Zone,
    /// Seats of the licence.
    pub seats: u32,
    /// Apps of the licence.
    pub apps: Vec<String>,
    /// What starts a live run.
    pub mode: Mode,
    /// When a nightly run starts, by the district's clocks.
    pub at: LocalTime,
    /// The name of the file that is synced.
    pub file: String,
}

const COLUMNS: &str =
    "id, slug, name, time_zone, seats, apps, mode, at, file, stage, roster_version, policy, created_at";

fn district_of(row: &Row<'_>) -> Result<District, StoreError> {
    let json = |error: serde_json::Error| StoreError::Unusable(format!("a district's settings: {error}"));
    Ok(District {
        id: DistrictId(row.int(0)?),
        slug: row.word(1)?,
        name: row.text(2)?,
        time_zone: row.word(3)?,
        seats: u32::try_from(row.int(4)?).unwrap_or(u32::MAX),
        apps: serde_json::from_str(&row.text(5)?).map_err(json)?,
        mode: row.word(6)?,
        at: row.word(7)?,
        file: row.text(8)?,
        stage: row.word(9)?,
        roster_version: RosterVersion(row.int(10)?),
        policy: serde_json::from_str(&row.text(11)?).map_err(json)?,
        created_at: row.time(12)?,
    })
}

impl Store {
    /// Creates a district in stage `setup`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] on `district_slug` when the slug is taken.
    pub fn districts_add(&self, new: &NewDistrict, cause: &Cause) -> Result<District, StoreError> {
        let apps = serde_json::to_string(&new.apps).expect("a list of texts has a JSON form");
        let policy = serde_json::to_string(&Policy::default()).expect("a policy has a JSON form");
        let (now, at) = (self.now(), new.at.to_string());
        self.write(|tx| {
            let id = tx.row(
                "INSERT INTO district (slug, name, time_zone, seats, apps, mode, at, file, stage, policy, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'setup', $9, $10) RETURNING id",
                &[
                    new.slug.as_str().into(),
                    (&new.name).into(),
                    new.time_zone.as_str().into(),
                    new.seats.into(),
                    (&apps).into(),
                    new.mode.as_str().into(),
                    (&at).into(),
                    (&new.file).into(),
                    (&policy).into(),
                    now.into(),
                ],
                |row| row.int(0),
            )?;
            let added = district_in_tx(tx, DistrictId(id.unwrap_or_default()))?;
            let subject = format!("district {}", added.slug);
            self.installation_audit_add_in_tx(tx, cause, AuditAction::DistrictAdded, (&subject, ""))?;
            Ok(added)
        })
    }

    /// All districts, by slug.
    pub fn districts_list(&self) -> Result<Vec<District>, StoreError> {
        self.read(|tx| tx.rows(&format!("SELECT {COLUMNS} FROM district ORDER BY slug"), &[], district_of))
    }

    /// The district with this slug, if there is one.
    pub fn districts_find(&self, slug: &Slug) -> Result<Option<District>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM district WHERE slug = $1");
        self.read(|tx| tx.row(&sql, &[slug.as_str().into()], district_of))
    }

    /// How many districts are in each stage.
    pub fn districts_count(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(|tx| {
            tx.rows("SELECT stage, count(*) FROM district GROUP BY stage ORDER BY stage", &[], |row| {
                Ok((row.text(0)?, row.int(1)?))
            })
        })
    }

    /// The store of one district. What is changed through it is changed by Homeroom itself, unless it is told otherwise
    /// ([`DistrictStore::acting_for`]).
    pub fn district(&self, id: DistrictId) -> DistrictStore {
        DistrictStore { store: self.clone(), id, cause: Arc::new(Cause::SYSTEM) }
    }
}

fn district_in_tx(tx: &mut Tx<'_>, id: DistrictId) -> Result<District, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM district WHERE id = $1");
    tx.row(&sql, &[id.0.into()], district_of)?.ok_or_else(|| StoreError::NotFound("the district".into()))
}

/// The rows of one district and no others: to hold it is to have access to that district. What is changed through it is recorded in the
/// audit log with its cause.
#[derive(Clone)]
pub struct DistrictStore {
    store: Store,
    id: DistrictId,
    cause: Arc<Cause>,
}

impl DistrictStore {
    /// The district's id.
    pub fn id(&self) -> DistrictId {
        self.id
    }

    /// The same district, for changes that somebody else asks for, or for another reason.
    pub fn acting_for(&self, cause: Cause) -> DistrictStore {
        DistrictStore { cause: Arc::new(cause), ..self.clone() }
    }

    /// Who asks for the changes that are made through this store, and why.
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// The whole store, for blobs, the clock, randomness and transactions, which belong to no district.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The district's settings.
    pub fn settings(&self) -> Result<District, StoreError> {
        self.store.read(|tx| self.settings_in_tx(tx))
    }

    /// The district's settings, inside a transaction.
    pub fn settings_in_tx(&self, tx: &mut Tx<'_>) -> Result<District, StoreError> {
        district_in_tx(tx, self.id)
    }

    /// The district's settings, which nobody else changes until the transaction ends.
    pub fn settings_locked_in_tx(&self, tx: &mut Tx<'_>) -> Result<District, StoreError> {
        self.district_lock_in_tx(tx)?;
        self.settings_in_tx(tx)
    }

    /// Saves the settings that an operator can change; the slug, stage and roster version stay. `details` says what changes.
    pub fn settings_set_in_tx(
        &self,
        tx: &mut Tx<'_>,
        to: &District,
        action: AuditAction,
        details: &str,
    ) -> Result<(), StoreError> {
        let apps = serde_json::to_string(&to.apps).expect("a list of texts has a JSON form");
        let policy = serde_json::to_string(&to.policy).expect("a policy has a JSON form");
        let at = to.at.to_string();
        tx.execute(
            "UPDATE district SET name = $2, time_zone = $3, seats = $4, apps = $5, mode = $6, at = $7, file = $8,
             policy = $9, settings_changed_at = $10 WHERE id = $1",
            &[
                self.id.0.into(),
                (&to.name).into(),
                to.time_zone.as_str().into(),
                to.seats.into(),
                (&apps).into(),
                to.mode.as_str().into(),
                (&at).into(),
                (&to.file).into(),
                (&policy).into(),
                self.store.now().into(),
            ],
        )?;
        self.audit_in_tx(tx, action, "settings", details)?;
        self.events_add_in_tx(tx, &EventKind::SettingsChanged)
    }

    /// Whether the settings, the profile or the pins have changed since then: the same file may give another plan.
    pub fn rules_changed_since(&self, at: Timestamp) -> Result<bool, StoreError> {
        let changed = |tx: &mut Tx<'_>| {
            tx.row(
                "SELECT 1 FROM district d WHERE d.id = $1 AND (d.settings_changed_at >= $2
                   OR EXISTS (SELECT 1 FROM file_profile p WHERE p.district = d.id AND p.created_at >= $2))",
                &[self.id.0.into(), at.into()],
                |row| row.int(0),
            )
        };
        Ok(self.store.read(changed)?.is_some() || self.pins_changed_since(at)?)
    }

    /// Moves the district to another stage.
    pub fn stage_set_in_tx(&self, tx: &mut Tx<'_>, stage: Stage) -> Result<(), StoreError> {
        let from = self.settings_locked_in_tx(tx)?.stage;
        let values = [self.id.0.into(), stage.as_str().into()];
        tx.execute("UPDATE district SET stage = $2 WHERE id = $1", &values)?;
        self.audit_in_tx(tx, AuditAction::StageChanged, "stage", &format!("{from} -> {stage}"))?;
        self.events_add_in_tx(tx, &EventKind::StageChanged { from, to: stage })
    }
}
