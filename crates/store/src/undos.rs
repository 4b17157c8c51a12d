//! Undos. They are numbered in the same sequence as runs, so that the log can tell their changes from those of runs.

use homeroom_model::entity_log::Undos;
use homeroom_model::ids::RunNumber;

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::numbering::Sequence;
use crate::tx::Tx;

impl DistrictStore {
    /// Records an undo of `undone`, a run or an undo, and returns the number its changes are logged under.
    pub fn undos_begin_in_tx(&self, tx: &mut Tx<'_>, undone: RunNumber) -> Result<RunNumber, StoreError> {
        let number = RunNumber(self.next_number_in_tx(tx, Sequence::Run)?);
        tx.execute(
            "INSERT INTO undo (district, number, of_run, at) VALUES ($1, $2, $3, $4)",
            &[self.id().0.into(), number.0.into(), undone.0.into(), self.store().now().into()],
        )?;
        Ok(number)
    }

    /// Every undo of the district.
    pub(crate) fn undos_in_tx(&self, tx: &mut Tx<'_>) -> Result<Undos, StoreError> {
        let undos =
            tx.rows("SELECT number, of_run FROM undo WHERE district = $1", &[self.id().0.into()], |row| {
                Ok::<_, StoreError>((RunNumber(row.int(0)?), RunNumber(row.int(1)?)))
            })?;
        Ok(Undos(undos.into_iter().collect()))
    }
}
