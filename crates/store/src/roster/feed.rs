//! What changed in a roster since a version, and when its records were created.

use std::collections::{BTreeMap, HashMap};

use homeroom_model::audit::Cause;
use homeroom_model::entity::EntityNumber;
use homeroom_model::entity_log::EntityLog;
use homeroom_model::feed::{Creations, PermanentIds, RecordKind, RosterFeed, VersionCause};
use homeroom_model::ids::{RosterVersion, RunId, RunNumber};
use homeroom_model::plan::{Numbered, Plan};
use homeroom_model::roster::{Class, Link, School, Student, Teacher};
use homeroom_model::stored::StoredRoster;
use homeroom_model::string_arena::StringArena;
use jiff::Timestamp;

use super::entity_tables::{LinkedPerson, StorableEntity};
use crate::bulk::{self, Cells, ColumnType, WrittenColumn};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

/// Why the changes since a version cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedGap {
    /// The roster has not got that far.
    Ahead {
        /// Its version.
        version: RosterVersion,
    },
    /// Changes with their versions are known since this version only.
    Behind {
        /// The version.
        known_since: RosterVersion,
    },
}

/// A change set, and who caused it.
pub(super) struct ChangeSetRow {
    pub(super) version: RosterVersion,
    pub(super) number: RunNumber,
    at: Timestamp,
    pub(super) by: Cause,
}

