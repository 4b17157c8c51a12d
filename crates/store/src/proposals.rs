//! Proposals that wait for a decision, and what was decided about pairs of records.

use homeroom_model::audit::AuditAction;
use homeroom_model::decided_pair::{DecidedPair, DecidedPairs};
use homeroom_model::entity::EntityRef;
use homeroom_model::rekey::Proposal;

use crate::bulk::{self, ColumnType, WrittenColumn};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// The proposals that wait for a decision, whichever runs made them.
    pub fn pending_proposals_list(&self) -> Result<Vec<Proposal>, StoreError> {
        let sql = "SELECT proposal FROM pending_proposal WHERE district = $1 ORDER BY kind, number";
        self.store().read(|tx| {
            tx.rows(sql, &[self.id().0.into()], |row| {
                serde_json::from_str(&row.text(0)?)
                    .map_err(|error| StoreError::Unusable(format!("a pending proposal: {error}")))
            })
        })
    }

    /// Replaces the proposals that wait for a decision.
    pub fn pending_proposals_set_in_tx(
        &self,
        tx: &mut Tx<'_>,
        pending: &[Proposal],
    ) -> Result<(), StoreError> {
        tx.execute("DELETE FROM pending_proposal WHERE district = $1", &[self.id().0.into()])?;
        let json = |proposal| serde_json::to_string(proposal).expect("a proposal has a JSON form");
        let rows = pending.iter().map(|proposal| (proposal.id, json(proposal))).collect::<Vec<_>>();
        let written = [
            WrittenColumn::new(("kind", ColumnType::Text), |(id, _): &(EntityRef, String)| {
                id.kind.as_str().into()
            }),
            WrittenColumn::new(("number", ColumnType::Int4), |(id, _): &(EntityRef, String)| {
                id.number.into()
            }),
            WrittenColumn::new(("proposal", ColumnType::Text), |(_, json): &(EntityRef, String)| json.into()),
        ];
        let district = [(("district", ColumnType::Int8), self.id().0.into())];
        bulk::insert(tx, "pending_proposal", &district, &written, rows.iter())
    }

    /// What was decided about pairs, whichever runs proposed them.
    pub fn decided_pairs(&self) -> Result<DecidedPairs, StoreError> {
        let sql = "SELECT kind, number, key, name, same FROM decided_pair WHERE district = $1";
        let pairs = self.store().read(|tx| {
            tx.rows(sql, &[self.id().0.into()], |row| {
                let number = u32::try_from(row.int(1)?).unwrap_or_default();
                Ok::<_, StoreError>(DecidedPair {
                    id: EntityRef { kind: row.word(0)?, number },
                    key: row.text(2)?,
                    name: row.text(3)?,
                    is_same: row.bool(4)?,
                })
            })
        })?;
        Ok(pairs.into_iter().collect())
    }

    /// Forgets decisions about pairs.
    pub fn decided_pairs_forget(&self, pairs: &[DecidedPair]) -> Result<(), StoreError> {
        self.store().write(|tx| {
            for DecidedPair { id, key, name, .. } in pairs {
                tx.execute(
                    "DELETE FROM decided_pair
                     WHERE district = $1 AND kind = $2 AND number = $3 AND key = $4 AND name = $5",
                    &[self.id().0.into(), id.kind.as_str().into(), id.number.into(), key.into(), name.into()],
                )?;
                self.audit_in_tx(tx, AuditAction::ProposalForgotten, &id.to_string(), "")?;
            }
            Ok(())
        })
    }

    /// Remembers a decision about a pair, in place of an earlier one about the same.
    pub fn decided_pairs_set_in_tx(&self, tx: &mut Tx<'_>, pair: &DecidedPair) -> Result<(), StoreError> {
        let DecidedPair { id, key, name, is_same } = pair;
        tx.execute(
            "INSERT INTO decided_pair (district, kind, number, key, name, same, decided_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (district, kind, number, key, name) DO UPDATE SET same = $6, decided_at = $7",
            &[
                self.id().0.into(),
                id.kind.as_str().into(),
                id.number.into(),
                key.into(),
                name.into(),
                (*is_same).into(),
                self.store().now().into(),
            ],
        )
        .map(drop)
    }
}
