//! Turns matches recognized by evidence into proposals that people can accept or reject.

use homeroom_model::rekey::Proposal;
use homeroom_model::stored::StoredRoster;

use crate::diff::WantedNumbers;
use crate::evidence::Recognized;

/// A proposal for each entity that was recognized, with its key in the file.
pub(crate) fn propose(
    stored: &StoredRoster,
    recognized: Vec<Recognized>,
    new_keys: Vec<String>,
    numbers: &WantedNumbers,
) -> Vec<Proposal> {
    let recognized = recognized.into_iter().zip(new_keys);
    let proposal = |(found, to): (Recognized, String)| {
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
    recognized.map(proposal).collect()
}
