//! The identity fuse: removed entities that look like created ones are held together with them, as new keys of known entities.

use hashbrown::HashSet;
use homeroom_model::damaged_id::is_damaged_form;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, Proposal};

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;
use super::people::changed_attribute;

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
            message: message(kind, &held, gone),
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
    let Proposal { id, name, from, to, new_entity, .. } = proposal;
    if from != to {
        return format!("{name} ({id}): {from} becomes {to}");
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
    let (cause, advice) = likely_cause(kind, held);
    format!(
        "{} of {gone} {} that the file no longer lists {} like {what} ({counts}): most likely {cause}. {advice}{doubt}",
        held.len(),
        kind.plural(),
        if held.len() == 1 { "looks" } else { "look" },
    )
}

/// What most of the proposals have in common, and what to do about it.
fn likely_cause(kind: EntityKind, held: &[&Proposal]) -> (&'static str, &'static str) {
    let most = |is_so: &dyn Fn(&Proposal) -> bool| {
        held.iter().filter(|proposal| is_so(proposal)).count() * 2 > held.len()
    };
    let with = |evidence: Evidence| most(&|proposal| proposal.evidence.contains(&evidence));
    let former = held.iter().map(|proposal| proposal.from.as_str()).collect::<HashSet<_>>();
    let keeps = match kind {
        EntityKind::Teacher | EntityKind::Student => {
            "They would keep their accounts under the new ids or addresses."
        }
        EntityKind::School | EntityKind::Class => "They would stay the same under the new ids.",
    };
    if held.iter().any(|proposal| is_damaged_form(&proposal.from, &proposal.to)) {
        let advice = "This looks like damage, not like new ids: discard it, and export the ids as text.";
        ("ids were damaged on the way, such as 610001.0 or =\"610001\" for 610001", advice)
    } else if most(&|proposal| proposal.from != proposal.to && former.contains(proposal.to.as_str())) {
        let advice = "This looks like damage, not like new ids: discard it, and export the file again.";
        (
            "a column has slipped or was sorted alone, because most of them would get the id or address of another one",
            advice,
        )
    } else if with(Evidence::ZerosDiffer) {
        let advice =
            "Discard it and export the ids as text, unless the SIS itself now writes them like this.";
        ("leading zeros of the ids were lost or added, as spreadsheets do", advice)
    } else if with(Evidence::SameLocalPart) {
        ("the e-mail domain has changed", keeps)
    } else if with(Evidence::PrefixDiffers) {
        ("the SIS writes its ids in another form", keeps)
    } else if with(Evidence::SameEmail) {
        ("the SIS has issued new ids", keeps)
    } else if held.len() > 4 {
        ("the SIS has issued new ids or addresses", keeps)
    } else {
        ("a name, address or id was corrected or has changed", keeps)
    }
}
