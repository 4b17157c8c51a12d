//! The identity fuse: removed entities that look like created ones are held together with them, as new keys of known entities.

use homeroom_model::damaged_id::is_damaged_form;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence, Proposal};

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;
use super::people::changed_attribute;
use super::proposals;

/// In bulk, every re-key waits for one approval. Below that, certain ones are applied unless the new id is damaged, and the others wait
/// one by one: a program must not guess whether two records are the same person. A doubtful one waits with both sides, so that it can
/// be decided either way.
pub(super) fn rekeys(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let counts = context.plan.counts();
    let mut fuses = Vec::new();
    for kind in EntityKind::ALL {
        let of_kind =
            context.plan.proposals.iter().filter(|proposal| proposal.id.kind == kind && !proposal.accepted);
        let proposals = of_kind.collect::<Vec<_>>();
        let gone = counts.deactivate.get(kind) + counts.rekey.get(kind);
        let alike = proposals.iter().filter(|proposal| looks_alike(proposal)).count();
        let in_bulk = context.rules.policy.limit(Fuse::Identity).is_reached(alike as u64, gone);
        let waits = |proposal: &&&Proposal| match proposal.confidence {
            Confidence::Certain => in_bulk || is_damaged_form(&proposal.from, &proposal.to),
            Confidence::Probable | Confidence::Doubtful => true,
        };
        let held = proposals.iter().filter(waits).copied().collect::<Vec<_>>();
        if held.is_empty() {
            continue;
        }
        held.iter().for_each(|proposal| hold(proposal, partition));
        fuses.push(BlownFuse {
            fuse: Fuse::Identity,
            scope: kind.plural().into(),
            message: proposals::message(context, kind, &held, gone),
            examples: held.iter().take(MAX_EXAMPLES).map(|proposal| example(context, proposal)).collect(),
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

/// "Ann Lee (student-4): ann@x.org becomes ann@y.org"; when both are found under the same key, what else changes.
fn example(context: &FuseContext<'_>, proposal: &Proposal) -> String {
    let Proposal { id, name, new_name, from, to, new_entity, .. } = proposal;
    let has_other_name = !new_name.is_empty() && folded(name) != folded(new_name);
    match (from != to, has_other_name) {
        (true, true) => return format!("{name} ({id}): {from} becomes {to}, with the name {new_name}"),
        (true, false) | (false, true) => return format!("{name} ({id}): {}", proposal.in_words()),
        (false, false) => {}
    }
    match changed_attribute(context, *id, new_entity.unwrap_or(*id)) {
        Some(changed) => format!("{name} ({id}, {from}): {changed}"),
        None => format!("{name} ({id}): another record under {from}"),
    }
}

/// Whether the names are alike, or the other evidence is strong enough.
fn looks_alike(proposal: &Proposal) -> bool {
    let names = [Evidence::SameName, Evidence::SimilarName];
    proposal.confidence > Confidence::Doubtful
        || proposal.evidence.iter().any(|evidence| names.contains(evidence))
}
