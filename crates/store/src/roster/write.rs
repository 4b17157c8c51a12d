//! Writes changes of a roster. Each function does one thing; `apply` puts them in order.

use homeroom_model::entity::EntityNumber;
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::plan::Numbered;
use homeroom_model::roster::Link;
use homeroom_model::stored::FormerKey;
use homeroom_model::string_arena::StringArena;

use super::kept::{KeptEntity, LinkedPerson};
use crate::bulk::{self, Column, ColumnType};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::{Tx, Value};

const DISTRICT: Column<'static> = ("district", ColumnType::Int8);
const NUMBER: Column<'static> = ("number", ColumnType::Int4);
const ACTIVE: Column<'static> = ("active", ColumnType::Bool);
const CREATED: Column<'static> = ("created_run", ColumnType::Int4);
const CHANGED: Column<'static> = ("changed_run", ColumnType::Int4);

impl DistrictStore {
    /// Raises the roster's version from `base` and locks it until the transaction ends; the new version.
    /// `None` when the roster is no longer at `base`.
    pub fn roster_version_raise_in_tx(
        &self,
        tx: &mut Tx<'_>,
        base: RosterVersion,
    ) -> Result<Option<RosterVersion>, StoreError> {
        tx.row(
            "UPDATE district SET roster_version = roster_version + 1 WHERE id = $1 AND roster_version = $2
             RETURNING roster_version",
            &[self.id().0.into(), base.0.into()],
            |row| row.int(0).map(RosterVersion),
        )
    }

    /// Inserts new things, active, each with a random id of its own.
    pub fn roster_create_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        new: &[Numbered<V>],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        let mut columns = vec![NUMBER, ("id", ColumnType::Uuid)];
        columns.extend_from_slice(V::COLUMNS);
        let random = self.store().random();
        bulk::insert(tx, V::TABLE, &self.of_new(run), &columns, new.iter(), |one, row| {
            row.extend([one.number.as_u32().into(), random.uuid().into()] as [Value<'_>; 2]);
            one.values.push(texts, row);
        })
    }

    /// Gives things new values and makes them active.
    pub fn roster_update_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        changed: &[Numbered<V>],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        let mut columns = vec![DISTRICT, NUMBER];
        columns.extend_from_slice(V::COLUMNS);
        columns.extend([ACTIVE, CHANGED]);
        let district = self.id().0;
        bulk::update(tx, V::TABLE, &columns, 2, changed.iter(), |one, row| {
            row.extend([district.into(), one.number.as_u32().into()] as [Value<'_>; 2]);
            one.values.push(texts, row);
            row.extend([true.into(), run.0.into()] as [Value<'_>; 2]);
        })
    }

    /// Gives inactive things old values back; they stay inactive.
    pub fn roster_update_inactive_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        old: &[Numbered<V>],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        let mut columns = vec![DISTRICT, NUMBER];
        columns.extend_from_slice(V::COLUMNS);
        let district = self.id().0;
        bulk::update(tx, V::TABLE, &columns, 2, old.iter(), |one, row| {
            row.extend([district.into(), one.number.as_u32().into()] as [Value<'_>; 2]);
            one.values.push(texts, row);
        })
    }

    /// Switches things off, or on again with the values they have.
    pub fn roster_set_active_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        numbers: &[V::Number],
        active: bool,
    ) -> Result<(), StoreError> {
        let district = self.id().0;
        let columns = [DISTRICT, NUMBER, ACTIVE, CHANGED];
        bulk::update(tx, V::TABLE, &columns, 2, numbers.iter(), |number, row| {
            row.extend(
                [district.into(), number.as_u32().into(), active.into(), run.0.into()] as [Value<'_>; 4]
            );
        })
    }

    /// Inserts teachings or enrollments.
    pub fn roster_link_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        links: &[Link<P>],
    ) -> Result<(), StoreError> {
        let columns = [("class", ColumnType::Int4), (P::LINKS.person(), ColumnType::Int4)];
        bulk::insert(tx, P::LINKS.table(), &self.of_new(run), &columns, links.iter(), |link, row| {
            row.extend([link.class.0.into(), link.person.as_u32().into()] as [Value<'_>; 2]);
        })
    }

    /// What is the same in every new row of a run.
    fn of_new(&self, run: RunNumber) -> [(Column<'static>, Value<'static>); 4] {
        [
            (DISTRICT, self.id().0.into()),
            (ACTIVE, true.into()),
            (CREATED, run.0.into()),
            (CHANGED, run.0.into()),
        ]
    }

    /// Ends teachings or enrollments, or puts them in force again.
    pub fn roster_link_set_active_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        links: &[Link<P>],
        active: bool,
    ) -> Result<(), StoreError> {
        let district = self.id().0;
        let columns =
            [DISTRICT, ("class", ColumnType::Int4), (P::LINKS.person(), ColumnType::Int4), ACTIVE, CHANGED];
        bulk::update(tx, P::LINKS.table(), &columns, 3, links.iter(), |link, row| {
            row.extend([
                district.into(),
                link.class.0.into(),
                link.person.as_u32().into(),
                active.into(),
                run.0.into(),
            ] as [Value<'_>; 5]);
        })
    }

    /// Remembers keys that were replaced by others.
    pub fn former_keys_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        keys: &[FormerKey],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        for former in keys {
            tx.execute(
                "INSERT INTO former_key (district, kind, key, number, run_number) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING",
                &[
                    self.id().0.into(),
                    former.entity.kind.as_str().into(),
                    texts.get(former.key).into(),
                    former.entity.number.into(),
                    run.0.into(),
                ],
            )?;
        }
        Ok(())
    }
}
