//! Loads a district's whole roster.

use homeroom_model::entity::{ClassNumber, EntityRef, StudentNumber};
use homeroom_model::ids::{EntityKind, RosterVersion, RunNumber};
use homeroom_model::stored::{FormerKey, Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StringArena;
use jiff::Timestamp;

use super::entity_tables::{LinkedPerson, StorableEntity, column_names, link, number};
use crate::bulk::{self, Cells};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// The whole roster, active and inactive, of one version.
    pub fn roster_load(&self) -> Result<StoredRoster, StoreError> {
        self.store().read(|tx| self.roster_load_in_tx(tx))
    }

    /// The whole roster, inside a transaction.
    pub fn roster_load_in_tx(&self, tx: &mut Tx<'_>) -> Result<StoredRoster, StoreError> {
        let mut roster = StoredRoster::default();
        let state = tx.row(
            "SELECT roster_version, applied_rows FROM district WHERE id = $1",
            &[self.id().0.into()],
            |row| Ok::<_, StoreError>((row.int(0)?, row.maybe_int(1)?)),
        )?;
        let (version, rows) = state.ok_or_else(|| StoreError::NotFound("the district".into()))?;
        roster.version = RosterVersion(version);
        roster.applied_rows = rows.and_then(|rows| u64::try_from(rows).ok());
        let texts = &mut roster.texts;
        roster.schools = self.entities_load_in_tx(tx, texts)?;
        roster.classes = self.entities_load_in_tx(tx, texts)?;
        roster.teachers = self.entities_load_in_tx(tx, texts)?;
        roster.students = self.entities_load_in_tx(tx, texts)?;
        roster.teachings = self.links_load_in_tx(tx)?;
        roster.enrollments = self.links_load_in_tx(tx)?;
        roster.former_keys = self.former_keys_load_in_tx(tx, texts)?;
        Ok(roster)
    }

    /// Numbers of all classes that were created before a time, also of those that have ended: they do not come back.
    pub fn classes_created_before(&self, time: Timestamp) -> Result<Vec<ClassNumber>, StoreError> {
        self.store().read(|tx| {
            tx.rows(
                "SELECT c.number FROM class c JOIN run r ON r.district = c.district AND r.number = c.created_run
                 WHERE c.district = $1 AND coalesce(r.finished_at, r.created_at) < $2 ORDER BY c.number",
                &[self.id().0.into(), time.into()],
                |row| Ok(ClassNumber(u32::try_from(row.int(0)?).unwrap_or_default())),
            )
        })
    }

    /// The runs that created a student and changed them last.
    pub fn student_runs(&self, student: StudentNumber) -> Result<(RunNumber, RunNumber), StoreError> {
        let found = self.store().read(|tx| {
            tx.row(
                "SELECT created_run, changed_run FROM student WHERE district = $1 AND number = $2",
                &[self.id().0.into(), student.0.into()],
                |row| Ok::<_, StoreError>((RunNumber(row.int(0)?), RunNumber(row.int(1)?))),
            )
        })?;
        found.ok_or_else(|| StoreError::NotFound(format!("student {student}")))
    }

    fn entities_load_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        texts: &mut StringArena,
    ) -> Result<Vec<Stored<V>>, StoreError> {
        let names = column_names::<V>();
        let mut stored = Vec::new();
        let query = format!(
            "SELECT number, active, {names} FROM {} WHERE district = {} ORDER BY number",
            V::TABLE,
            self.id().0
        );
        bulk::load(tx, &query, |row| {
            stored.push(Stored {
                number: number(row, 0)?,
                active: row.bool(1)?,
                values: V::read(row, 2, texts)?,
            });
            Ok(())
        })?;
        Ok(stored)
    }

    fn links_load_in_tx<P: LinkedPerson>(&self, tx: &mut Tx<'_>) -> Result<Vec<StoredLink<P>>, StoreError> {
        let mut stored = Vec::new();
        let (table, person) = (P::LINKS.table(), P::LINKS.person());
        let query = format!(
            "SELECT class, {person}, active FROM {table} WHERE district = {} ORDER BY class, {person}",
            self.id().0
        );
        bulk::load(tx, &query, |row| {
            stored.push(StoredLink { link: link(row, 0)?, active: row.bool(2)? });
            Ok(())
        })?;
        Ok(stored)
    }

    fn former_keys_load_in_tx(
        &self,
        tx: &mut Tx<'_>,
        texts: &mut StringArena,
    ) -> Result<Vec<FormerKey>, StoreError> {
        let mut keys = Vec::new();
        let query = format!(
            "SELECT kind, key, number FROM former_key WHERE district = {} ORDER BY kind, key, number",
            self.id().0
        );
        bulk::load(tx, &query, |row| {
            keys.push(FormerKey {
                entity: EntityRef { kind: kind_of(row.text(0)?)?, number: row.number(2)? },
                key: texts.push(row.text(1)?),
            });
            Ok(())
        })?;
        Ok(keys)
    }
}

/// Parses the kind of an entity as the database keeps it.
pub(crate) fn kind_of(word: &str) -> Result<EntityKind, StoreError> {
    word.parse().map_err(|error| StoreError::Unusable(format!("the kind of an entity: {error}")))
}
