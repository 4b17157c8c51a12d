//! What a hold says of proposals: whom they are about, what most likely happened, and what to do.

use hashbrown::HashSet;
use homeroom_model::damaged_id::is_damaged_form;
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence, Proposal};

use super::context::FuseContext;

/// Whom proposals are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// Somebody who is in the roster, and not in the file.
    Gone,
    /// Somebody whose key is in the file, beside another name.
    KnownKey,
    /// Somebody whose key and name are in the file, in another grade or school.
    OtherPlace,
    /// Somebody who had left before.
    Left,
}

/// The sentences about the proposals of one kind. `gone` is how many the file no longer lists under their keys.
pub(super) fn message(context: &FuseContext<'_>, kind: EntityKind, held: &[&Proposal], gone: u64) -> String {
    let count = |confidence| held.iter().filter(|proposal| proposal.confidence == confidence).count();
    let doubtful = count(Confidence::Doubtful);
    let counts = [
        (count(Confidence::Certain), "certain"),
        (count(Confidence::Probable), "probable"),
        (doubtful, "doubtful"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ");
    let doubt = if doubtful > 0 { " Doubtful ones are treated as new unless you accept them." } else { "" };
    let about = most_are_about(context, kind, held);
    let who = who(about, kind, held.len(), gone);
    let (cause, advice) = match about {
        About::Gone => likely_cause(kind, held),
        About::KnownKey => cause_of_other_names(held),
        About::OtherPlace => (
            "the grade or school is wrong in the file, or a namesake got the id or address",
            "Compare grade and school with the SIS: accept those who are the same people.",
        ),
        About::Left => (
            "they are back, or what leavers had was given to others",
            "Compare them with the SIS before you decide.",
        ),
    };
    format!("{who} ({counts}): most likely {cause}. {advice}{doubt}")
}

fn most_are_about(context: &FuseContext<'_>, kind: EntityKind, held: &[&Proposal]) -> About {
    let active = context.stored.active(kind).collect::<HashSet<_>>();
    let has_another_name =
        |proposal: &&&Proposal| active.contains(&proposal.id) && stands_beside_another_name(proposal);
    let known_keys = held.iter().filter(has_another_name).count();
    let is_in_other_place = |proposal: &&&Proposal| {
        let has = |evidence: Evidence| proposal.evidence.contains(&evidence);
        proposal.from == proposal.to && (has(Evidence::AnotherGrade) || has(Evidence::AnotherSchool))
    };
    let in_other_place = held.iter().filter(is_in_other_place).count();
    let left = held.iter().filter(|proposal| !active.contains(&proposal.id)).count();
    match held.len() {
        all if left * 2 > all => About::Left,
        all if known_keys * 2 > all => About::KnownKey,
        all if in_other_place * 2 > all => About::OtherPlace,
        _ => About::Gone,
    }
}

/// Whether a key of somebody is in the file, beside a name that is not theirs.
fn stands_beside_another_name(proposal: &Proposal) -> bool {
    let has = |evidence: Evidence| proposal.evidence.contains(&evidence);
    let keys = [Evidence::SameNumber, Evidence::SameEmail, Evidence::SameCleverId];
    (has(Evidence::AnotherName) || has(Evidence::SameFirstName))
        && (proposal.from == proposal.to || keys.into_iter().any(has))
}

/// "3 of 4 students that the file no longer lists look like new students"
fn who(about: About, kind: EntityKind, count: usize, gone: u64) -> String {
    let noun = if count == 1 { kind.as_str() } else { kind.plural() };
    let has = if count == 1 { "has" } else { "have" };
    let key = match kind {
        EntityKind::Teacher | EntityKind::Student => "id or address",
        EntityKind::School | EntityKind::Class => "id",
    };
    match about {
        About::Gone => {
            let (look, what) =
                if count == 1 { ("looks", format!("a new {noun}")) } else { ("look", format!("new {noun}")) };
            format!("{count} of {gone} {} that the file no longer lists {look} like {what}", kind.plural())
        }
        About::KnownKey if count == 1 => {
            format!("1 {noun} of the file has the {key} of somebody in the roster, but another name")
        }
        About::KnownKey => {
            format!("{count} {noun} of the file have the {key} of others in the roster, but not their names")
        }
        About::OtherPlace => {
            format!(
                "{count} {noun} of the file {has} the {key} and the name of somebody in another grade or school"
            )
        }
        About::Left => format!("{count} {noun} of the file {has} something of those who had left"),
    }
}

/// What most likely happened where keys stand beside other names, and what to do about it.
fn cause_of_other_names(held: &[&Proposal]) -> (&'static str, &'static str) {
    const SEVERAL: usize = 3;
    let before = held.iter().map(|proposal| folded(&proposal.name)).collect::<HashSet<_>>();
    let exchanged = held.iter().filter(|proposal| before.contains(&folded(&proposal.new_name))).count();
    if exchanged * 2 > held.len() {
        (
            "they exchanged their names or their keys",
            "Find out which of both is right: if it is the names, each would get into the other's account.",
        )
    } else if held.len() >= SEVERAL {
        (
            "records were used again for others, or the names of another list got into these rows",
            "Compare them with the SIS: accept those who are the same people under new names, and reject the others.",
        )
    } else {
        (
            "it was given to somebody else, or the name has changed",
            "Compare both with the SIS: accept it if this is the same person under a new name, and reject it if not.",
        )
    }
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
