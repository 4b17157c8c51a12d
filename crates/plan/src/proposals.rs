//! Shows what was recognised by evidence to people, as proposals that they can accept or reject.

use homeroom_model::rekey::Proposal;
use homeroom_model::stored::StoredRoster;

use crate::diff::WantedNumbers;
use crate::evidence::Recognised;

/// A proposal for each entity that was recognised, with its key in the file.
pub(crate) fn propose(
    stored: &StoredRoster,
    recognised: Vec<Recognised>,
    new_keys: Vec<String>,
    numbers: &WantedNumbers,
) -> Vec<Proposal> {
    let recognised = recognised.into_iter().zip(new_keys);
    let proposal = |(found, to): (Recognised, String)| {
        let id = stored.entity_at(found.kind, found.old);
        let (from, name) = stored.key_and_name(id).unwrap_or_default();
        Proposal {
            id,
            confidence: found.confidence,
            name,
            from: from.to_owned(),
            to,
            evidence: found.evidence,
            new_entity: (!found.is_same).then(|| numbers.entity(found.kind, found.new)),
        }
    };
    recognised.map(proposal).collect()
}
