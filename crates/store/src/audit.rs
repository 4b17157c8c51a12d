//! The audit log: who changed what, written in the transaction of the change. Each entry carries the hash of the one before it.

use homeroom_model::audit::{Actor, AuditAction, AuditEntry, AuditFault, Cause};
use homeroom_model::district::Slug;
use homeroom_model::event::EventKind;
use homeroom_model::ids::{DistrictId, RosterVersion, RunId, RunNumber};
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::engine::Store;
use crate::error::StoreError;
use crate::tx::{Row, Tx};

/// The log of the whole installation.
const INSTALLATION: DistrictId = DistrictId(0);

/// An entry to add.
#[derive(Clone, Copy, Debug)]
struct NewAuditEntry<'a> {
    cause: &'a Cause,
    action: AuditAction,
    subject: &'a str,
    details: &'a str,
}

/// All that changed the roster at once.
#[derive(Clone, Copy, Debug)]
pub struct ChangeSet {
    /// What was done.
    pub action: AuditAction,
    /// The run whose changes were applied, undone or redone.
    pub run: RunId,
    /// The number under which the changes are logged: the run's, or that of its undo.
    pub number: RunNumber,
    /// The version of the roster that it led to.
    pub version: RosterVersion,
}

/// A row of the table.
struct StoredEntry {
    number: i64,
    at: Timestamp,
    actor: String,
    reason: String,
    action: String,
    subject: String,
    details: String,
    roster_version: Option<RosterVersion>,
    hash: String,
}

const COLUMNS: &str = "number, at, actor, reason, action, subject, details, roster_version, hash";

fn entry_of(row: &Row<'_>) -> Result<StoredEntry, StoreError> {
    Ok(StoredEntry {
        number: row.int(0)?,
        at: row.time(1)?,
        actor: row.text(2)?,
        reason: row.text(3)?,
        action: row.text(4)?,
        subject: row.text(5)?,
        details: row.text(6)?,
        roster_version: row.maybe_int(7)?.map(RosterVersion),
        hash: row.text(8)?,
    })
}

