//! Fuses: limits on a plan. A blown fuse splits it into a safe part and one that waits.

mod causes;
mod changes;
mod cut;
mod identity;
mod places;
mod removals;
mod seats;
mod turnover;

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::calendar::{Allowed, CalendarEntry};
use homeroom_model::counts::PlanCounts;
use homeroom_model::entity::{EntityRef, SchoolNumber};
use homeroom_model::fuse::BlownFuse;
use homeroom_model::hold::{Held, HeldSchool, HeldState};
use homeroom_model::ids::RosterVersion;
use homeroom_model::plan::Plan;
use homeroom_model::policy::{Limit, Policy};
use homeroom_model::seats::Seats;
use homeroom_model::stored::StoredRoster;
use jiff::civil::Date;

use cut::{Cut, Pieces};
use places::{Places, SchoolNames};

/// What the fuses compare a plan with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The district's policy.
    pub policy: Policy,
    /// Seats of the licence.
    pub seats: u64,
    /// Data rows of the file.
    pub rows: u64,
    /// Whether the file ends in the middle of a row.
    pub ends_mid_row: bool,
    /// The day in the district, for its calendar.
    pub today: Date,
    /// The day since which the licence is exceeded, when it is.
    pub over_since: Option<Date>,
}

/// Whether someone has approved what the fuses would hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nobody has.
    #[default]
    None,
    /// Everything is approved.
    All,
    /// The held part of these schools is, by `school_id`; empty for what belongs to no school. Everything else waits on, whatever
    /// the fuses say now.
    Schools(Vec<String>),
}

/// A plan in its parts; together they are the whole.
#[derive(Debug)]
pub struct Parts {
    /// What goes ahead.
    pub safe: Plan,
    /// What waits for a decision.
    pub risky: Plan,
    /// Removals that are left for the time after a range of additions only.
    pub later: Plan,
    /// Why something waits, and how much.
    pub held: Held,
    /// Seats before the plan and after its safe part.
    pub seats: Seats,
    /// Sentences about the calendar and the seats.
    pub messages: Vec<String>,
}

/// Splits a plan by the fuses that it blows.
pub fn split(plan: Plan, stored: &StoredRoster, limits: &Limits, approval: &Approval) -> Parts {
    let places = Places::new(&plan, stored);
    let names = SchoolNames::new(&plan, stored);
    let look = Look { plan: &plan, stored, places: &places, names: &names, rules: &Rules::new(limits) };
    let mut cut = Cut::new(&places, released(approval, &look));
    let mut messages = Vec::new();
    leave_removals_for_later(&look, &mut cut, &mut messages);
    let mut fuses = Vec::new();
    let mut seats = seats::count(&look, limits);
    match approval {
        Approval::None => {
            fuses.extend(removals::shrink(&look, limits, &mut cut));
            fuses.extend(removals::district(&look, &mut cut));
            fuses.extend(removals::schools(&look, &mut cut));
            fuses.extend(turnover::classes(&look, &mut cut));
            fuses.extend(identity::re_keys(&look, &mut cut));
            fuses.extend(changes::updates(&look, &mut cut));
            cut.close(&plan, stored);
            fuses.extend(seats::surplus(&look, limits, &mut cut, &mut seats, &mut messages));
            if limits.policy.wait_all && !fuses.is_empty() {
                cut.hold_everything(&plan);
            }
        }
        Approval::Schools(_) => cut.hold_everything(&plan),
        Approval::All => {}
    }
    cut.close(&plan, stored);
    seats::settle(&look, &cut, &mut seats);
    let named = |number: Option<SchoolNumber>| {
        (number, (names.key(number).to_owned(), names.name(number).to_owned()))
    };
    let schools = places_of_schools(stored, &plan).map(named).collect::<HashMap<_, _>>();
    let pieces = if cut.is_empty() { Pieces::whole(plan) } else { cut.apply(plan) };
    let held = held(&pieces, fuses, &schools);
    let later = pieces.later.counts().deactivate.total();
    if later > 0 {
        messages.push(format!("{later} removals are left for the time after the range of additions only."));
    }
    Parts { safe: pieces.safe, risky: pieces.risky, later: pieces.later, held, seats, messages }
}

fn held(
    pieces: &Pieces,
    fuses: Vec<BlownFuse>,
    schools: &HashMap<Option<SchoolNumber>, (String, String)>,
) -> Held {
    let PlanCounts { create, update, deactivate, reactivate, rekey, .. } = pieces.risky.counts();
    let waiting = pieces.by_school.iter().map(|(number, counts)| {
        let (school, name) = schools.get(number).cloned().unwrap_or_default();
        HeldSchool { school, name, counts: *counts, state: HeldState::Waiting }
    });
    Held {
        create,
        update,
        deactivate,
        reactivate,
        rekey,
        fuses: if pieces.risky.is_empty() { vec![] } else { fuses },
        schools: waiting.collect(),
        expires_at: None,
        roster_version: RosterVersion::default(),
        digest: if pieces.risky.is_empty() { 0 } else { pieces.risky.digest() },
    }
}

