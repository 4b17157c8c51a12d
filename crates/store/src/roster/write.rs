//! Writes changes of a roster. Each function makes one kind of change; `apply` calls them in order.

use homeroom_model::entity::EntityNumber;
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::plan::Numbered;
use homeroom_model::roster::Link;
use homeroom_model::stored::FormerKey;
use homeroom_model::string_arena::StringArena;

use super::columns::{ACTIVE, CHANGED, CLASS, CREATED, DISTRICT, NUMBER, changed_by};
use super::entity_tables::{LinkedPerson, StorableEntity};
use crate::bulk::{self, Column, ColumnType, WrittenColumn};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::{Tx, Value};

impl DistrictStore {
    /// Raises the roster's version from `base`, and locks the roster until the transaction ends. Returns the new version, or `None`
    /// when the roster is no longer at `base`.
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

    /// Inserts new entities, active, each with a random id of its own.
    pub fn roster_create_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        new: &[Numbered<V>],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        let random = self.store().random();
        let mut written =
            vec![number_of_entity(), WrittenColumn::new(("id", ColumnType::Uuid), |_| random.uuid().into())];
        written.extend(values_of_entity(texts));
        bulk::insert(tx, V::TABLE, &self.fixed_columns(run), &written, new.iter())
    }

    /// Gives entities new values and makes them active.
    pub fn roster_update_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        changed: &[Numbered<V>],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        let mut set = values_of_entity(texts).collect::<Vec<_>>();
        set.extend([WrittenColumn::new(ACTIVE, |_| true.into()), changed_by(run)]);
        bulk::update(tx, V::TABLE, &[self.district_column(), number_of_entity()], &set, changed.iter())
    }

    /// Gives inactive entities old values back; they stay inactive.
    pub fn roster_update_inactive_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        old: &[Numbered<V>],
        texts: &StringArena,
    ) -> Result<(), StoreError> {
        let set = values_of_entity(texts).collect::<Vec<_>>();
        bulk::update(tx, V::TABLE, &[self.district_column(), number_of_entity()], &set, old.iter())
    }

    /// Deactivates entities; they keep their values.
    pub fn roster_deactivate_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        numbers: &[V::Number],
    ) -> Result<(), StoreError> {
        let keys =
            [self.district_column(), WrittenColumn::new(NUMBER, |number: &V::Number| number.as_u32().into())];
        let set = [WrittenColumn::new(ACTIVE, |_| false.into()), changed_by(run)];
        bulk::update(tx, V::TABLE, &keys, &set, numbers.iter())
    }

    /// Inserts teachings or enrollments.
    pub fn roster_link_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        links: &[Link<P>],
    ) -> Result<(), StoreError> {
        bulk::insert(tx, P::LINKS.table(), &self.fixed_columns(run), &ends_of_link(), links.iter())
    }

    /// The columns with the same value in every new row of a run.
    fn fixed_columns(&self, run: RunNumber) -> [(Column<'static>, Value<'static>); 4] {
        [
            (DISTRICT, self.id().0.into()),
            (ACTIVE, true.into()),
            (CREATED, run.0.into()),
            (CHANGED, run.0.into()),
        ]
    }

    /// Ends teachings or enrollments.
    pub fn roster_links_deactivate_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        links: &[Link<P>],
    ) -> Result<(), StoreError> {
        self.links_set_active_in_tx(tx, run, links, false.into())
    }

    /// Puts ended teachings or enrollments back in force.
    pub fn roster_links_reactivate_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        links: &[Link<P>],
    ) -> Result<(), StoreError> {
        self.links_set_active_in_tx(tx, run, links, true.into())
    }

    fn links_set_active_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        links: &[Link<P>],
        active: Value<'static>,
    ) -> Result<(), StoreError> {
        let [class, person] = ends_of_link();
        let set = [WrittenColumn::new(ACTIVE, move |_| active), changed_by(run)];
        bulk::update(tx, P::LINKS.table(), &[self.district_column(), class, person], &set, links.iter())
    }

    /// Saves keys that were replaced.
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

fn number_of_entity<'v, V: StorableEntity>() -> WrittenColumn<'static, 'v, &'v Numbered<V>> {
    WrittenColumn::new(NUMBER, |entity: &Numbered<V>| entity.number.as_u32().into())
}

fn values_of_entity<'t, V: StorableEntity>(
    texts: &'t StringArena,
) -> impl Iterator<Item = WrittenColumn<'t, 't, &'t Numbered<V>>> {
    V::COLUMNS.iter().map(move |column| {
        WrittenColumn::new(column.column(), move |entity: &Numbered<V>| (column.value)(&entity.values, texts))
    })
}

fn ends_of_link<'v, P: LinkedPerson>() -> [WrittenColumn<'static, 'v, &'v Link<P>>; 2] {
    [
        WrittenColumn::new(CLASS, |link: &Link<P>| link.class.0.into()),
        WrittenColumn::new(P::LINKS.person_column(), |link: &Link<P>| link.person.as_u32().into()),
    ]
}
