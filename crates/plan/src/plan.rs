//! Planning from start to end: pins, identity, changes, proposals.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use homeroom_model::PerKind;
use homeroom_model::counts::Counts;
use homeroom_model::entity::EntityRef;
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Plan;
use homeroom_model::protected::Protected;
use homeroom_model::rekey::MatchedBy;
use homeroom_model::roster::Roster;
use homeroom_model::run::PinShown;
use homeroom_model::stored::StoredRoster;

use crate::diff::compare_rosters;
use crate::identity::{Identities, MatchesByKind, Recognition, Recognized, count_matches, identify};
use crate::inputs::PlanInputs;
use crate::pins::apply_pins;
use crate::proposals::propose;
use crate::protection::ProtectedNumbers;

/// A plan, and what a person should know about how it was made.
#[derive(Debug, Default)]
pub struct Planned {
    /// The changes.
    pub plan: Plan,
    /// How many entities were matched in which way, also those that stay as they are.
    pub matched: BTreeMap<MatchedBy, Counts>,
    /// The pins in force, and what each does here.
    pub pins: Vec<PinShown>,
    /// Sentences without names or addresses.
    pub messages: Vec<String>,
    /// How many pairs of people were compared.
    pub compared: usize,
    /// Those of whom a proposal waits although the file has them under their own keys: there is nothing left to decide.
    pub settled: HashSet<EntityRef>,
}

/// Plans the changes from `stored` to `wanted`. Entities that `protected` names are not removed; pins win over the file.
pub fn plan(
    stored: &StoredRoster,
    mut wanted: Roster,
    protected: &Protected,
    inputs: &PlanInputs,
) -> Planned {
    let (pins, left_out) = apply_pins(&mut wanted, stored, &inputs.pins);
    let protected = ProtectedNumbers::new(stored, protected).without(&left_out);

    let Identities { matches, recognition } = identify(stored, &wanted, &protected, inputs);
    let Recognition { recognized, alike, compared } = recognition;
    let matched = count_matches(&matches);
    let settled = settled(stored, inputs, &matches, &recognized);

    let in_file = |kind, at| (wanted.key(kind, at).to_owned(), wanted.name(kind, at));
    let new_names = recognized.iter().map(|found| in_file(found.kind, found.new)).collect::<Vec<_>>();
    let changes = compare_rosters(stored, wanted, &matches, &protected);
    let kept = kept_message(changes.kept(&protected));
    let proposals = propose(stored, recognized, new_names, &changes.numbers);
    let (plan, mut messages) = changes.into_plan(stored, proposals);
    messages.extend(kept);
    messages.extend(alike_message(alike));
    Planned { plan, matched, pins, messages, compared, settled }
}

fn settled(
    stored: &StoredRoster,
    inputs: &PlanInputs,
    matches: &MatchesByKind,
    recognized: &[Recognized],
) -> HashSet<EntityRef> {
    if inputs.pending.is_empty() {
        return HashSet::new();
    }
    let mut matched = PerKind::<HashSet<usize>>::default();
    for kind in EntityKind::ALL {
        *matched.get_mut(kind) = matches.get(kind).iter().flatten().map(|found| found.position).collect();
        let by_evidence = recognized.iter().filter(|found| found.kind == kind);
        by_evidence.for_each(|found| _ = matched.get_mut(kind).remove(&found.old));
    }
    let waiting = inputs.pending.iter().map(|proposal| proposal.id);
    let is_settled =
        |id: &EntityRef| stored.position_of(*id).is_some_and(|at| matched.get(id.kind).contains(&at));
    waiting.filter(is_settled).collect()
}

/// Says how many people could not be looked for by everything that they have.
fn alike_message(alike: Counts) -> Option<String> {
    let people = people_in_words([alike.students as usize, alike.teachers as usize]);
    (alike.total() > 0).then(|| {
        format!(
            "The file has neither the ids nor the addresses of {people}, and their name, or a part of their id or address, stands on a \
             crowd of others who are new in it. What a crowd shares tells nobody apart, so they were looked for by their other values \
             only. Whoever was not found by those is counted as gone, and those in the file as new."
        )
    })
}

/// "3 students, 1 teacher"
fn people_in_words([students, teachers]: [usize; 2]) -> String {
    let counted = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let kinds = [counted(students, "student"), counted(teachers, "teacher")];
    kinds.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Says how many people stay whom only rejected rows name.
fn kept_message([students, teachers]: [usize; 2]) -> Option<String> {
    let kinds = people_in_words([students, teachers]);
    match students + teachers {
        0 => None,
        1 => Some(format!("1 person named in rejected rows is kept as they are ({kinds}).")),
        people => Some(format!("{people} people named in rejected rows are kept as they are ({kinds}).")),
    }
}