/// All schools, and `None` for what belongs to none.
fn places_of_schools<'p>(
    stored: &'p StoredRoster,
    plan: &'p Plan,
) -> impl Iterator<Item = Option<SchoolNumber>> + 'p {
    let stored = stored.schools.iter().map(|school| school.number);
    let new = plan.schools.create.iter().map(|school| school.number);
    std::iter::once(None).chain(stored.chain(new).map(Some))
}

fn released(approval: &Approval, look: &Look<'_>) -> HashSet<Option<SchoolNumber>> {
    match approval {
        Approval::None | Approval::All => HashSet::new(),
        Approval::Schools(keys) => places_of_schools(look.stored, look.plan)
            .filter(|number| keys.iter().any(|key| key == look.names.key(*number)))
            .collect(),
    }
}

fn leave_removals_for_later(look: &Look<'_>, cut: &mut Cut<'_>, messages: &mut Vec<String>) {
    for entry in look.rules.policy.adds_only(look.rules.today) {
        messages.push(format!("The calendar says: {}.", entry.words()));
        if entry.schools.is_empty() {
            cut.only_add();
        } else {
            let numbers = places_of_schools(look.stored, look.plan);
            numbers
                .filter(|number| entry.is_for(look.names.key(*number)))
                .for_each(|number| cut.only_add_in(number));
        }
    }
}

/// What a fuse looks at.
struct Look<'l> {
    plan: &'l Plan,
    stored: &'l StoredRoster,
    places: &'l Places,
    names: &'l SchoolNames<'l>,
    rules: &'l Rules<'l>,
}

/// Examples of what a fuse holds.
const EXAMPLES: usize = 10;

impl Look<'_> {
    /// "Ann Lee (ann@x.org)", as stored.
    fn named(&self, entity: EntityRef) -> String {
        let named = self.stored.key_and_name(entity);
        named.map_or_else(String::new, |(key, name)| format!("{name} ({key})"))
    }

    /// The first ten of them, by name.
    fn examples<E: Into<EntityRef>>(&self, entities: impl IntoIterator<Item = E>) -> Vec<String> {
        entities.into_iter().take(EXAMPLES).map(|entity| self.named(entity.into())).collect()
    }
}

/// The policy as the calendar has it today.
struct Rules<'r> {
    policy: &'r Policy,
    today: Date,
    windows: Vec<(&'r CalendarEntry, &'r Allowed)>,
}

impl<'r> Rules<'r> {
    fn new(limits: &'r Limits) -> Self {
        let (policy, today) = (&limits.policy, limits.today);
        Rules { policy, today, windows: policy.windows(today).collect() }
    }

    /// The limit with the share that a window for this school allows.
    fn limit(&self, usual: Limit, school: &str, allowed: fn(&Allowed) -> Option<u32>) -> Limit {
        let shares = self.windows.iter().filter(|(entry, _)| entry.is_for(school));
        match shares.filter_map(|(_, window)| allowed(window)).max() {
            Some(percent) => Limit { percent, ..usual },
            None => usual,
        }
    }

    /// Counts things by the share that holds in their school: of all, and of those that are concerned. Where a window allows another
    /// share in some schools, these are measured apart from the others.
    fn measure(
        &self,
        look: &Look<'_>,
        usual: Limit,
        allowed: fn(&Allowed) -> Option<u32>,
        all: impl Iterator<Item = Option<SchoolNumber>>,
        concerned: impl Iterator<Item = Option<SchoolNumber>>,
    ) -> Vec<(Limit, u64, u64)> {
        let mut schools = HashMap::<Option<SchoolNumber>, (u64, u64)>::new();
        all.for_each(|school| schools.entry(school).or_default().1 += 1);
        concerned.for_each(|school| schools.entry(school).or_default().0 += 1);
        let mut measured = BTreeMap::<u32, (u64, u64)>::new();
        for (school, (count, all)) in schools {
            let percent = self.limit(usual, look.names.key(school), allowed).percent;
            let together = measured.entry(percent).or_default();
            *together = (together.0 + count, together.1 + all);
        }
        let limits = measured.into_iter();
        limits.map(|(percent, (count, all))| (Limit { percent, ..usual }, count, all)).collect()
    }

    /// Whether removals in this school wait for the end of a range anyway.
    fn adds_only(&self, school: &str) -> bool {
        self.policy.adds_only(self.today).any(|entry| entry.is_for(school))
    }
}
