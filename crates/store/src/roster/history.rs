//! Finds an entity by a present or former key, and loads its history.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::entity::{EntityNumber, StudentNumber, TeacherNumber};
use homeroom_model::entity_log::EntityLog;
use homeroom_model::history::{Causes, KnownRun, Logged};
use homeroom_model::ids::{EntityKind, RosterVersion, RunId, RunNumber};
use homeroom_model::roster::Link;
use homeroom_model::string_arena::StringArena;

use super::entity_tables::{self, LinkedPerson, StorableEntity, column_names};
use crate::bulk;
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// The numbers of all entities, active or not, that have or ever had this key: an id, SIS id or address.
    pub fn history_find<V: StorableEntity>(&self, key: &str) -> Result<Vec<V::Number>, StoreError> {
        self.store().read(|tx| {
            let mut found = BTreeSet::new();
            for column in V::KEYS {
                // Addresses are kept in lower case.
                let key = if *column == "email" { key.to_lowercase() } else { key.to_owned() };
                found.extend(self.numbers_with_in_tx::<V>(tx, column, &key)?);
                found.extend(self.numbers_that_had_in_tx::<V>(tx, column, &key)?);
            }
            Ok(found.into_iter().collect())
        })
    }

    fn numbers_with_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        column: &str,
        key: &str,
    ) -> Result<Vec<V::Number>, StoreError> {
        let sql = format!("SELECT number FROM {} WHERE district = $1 AND {column} = $2", V::TABLE);
        tx.rows(&sql, &[self.id().0.into(), key.into()], |row| number(row.int(0)?))
    }

    /// The log has more former keys than the table that matching uses: also those of runs that were undone.
    fn numbers_that_had_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        column: &str,
        key: &str,
    ) -> Result<Vec<V::Number>, StoreError> {
        let written = format!("{}:{}", serde_json::Value::from(column), serde_json::Value::from(key));
        let pattern = written.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let entries = tx.rows(
            "SELECT number, before FROM roster_change
             WHERE district = $1 AND kind = $2 AND before LIKE $3 ESCAPE '!'",
            &[self.id().0.into(), V::KIND.as_str().into(), (&format!("%{pattern}%")).into()],
            |row| Ok::<_, StoreError>((number(row.int(0)?)?, row.text(1)?)),
        )?;
        // SQLite's LIKE ignores case.
        Ok(entries
            .into_iter()
            .filter(|(_, before)| before.contains(&written))
            .map(|(number, _)| number)
            .collect())
    }

    /// The history of an entity, and the runs and undos that made it.
    pub fn history_load<V: StorableEntity>(
        &self,
        number: V::Number,
    ) -> Result<(Logged<V>, Causes), StoreError> {
        self.store().read(|tx| {
            let mut texts = StringArena::default();
            let log = self.logs_in_tx::<V>(tx, &number.to_string(), &mut texts)?.pop();
            let log = log.ok_or_else(|| StoreError::NotFound(format!("{} {number}", V::KIND.as_str())))?;
            let teachings = self.links_of_in_tx::<V, TeacherNumber>(tx, number)?;
            let enrollments = self.links_of_in_tx::<V, StudentNumber>(tx, number)?;
            let classes = teachings.iter().map(|log| log.subject.class);
            let classes = classes.chain(enrollments.iter().map(|log| log.subject.class));
            let classes = self.values_in_tx(tx, &classes.collect(), &mut texts)?;
            let teachers = teachings.iter().map(|log| log.subject.person).collect();
            let teachers = self.values_in_tx(tx, &teachers, &mut texts)?;
            let students = enrollments.iter().map(|log| log.subject.person).collect();
            let students = self.values_in_tx(tx, &students, &mut texts)?;
            let schools = log.states().filter_map(|state| state.values.school());
            let schools = self.values_in_tx(tx, &schools.collect(), &mut texts)?;
            let logged = Logged { texts, log, teachings, enrollments, schools, classes, teachers, students };
            Ok((logged, self.causes_in_tx(tx)?))
        })
    }

    /// The links of an entity: a class has both kinds, a teacher or student one, a school none.
    fn links_of_in_tx<V: StorableEntity, P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        number: V::Number,
    ) -> Result<Vec<EntityLog<Link<P>, ()>>, StoreError> {
        let (district, table, person) = (self.id().0, P::LINKS.table(), P::LINKS.person());
        let end = match V::KIND {
            EntityKind::Class => "class",
            kind if kind == P::KIND => person,
            _ => return Ok(vec![]),
        };
        let selection =
            format!("SELECT class, {person} FROM {table} WHERE district = {district} AND {end} = {number}");
        self.link_logs_in_tx(tx, &selection)
    }

    /// The current values of entities.
    fn values_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        numbers: &BTreeSet<V::Number>,
        texts: &mut StringArena,
    ) -> Result<BTreeMap<V::Number, V>, StoreError> {
        let mut values = BTreeMap::new();
        if numbers.is_empty() {
            return Ok(values);
        }
        let names = column_names::<V>();
        let list = numbers.iter().map(V::Number::to_string).collect::<Vec<_>>().join(",");
        let query = format!(
            "SELECT number, {names} FROM {} WHERE district = {} AND number IN ({list})",
            V::TABLE,
            self.id().0
        );
        bulk::load(tx, &query, |row| {
            values.insert(entity_tables::number(row, 0)?, V::read(row, 1, texts)?);
            Ok(())
        })?;
        Ok(values)
    }

    fn causes_in_tx(&self, tx: &mut Tx<'_>) -> Result<Causes, StoreError> {
        let district = self.id().0;
        let runs = tx.rows(
            "SELECT r.number, r.id, u.name, r.finished_at FROM run r
             JOIN upload u ON u.district = r.district AND u.id = r.upload WHERE r.district = $1",
            &[district.into()],
            |row| {
                let run = KnownRun { id: RunId(row.uuid(1)?), upload: row.text(2)?, at: row.maybe_time(3)? };
                Ok::<_, StoreError>((RunNumber(row.int(0)?), run))
            },
        )?;
        let undone_at = tx.rows(
            "SELECT number, at FROM undo WHERE district = $1 AND at > 0",
            &[district.into()],
            |row| Ok::<_, StoreError>((RunNumber(row.int(0)?), row.time(1)?)),
        )?;
        let start = RosterVersion::default();
        let by = self.change_sets_in_tx(tx, start)?.into_iter().map(|set| (set.version, set.by));
        Ok(Causes {
            runs: runs.into_iter().collect(),
            undos: self.undos_in_tx(tx)?,
            undone_at: undone_at.into_iter().collect(),
            by: by.collect(),
            creations: self.creations_in_tx(tx, start)?,
        })
    }
}

fn number<N: EntityNumber>(number: i64) -> Result<N, StoreError> {
    u32::try_from(number)
        .map(N::from_u32)
        .map_err(|_| StoreError::Unusable(format!("{number} is not an entity number")))
}
