//! Splits a plan by the fuses that it blows.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::SchoolNumber;
use homeroom_model::fuse::BlownFuse;
use homeroom_model::hold::{Held, HeldSchool, HeldState};
use homeroom_model::ids::RosterVersion;
use homeroom_model::plan::Plan;
use homeroom_model::plan_digest::PlanDigest;
use homeroom_model::seats::Seats;
use homeroom_model::stored::StoredRoster;

use super::context::FuseContext;
use super::limits::{Limits, PolicyToday};
use super::partition::{Partition, PartitionedPlan};
use super::past::GoneLately;
use super::people::changed_people;
use super::places::{Places, SchoolNames, all_schools};
use super::{
    blank, columns, consequences, emptied, file, gaps, identity, keys, leaving_teachers, reach, removals,
    returners, roles, schools, seats, turnover, unreadable, updates,
};

/// Whether someone has approved what the fuses would hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nobody has approved anything: the fuses decide.
    #[default]
    None,
    /// Everything is approved.
    All,
    /// The held part of these schools is approved, by `school_id`; the empty id stands for no school. Everything else waits,
    /// whatever the fuses say now.
    Schools(Vec<String>),
    /// Nothing is approved, and everything waits, whatever the fuses say.
    HoldAll,
}

/// A plan in its parts; together they are the whole.
#[derive(Debug)]
pub struct PlanParts {
    /// Applied at once.
    pub safe: Plan,
    /// Waits for a decision.
    pub risky: Plan,
    /// Removals that wait for the end of an additions-only period.
    pub deferred: Plan,
    /// Why something waits, and how much.
    pub held: Held,
    /// Seats before the plan and after its safe part.
    pub seats: Seats,
    /// Sentences about the calendar and the seats.
    pub messages: Vec<String>,
}

/// Splits a plan by the fuses that it blows.
pub fn split(plan: Plan, stored: &StoredRoster, limits: &Limits, approval: &Approval) -> PlanParts {
    let places = Places::new(&plan, stored);
    let names = SchoolNames::new(&plan, stored);
    let rules = PolicyToday::new(limits);
    let gone_lately = GoneLately::new(&limits.past, &plan, stored, &places);
    let context =
        FuseContext { plan: &plan, stored, places: &places, names: &names, limits, rules, gone_lately };
    let mut partition = Partition::new(&places, released_schools(approval, &context));
    let mut seats = seats::count(&context);
    let mut messages = defer_removals(&context, &mut partition);
    let mut fuses = Vec::new();
    match approval {
        Approval::None => fuses = blown_fuses(&context, &mut partition, &mut seats, &mut messages),
        Approval::Schools(_) | Approval::HoldAll => partition.hold_everything(&plan),
        Approval::All => {}
    }
    partition.close(&plan, stored);
    seats::count_after(&context, &partition, &mut seats);
    let named = |school: Option<SchoolNumber>| {
        (school, (names.key(school).to_owned(), names.name(school).to_owned()))
    };
    let schools = all_schools(stored, &plan).map(named).collect::<HashMap<_, _>>();
    let parts = partition.split(plan);
    let held = held(&parts, fuses, &schools);
    let deferred = parts.deferred.counts().deactivate.total();
    if deferred > 0 {
        messages.push(match deferred {
            1 => "1 removal waits until the additions-only period is over.".to_owned(),
            _ => format!("{deferred} removals wait until the additions-only period is over."),
        });
    }
    PlanParts { safe: parts.safe, risky: parts.risky, deferred: parts.deferred, held, seats, messages }
}

/// Tries each fuse in turn, and holds what the blown ones ask for.
fn blown_fuses(
    context: &FuseContext<'_>,
    partition: &mut Partition<'_>,
    seats: &mut Seats,
    messages: &mut Vec<String>,
) -> Vec<BlownFuse> {
    let mut fuses = Vec::new();
    // A file that cannot be believed has nothing to say about today, so nothing else is said about it.
    if let Some(whole) = file::whole_file(context, partition) {
        return vec![whole];
    }
    if !context.is_first_load() {
        fuses.extend(blown_by_changes(context, partition));
    }
    partition.close(context.plan, context.stored);
    fuses.extend(seats::surplus(context, partition, seats, messages));
    if context.limits.policy.wait_all && !fuses.is_empty() {
        partition.hold_everything(context.plan);
    }
    fuses
}

/// The fuses that compare what is stored with what comes of it.
fn blown_by_changes(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let mut fuses = Vec::new();
    let people = changed_people(context);
    fuses.extend(columns::columns(context, partition));
    fuses.extend(unreadable::unreadable_names(context, partition));
    fuses.extend(removals::shrink(context, partition));
    fuses.extend(removals::district(context, partition));
    fuses.extend(schools::schools(context, partition));
    fuses.extend(gaps::missing_students(context, partition));
    fuses.extend(turnover::classes(context, partition));
    let of_gaps = emptied::emptied_classes(context, &fuses, partition);
    fuses.extend(of_gaps);
    fuses.extend(leaving_teachers::leaving_teachers(context, partition));
    fuses.extend(identity::rekeys(context, partition));
    fuses.extend(roles::roles(context, partition));
    fuses.extend(keys::keys(context, &people, partition));
    fuses.extend(blank::blanks(context, &people, partition));
    fuses.extend(reach::reach(context, partition));
    fuses.extend(returners::returners(context, partition));
    fuses.extend(updates::updates(context, &people, partition));
    fuses
}

fn held(
    parts: &PartitionedPlan,
    fuses: Vec<BlownFuse>,
    schools: &HashMap<Option<SchoolNumber>, (String, String)>,
) -> Held {
    let waiting = parts.by_school.iter().map(|(number, counts)| {
        let (school, name) = schools.get(number).cloned().unwrap_or_default();
        HeldSchool { school, name, counts: *counts, state: HeldState::Waiting }
    });
    let schools = waiting.collect::<Vec<_>>();
    Held {
        counts: parts.risky.counts(),
        fuses: if parts.risky.is_empty() { vec![] } else { fuses },
        if_approved: consequences::of_approving(&schools),
        if_discarded: consequences::of_discarding(&schools),
        schools,
        expires_at: None,
        roster_version: RosterVersion::default(),
        plan_digest: (!parts.risky.is_empty()).then(|| PlanDigest::of(&[&parts.risky])),
    }
}

/// Schools whose held part has been approved.
fn released_schools(approval: &Approval, context: &FuseContext<'_>) -> HashSet<Option<SchoolNumber>> {
    match approval {
        Approval::None | Approval::All | Approval::HoldAll => HashSet::new(),
        Approval::Schools(keys) => {
            let is_released = |school: &_| keys.iter().any(|key| key == context.names.key(*school));
            context.schools().filter(is_released).collect()
        }
    }
}

/// Makes removals wait where the calendar only adds today, and says so.
fn defer_removals(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<String> {
    let mut messages = Vec::new();
    for entry in context.rules.policy.additions_only_on(context.rules.today) {
        messages.push(format!("The calendar says: {}.", entry.in_words()));
        if entry.schools.is_empty() {
            partition.defer_removals();
        } else {
            let schools = context.schools().filter(|school| entry.is_for(context.names.key(*school)));
            schools.for_each(|school| partition.defer_removals_in(school));
        }
    }
    messages
}
