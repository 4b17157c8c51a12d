//! Turns matches recognized by evidence into proposals that people can accept or reject.

use homeroom_model::rekey::Proposal;
use homeroom_model::stored::StoredRoster;

use crate::diff::WantedNumbers;
use crate::identity::Recognized;

/// A proposal for each entity that was recognized, with its key and name in the file.
pub(crate) fn propose(
    stored: &StoredRoster,
    recognized: Vec<Recognized>,
    new_names: Vec<(String, String)>,
    numbers: &WantedNumbers,
) -> Vec<Proposal> {
    let recognized = recognized.into_iter().zip(new_names);
    let proposal = |(found, (to, new_name)): (Recognized, (String, String))| {
        let id = stored.entity_at(found.kind, found.old);
        let (from, name) = stored.key_and_name(id).unwrap_or_default();
        Proposal {
            id,
            confidence: found.confidence,
            name,
            from: from.to_owned(),
            to,
            new_name,
            evidence: found.evidence,
            accepted: found.accepted,
            new_entity: (!found.is_same).then(|| numbers.entity(found.kind, found.new)),
        }
    };
    recognized.map(proposal).collect()
}