impl StoredEntry {
    /// The BLAKE3 hash, in hex, of the hash before it and of every column but its own, each preceded by its length.
    fn hash_after(&self, before: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        let version = self.roster_version.map_or_else(String::new, |version| version.to_string());
        let (number, at) = (self.number.to_string(), self.at.as_millisecond().to_string());
        let columns = [
            before,
            &number,
            &at,
            &self.actor,
            &self.reason,
            &self.action,
            &self.subject,
            &self.details,
            &version,
        ];
        for column in columns {
            hasher.update(&(column.len() as u64).to_le_bytes());
            hasher.update(column.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    fn into_entry(self, district: Option<Slug>) -> Result<AuditEntry, StoreError> {
        let unreadable =
            |error: &dyn std::fmt::Display| StoreError::Unusable(format!("an audit entry: {error}"));
        let actor = serde_json::from_str::<Actor>(&self.actor).map_err(|error| unreadable(&error))?;
        Ok(AuditEntry {
            district,
            number: self.number,
            at: self.at,
            cause: Cause { actor, reason: self.reason },
            action: self.action.parse().map_err(|error| unreadable(&error))?,
            subject: self.subject,
            details: self.details,
            roster_version: self.roster_version,
            hash: self.hash,
        })
    }
}

impl DistrictStore {
    /// Adds an entry to the district's audit log, for the cause of this store. `subject` is what was changed, by ids and numbers;
    /// `details` what else there is to know, without anybody's name.
    pub fn audit_in_tx(
        &self,
        tx: &mut Tx<'_>,
        action: AuditAction,
        subject: &str,
        details: &str,
    ) -> Result<(), StoreError> {
        let entry = NewAuditEntry { cause: self.cause(), action, subject, details };
        add_in_tx(self.store(), tx, self.id(), &entry, None).map(drop)
    }

    /// Records who led to a new version of the roster.
    pub fn change_sets_add_in_tx(&self, tx: &mut Tx<'_>, set: &ChangeSet) -> Result<(), StoreError> {
        let ChangeSet { action, run, number, version } = *set;
        let subject = format!("run {run}");
        let entry = NewAuditEntry { cause: self.cause(), action, subject: &subject, details: "" };
        let entry = add_in_tx(self.store(), tx, self.id(), &entry, Some(version))?;
        tx.execute(
            "INSERT INTO change_set (district, version, run_number, audit_number, is_first)
             VALUES ($1, $2, $3, $4, $5)",
            &[
                self.id().0.into(),
                version.0.into(),
                number.0.into(),
                entry.into(),
                (action == AuditAction::RunApplied).into(),
            ],
        )?;
        self.events_add_in_tx(tx, &EventKind::RosterChanged { version, run })
    }

    /// The district's audit log, oldest first.
    pub fn audit_list(&self) -> Result<Vec<AuditEntry>, StoreError> {
        let slug = self.settings()?.slug;
        list(self.store(), self.id(), Some(&slug))
    }

    /// Checks the district's audit log from its first entry to its last.
    pub fn audit_verify(&self) -> Result<Option<AuditFault>, StoreError> {
        verify(self.store(), self.id())
    }
}

impl Store {
    /// Adds an entry to the log of the installation.
    pub(crate) fn installation_audit_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        cause: &Cause,
        action: AuditAction,
        (subject, details): (&str, &str),
    ) -> Result<(), StoreError> {
        let entry = NewAuditEntry { cause, action, subject, details };
        add_in_tx(self, tx, INSTALLATION, &entry, None).map(drop)
    }

    /// The audit log of the installation, oldest first.
    pub fn installation_audit_list(&self) -> Result<Vec<AuditEntry>, StoreError> {
        list(self, INSTALLATION, None)
    }

    /// Checks the audit log of the installation.
    pub fn installation_audit_verify(&self) -> Result<Option<AuditFault>, StoreError> {
        verify(self, INSTALLATION)
    }
}

fn add_in_tx(
    store: &Store,
    tx: &mut Tx<'_>,
    district: DistrictId,
    new: &NewAuditEntry<'_>,
    roster_version: Option<RosterVersion>,
) -> Result<i64, StoreError> {
    // The head stays locked until the transaction ends: entries are in the order of their commits.
    let head = tx.row(
        "INSERT INTO audit_head (district, number, hash) VALUES ($1, 1, '')
         ON CONFLICT (district) DO UPDATE SET number = audit_head.number + 1 RETURNING number, hash",
        &[district.0.into()],
        |row| Ok::<_, StoreError>((row.int(0)?, row.text(1)?)),
    )?;
    let (number, before) =
        head.ok_or_else(|| StoreError::Unusable("the database returned no number".into()))?;
    let mut entry = StoredEntry {
        number,
        at: store.now(),
        actor: serde_json::to_string(&new.cause.actor).expect("an actor has a JSON form"),
        reason: new.cause.reason.clone(),
        action: new.action.as_str().into(),
        subject: new.subject.into(),
        details: new.details.into(),
        roster_version,
        hash: String::new(),
    };
    entry.hash = entry.hash_after(&before);
    tx.execute(
        &format!(
            "INSERT INTO audit_entry (district, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &[
            district.0.into(),
            number.into(),
            entry.at.into(),
            (&entry.actor).into(),
            (&entry.reason).into(),
            (&entry.action).into(),
            (&entry.subject).into(),
            (&entry.details).into(),
            roster_version.map(|version| version.0).into(),
            (&entry.hash).into(),
        ],
    )?;
    tx.execute(
        "UPDATE audit_head SET hash = $2 WHERE district = $1",
        &[district.0.into(), (&entry.hash).into()],
    )?;
    Ok(number)
}

fn stored_in_tx(tx: &mut Tx<'_>, district: DistrictId) -> Result<Vec<StoredEntry>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM audit_entry WHERE district = $1 ORDER BY number");
    tx.rows(&sql, &[district.0.into()], entry_of)
}

fn list(store: &Store, district: DistrictId, slug: Option<&Slug>) -> Result<Vec<AuditEntry>, StoreError> {
    let stored = store.read(|tx| stored_in_tx(tx, district))?;
    stored.into_iter().map(|entry| entry.into_entry(slug.cloned())).collect()
}

fn verify(store: &Store, district: DistrictId) -> Result<Option<AuditFault>, StoreError> {
    store.read(|tx| {
        let head =
            tx.row("SELECT number, hash FROM audit_head WHERE district = $1", &[district.0.into()], |row| {
                Ok::<_, StoreError>((row.int(0)?, row.text(1)?))
            })?;
        Ok(fault_of(&stored_in_tx(tx, district)?, &head.unwrap_or_default()))
    })
}

/// The first fault of a log whose last entry should have the number and hash of `head`.
fn fault_of(entries: &[StoredEntry], head: &(i64, String)) -> Option<AuditFault> {
    let (mut number, mut hash) = (0, String::new());
    for entry in entries {
        number += 1;
        if entry.number != number {
            let fault = format!("entry {number} is missing");
            return Some(AuditFault { number, fault });
        }
        if entry.hash_after(&hash) != entry.hash {
            let fault = format!("entry {number} is not as it was written, or the one before it is another");
            return Some(AuditFault { number, fault });
        }
        hash.clone_from(&entry.hash);
    }
    let (last, last_hash) = head;
    if number < *last {
        let number = number + 1;
        return Some(AuditFault { number, fault: format!("entries {number} to {last} are missing") });
    }
    if number > *last || hash != *last_hash {
        return Some(AuditFault { number, fault: format!("entry {number} was added by another program") });
    }
    None
}