impl DistrictStore {
    /// Notes in which version the records were created that a run held first.
    pub fn late_creations_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        version: RosterVersion,
        plan: &Plan,
    ) -> Result<(), StoreError> {
        let mut add = |kind, created: Vec<(u32, u32)>| self.late_add_in_tx(tx, version, kind, &created);
        add(RecordKind::School, numbers(&plan.schools.create))?;
        add(RecordKind::Class, numbers(&plan.classes.create))?;
        add(RecordKind::Teacher, numbers(&plan.teachers.create))?;
        add(RecordKind::Student, numbers(&plan.students.create))?;
        add(RecordKind::Teaching, ends(&plan.teachings.create))?;
        add(RecordKind::Enrollment, ends(&plan.enrollments.create))
    }

    fn late_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        version: RosterVersion,
        kind: RecordKind,
        created: &[(u32, u32)],
    ) -> Result<(), StoreError> {
        let fixed = [
            (("district", ColumnType::Int8), self.id().0.into()),
            (("kind", ColumnType::Text), kind.as_str().into()),
            (("version", ColumnType::Int8), version.0.into()),
        ];
        // Entities have no person, which the table keeps as 0.
        let written = [
            WrittenColumn::new(("number", ColumnType::Int4), |(number, _): &(u32, u32)| (*number).into()),
            WrittenColumn::new(("person", ColumnType::Int4), |(_, person): &(u32, u32)| (*person).into()),
        ];
        bulk::insert(tx, "late_creation", &fixed, &written, created.iter())
    }

    /// The whole roster of one version, with its permanent ids.
    pub fn roster_with_ids(&self) -> Result<(StoredRoster, PermanentIds), StoreError> {
        self.store().read(|tx| Ok((self.roster_load_in_tx(tx)?, self.permanent_ids_in_tx(tx)?)))
    }

    /// All that was created or changed since a version, or why it is not known.
    pub fn roster_feed(&self, since: RosterVersion) -> Result<Result<RosterFeed, FeedGap>, StoreError> {
        self.store().read(|tx| {
            let version = self.settings_in_tx(tx)?.roster_version;
            let sets = self.change_sets_in_tx(tx, since)?;
            if let Some(gap) = self.gap_in_tx(tx, since, version, &sets)? {
                return Ok(Err(gap));
            }
            let mut feed = RosterFeed { since, version, ..RosterFeed::default() };
            feed.causes = self.version_causes_in_tx(tx, sets)?;
            feed.creations = self.creations_in_tx(tx, since)?;
            feed.ids = self.permanent_ids_in_tx(tx)?;
            let texts = &mut feed.texts;
            feed.schools = self.logs_since_in_tx(tx, since, texts)?;
            feed.classes = self.logs_since_in_tx(tx, since, texts)?;
            feed.teachers = self.logs_since_in_tx(tx, since, texts)?;
            feed.students = self.logs_since_in_tx(tx, since, texts)?;
            feed.teachings = self.link_logs_since_in_tx(tx, since)?;
            feed.enrollments = self.link_logs_since_in_tx(tx, since)?;
            Ok(Ok(feed))
        })
    }

    fn gap_in_tx(
        &self,
        tx: &mut Tx<'_>,
        since: RosterVersion,
        version: RosterVersion,
        sets: &[ChangeSetRow],
    ) -> Result<Option<FeedGap>, StoreError> {
        if since > version {
            return Ok(Some(FeedGap::Ahead { version }));
        }
        let sql = "SELECT changes_since FROM district WHERE id = $1";
        let known = tx.row(sql, &[self.id().0.into()], |row| row.int(0).map(RosterVersion))?;
        let known_since = known.unwrap_or(version);
        if since < known_since {
            return Ok(Some(FeedGap::Behind { known_since }));
        }
        // A server of an earlier version noted no change set.
        let missing = (since.0 + 1..=version.0)
            .rev()
            .find(|version| sets.binary_search_by_key(&RosterVersion(*version), |set| set.version).is_err());
        Ok(missing.map(|version| FeedGap::Behind { known_since: RosterVersion(version) }))
    }

    /// The change sets after a version, by version.
    pub(super) fn change_sets_in_tx(
        &self,
        tx: &mut Tx<'_>,
        since: RosterVersion,
    ) -> Result<Vec<ChangeSetRow>, StoreError> {
        tx.rows(
            "SELECT c.version, c.run_number, a.at, a.actor, a.reason FROM change_set c
             JOIN audit_entry a ON a.district = c.district AND a.number = c.audit_number
             WHERE c.district = $1 AND c.version > $2 ORDER BY c.version",
            &[self.id().0.into(), since.0.into()],
            |row| {
                let actor = serde_json::from_str(&row.text(3)?)
                    .map_err(|error| StoreError::Unusable(format!("an actor: {error}")))?;
                Ok(ChangeSetRow {
                    version: RosterVersion(row.int(0)?),
                    number: RunNumber(row.int(1)?),
                    at: row.time(2)?,
                    by: Cause { actor, reason: row.text(4)? },
                })
            },
        )
    }

    fn version_causes_in_tx(
        &self,
        tx: &mut Tx<'_>,
        sets: Vec<ChangeSetRow>,
    ) -> Result<BTreeMap<RosterVersion, VersionCause>, StoreError> {
        let undos = self.undos_in_tx(tx)?;
        let runs =
            tx.rows("SELECT number, id FROM run WHERE district = $1", &[self.id().0.into()], |row| {
                Ok::<_, StoreError>((RunNumber(row.int(0)?), RunId(row.uuid(1)?)))
            })?;
        let runs = runs.into_iter().collect::<HashMap<_, _>>();
        let cause = |set: ChangeSetRow| {
            let (act, number) = undos.cause(set.number);
            let run = runs.get(&number).copied();
            let run = run.ok_or_else(|| StoreError::NotFound(format!("run {number}")))?;
            Ok((set.version, VersionCause { at: set.at, act, run, by: set.by }))
        };
        sets.into_iter().map(cause).collect()
    }

    /// When records were created: what was created at once, and what was held and created after `since`.
    pub(super) fn creations_in_tx(
        &self,
        tx: &mut Tx<'_>,
        since: RosterVersion,
    ) -> Result<Creations, StoreError> {
        let first = tx.rows(
            "SELECT run_number, version FROM change_set WHERE district = $1 AND is_first",
            &[self.id().0.into()],
            |row| Ok::<_, StoreError>((RunNumber(row.int(0)?), RosterVersion(row.int(1)?))),
        )?;
        let mut late = HashMap::new();
        let sql = format!(
            "SELECT kind, number, person, version FROM late_creation WHERE district = {} AND version > {since}",
            self.id().0
        );
        bulk::load(tx, &sql, |row| {
            let kind = row.text(0)?.parse::<RecordKind>();
            let kind =
                kind.map_err(|error| StoreError::Unusable(format!("the kind of a record: {error}")))?;
            let person = Some(row.number(2)?).filter(|person| *person > 0);
            late.insert((kind, (row.number(1)?, person)), RosterVersion(row.long(3)?));
            Ok(())
        })?;
        Ok(Creations { first: first.into_iter().collect(), late })
    }

    fn permanent_ids_in_tx(&self, tx: &mut Tx<'_>) -> Result<PermanentIds, StoreError> {
        let mut ids = PermanentIds::default();
        self.ids_add_in_tx::<School>(tx, RecordKind::School, &mut ids)?;
        self.ids_add_in_tx::<Class>(tx, RecordKind::Class, &mut ids)?;
        self.ids_add_in_tx::<Teacher>(tx, RecordKind::Teacher, &mut ids)?;
        self.ids_add_in_tx::<Student>(tx, RecordKind::Student, &mut ids)?;
        Ok(ids)
    }

    fn ids_add_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        kind: RecordKind,
        ids: &mut PermanentIds,
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT number, id FROM {} WHERE district = {}", V::TABLE, self.id().0);
        let found = tx.rows(&sql, &[], |row| {
            let number = u32::try_from(row.int(0)?).unwrap_or_default();
            Ok::<_, StoreError>(((kind, number), row.uuid(1)?))
        })?;
        ids.0.extend(found);
        Ok(())
    }

    fn logs_since_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        since: RosterVersion,
        texts: &mut StringArena,
    ) -> Result<Vec<EntityLog<V::Number, V>>, StoreError> {
        let selection = self.selection_since("number", V::TABLE, since);
        self.logs_in_tx(tx, &selection, texts)
    }

    fn link_logs_since_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        since: RosterVersion,
    ) -> Result<Vec<EntityLog<Link<P>, ()>>, StoreError> {
        let columns = format!("class, {}", P::LINKS.person());
        let selection = self.selection_since(&columns, P::LINKS.table(), since);
        self.link_logs_in_tx(tx, &selection)
    }

    /// What was created or changed after a version: `columns` of the table say which record a row is.
    fn selection_since(&self, columns: &str, table: &str, since: RosterVersion) -> String {
        let district = self.id().0;
        let logged = if columns == "number" { "number" } else { "number, person" };
        format!(
            "SELECT {columns} FROM {table} WHERE district = {district} AND created_run IN
               (SELECT run_number FROM change_set WHERE district = {district} AND version > {since} AND is_first)
             UNION SELECT {logged} FROM late_creation
             WHERE district = {district} AND kind = '{table}' AND version > {since}
             UNION SELECT {logged} FROM roster_change
             WHERE district = {district} AND kind = '{table}' AND version > {since}"
        )
    }
}

fn numbers<V: StorableEntity>(created: &[Numbered<V>]) -> Vec<(u32, u32)> {
    created.iter().map(|created| (created.number.as_u32(), 0)).collect()
}

fn ends<P: LinkedPerson>(created: &[Link<P>]) -> Vec<(u32, u32)> {
    created.iter().map(|link| (link.class.0, link.person.as_u32())).collect()
}
