//! What people decided about pairs of records: it is remembered, so that nobody is asked the same twice.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::entity::EntityRef;
use crate::name::folded;
use crate::rekey::Proposal;

/// A stored entity and a record of a file, and whether a person said that both are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecidedPair {
    /// The stored entity.
    pub id: EntityRef,
    /// The other's key, as in the file.
    pub key: String,
    /// The other's name, without case and accents.
    pub name: String,
    /// Whether both are the same.
    #[serde(rename = "same")]
    pub is_same: bool,
}

impl DecidedPair {
    /// The decision that the two of a proposal are the same.
    pub fn same(proposal: &Proposal) -> DecidedPair {
        let (key, name) = (proposal.to.clone(), folded(&proposal.new_name));
        DecidedPair { id: proposal.id, key, name, is_same: true }
    }

    /// The decision that they are two.
    pub fn different(proposal: &Proposal) -> DecidedPair {
        DecidedPair { is_same: false, ..DecidedPair::same(proposal) }
    }
}

/// All decisions about pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecidedPairs(BTreeMap<EntityRef, Vec<DecidedPair>>);

impl DecidedPairs {
    /// Adds a decision, in place of an earlier one about the same pair.
    pub fn add(&mut self, pair: DecidedPair) {
        let pairs = self.0.entry(pair.id).or_default();
        pairs.retain(|earlier| earlier.key != pair.key || earlier.name != pair.name);
        pairs.push(pair);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these two are the same; `None` when nobody has decided.
    pub fn is_same(&self, id: EntityRef, key: &str, name: &str) -> Option<bool> {
        let pairs = self.0.get(&id)?;
        let name = folded(name);
        pairs.iter().find(|pair| pair.key == key && pair.name == name).map(|pair| pair.is_same)
    }

    /// All pairs, by the stored entity.
    pub fn iter(&self) -> impl Iterator<Item = &DecidedPair> {
        self.0.values().flatten()
    }

    /// Forgets the pairs that `is_forgotten` says.
    pub fn forget(&mut self, is_forgotten: impl Fn(&DecidedPair) -> bool) {
        self.0.values_mut().for_each(|pairs| pairs.retain(|pair| !is_forgotten(pair)));
        self.0.retain(|_, pairs| !pairs.is_empty());
    }
}

impl FromIterator<DecidedPair> for DecidedPairs {
    fn from_iter<I: IntoIterator<Item = DecidedPair>>(pairs: I) -> Self {
        let mut decided = DecidedPairs::default();
        pairs.into_iter().for_each(|pair| decided.add(pair));
        decided
    }
}
