//! The identity fuse: removed entities that look like created ones are held together with them, as new keys of known entities.

use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, Proposal};

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;

/// In bulk, every re-key waits for one approval, including doubtful ones that look alike. Below that, certain ones are applied, and
/// probable ones wait one by one: a program must not guess whether two records are the same person.
pub(super) fn rekeys(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let counts = context.plan.counts();
    let mut fuses = Vec::new();
    for kind in EntityKind::ALL {
        let of_kind = context.plan.proposals.iter().filter(|proposal| proposal.id.kind == kind);
        let proposals = of_kind.collect::<Vec<_>>();
        let gone = counts.deactivate.get(kind) + counts.rekey.get(kind);
        let alike = proposals.iter().filter(|proposal| looks_alike(proposal)).count();
        let in_bulk = context.rules.policy.limit(Fuse::Identity).is_reached(alike as u64, gone);
        let waits = |proposal: &&&Proposal| match proposal.confidence {
            Confidence::Certain => in_bulk,
            Confidence::Probable => true,
            Confidence::Doubtful => in_bulk && looks_alike(proposal) || proposal.new_entity.is_none(),
        };
        let held = proposals.iter().filter(waits).copied().collect::<Vec<_>>();
        if held.is_empty() {
            continue;
        }
        held.iter().for_each(|proposal| hold(proposal, partition));
        fuses.push(BlownFuse {
            fuse: Fuse::Identity,
            scope: kind.plural().into(),
            message: message(kind, &held, gone),
            examples: held.iter().take(MAX_EXAMPLES).map(|proposal| example(proposal)).collect(),
        });
    }
    fuses
}

fn hold(proposal: &Proposal, partition: &mut Partition<'_>) {
    match proposal.new_entity {
        None => partition.hold_rekey(proposal.id),
        Some(new) => {
            partition.hold_removal(proposal.id);
            partition.hold_arrival(new);
        }
    }
}

fn example(proposal: &Proposal) -> String {
    let Proposal { id, name, from, to, .. } = proposal;
    format!("{name} ({id}): {from} becomes {to}")
}

/// Whether the names are alike, or the other evidence is strong enough.
fn looks_alike(proposal: &Proposal) -> bool {
    let names = [Evidence::SameName, Evidence::SimilarName];
    proposal.confidence > Confidence::Doubtful
        || proposal.evidence.iter().any(|evidence| names.contains(evidence))
}

fn message(kind: EntityKind, held: &[&Proposal], gone: u64) -> String {
    let count = |confidence| held.iter().filter(|proposal| proposal.confidence == confidence).count();
    let doubtful = count(Confidence::Doubtful);
    let counts = [
        (count(Confidence::Certain), "certain"),
        (count(Confidence::Probable), "probable"),
        (doubtful, "doubtful"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
    let what =
        if held.len() == 1 { format!("a new {}", kind.as_str()) } else { format!("new {}", kind.plural()) };
    let doubt = if doubtful > 0 { " Doubtful ones are treated as new unless you accept them." } else { "" };
    format!(
        "{} of {gone} {} that the file no longer lists {} like {what} ({counts}): most likely {}. If you approve, all keep \
         their ids.{doubt}",
        held.len(),
        kind.plural(),
        if held.len() == 1 { "looks" } else { "look" },
        likely_cause(held)
    )
}

/// What most of the proposals have in common.
fn likely_cause(held: &[&Proposal]) -> &'static str {
    let most = |evidence: Evidence| {
        held.iter().filter(|proposal| proposal.evidence.contains(&evidence)).count() * 2 > held.len()
    };
    if most(Evidence::ZerosDiffer) {
        "leading zeros of the ids were lost or added, as spreadsheets do"
    } else if most(Evidence::SameLocalPart) {
        "the e-mail domain has changed"
    } else if most(Evidence::PrefixDiffers) {
        "the SIS writes its ids in another form"
    } else if most(Evidence::SameEmail) {
        "the SIS has issued new ids"
    } else if held.len() > 4 {
        "the SIS has issued new ids or addresses"
    } else {
        "a name, address or id was corrected or has changed"
    }
}
