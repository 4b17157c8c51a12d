//! The identity fuse: removed things that look like created ones are held, both, as new keys of known things.

use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, Proposal};

use super::cut::Cut;
use super::{EXAMPLES, Look};

/// In bulk every re-key waits for one approval, with the doubtful twins. Below that, certain ones go ahead, and probable ones
/// wait one by one: whether two people are one is not for a machine to guess.
pub(super) fn re_keys(look: &Look<'_>, cut: &mut Cut<'_>) -> Vec<BlownFuse> {
    let mut fuses = Vec::new();
    let counts = look.plan.counts();
    for kind in EntityKind::ALL {
        let of_kind = look.plan.proposals.iter().filter(|one| one.id.kind == kind);
        let proposals = of_kind.collect::<Vec<_>>();
        let gone = counts.deactivate.of(kind) + counts.rekey.of(kind);
        let alike = proposals.iter().filter(|one| looks_alike(one)).count();
        let in_bulk = look.rules.policy.limit(Fuse::Identity).is_reached(alike as u64, gone);
        let waits = |one: &&&Proposal| match one.confidence {
            Confidence::Certain => in_bulk,
            Confidence::Probable => true,
            Confidence::Doubtful => in_bulk && looks_alike(one) || one.new_entity.is_none(),
        };
        let held = proposals.iter().filter(waits).copied().collect::<Vec<_>>();
        if held.is_empty() {
            continue;
        }
        for one in &held {
            match one.new_entity {
                None => cut.hold_rekey(one.id),
                Some(new) => {
                    cut.hold_removal(one.id);
                    cut.hold_arrival(new);
                }
            }
        }
        let examples = held.iter().take(EXAMPLES);
        let examples =
            examples.map(|one| format!("{} ({}): {} becomes {}", one.name, one.id, one.from, one.to));
        fuses.push(BlownFuse {
            fuse: Fuse::Identity,
            scope: kind.plural().into(),
            message: message(kind, &held, gone),
            examples: examples.collect(),
        });
    }
    fuses
}

/// Whether the names are alike, or else enough speaks for it.
fn looks_alike(one: &Proposal) -> bool {
    let names = [Evidence::SameName, Evidence::SimilarName];
    one.confidence > Confidence::Doubtful || one.evidence.iter().any(|evidence| names.contains(evidence))
}

fn message(kind: EntityKind, held: &[&Proposal], gone: u64) -> String {
    let with = |confidence| held.iter().filter(|one| one.confidence == confidence).count();
    let (certain, probable, doubtful) =
        (with(Confidence::Certain), with(Confidence::Probable), with(Confidence::Doubtful));
    let most = |evidence: Evidence| {
        held.iter().filter(|one| one.evidence.contains(&evidence)).count() * 2 > held.len()
    };
    let cause = if most(Evidence::ZerosDiffer) {
        "zeros in front of the numbers were lost or added, as spreadsheets do"
    } else if most(Evidence::SameLocalPart) {
        "the e-mail domain has changed"
    } else if most(Evidence::PrefixDiffers) {
        "the SIS writes its numbers in another form"
    } else if most(Evidence::SameEmail) {
        "the SIS has given new numbers"
    } else if held.len() > 4 {
        "the SIS has given new keys"
    } else {
        "a name, address or number was corrected or has changed"
    };
    let number = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
    let parts = [number(certain, "certain"), number(probable, "probable"), number(doubtful, "doubtful")];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let what =
        if held.len() == 1 { format!("a new {}", kind.as_str()) } else { format!("new {}", kind.plural()) };
    let doubt = if doubtful > 0 { " Doubtful ones are taken for two unless you accept them." } else { "" };
    format!(
        "{} of {gone} {} that the file no longer names {} like {what} ({parts}): most likely {cause}. Approve, and everyone \
         keeps their id.{doubt}",
        held.len(),
        kind.plural(),
        if held.len() == 1 { "looks" } else { "look" },
    )
}
