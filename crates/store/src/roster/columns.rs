//! Columns that several tables of the roster have.

use homeroom_model::ids::RunNumber;

use crate::bulk::{Column, ColumnType, WrittenColumn};
use crate::district::DistrictStore;

pub(super) const DISTRICT: Column<'static> = ("district", ColumnType::Int8);
pub(super) const NUMBER: Column<'static> = ("number", ColumnType::Int4);
pub(super) const CLASS: Column<'static> = ("class", ColumnType::Int4);
pub(super) const ACTIVE: Column<'static> = ("active", ColumnType::Bool);
pub(super) const CREATED: Column<'static> = ("created_run", ColumnType::Int4);
pub(super) const CHANGED: Column<'static> = ("changed_run", ColumnType::Int4);

impl DistrictStore {
    /// The column that every key begins with.
    pub(super) fn district_column<'v, I>(&self) -> WrittenColumn<'static, 'v, I> {
        let district = self.id().0;
        WrittenColumn::new(DISTRICT, move |_| district.into())
    }
}

/// The column of the run that changed a row last.
pub(super) fn changed_by<'v, I>(run: RunNumber) -> WrittenColumn<'static, 'v, I> {
    WrittenColumn::new(CHANGED, move |_| run.0.into())
}
