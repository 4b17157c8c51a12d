//! The seat fuse: each active student takes a seat of the licence and, where set, of a school. The surplus waits; no active student is
//! dropped.

use std::collections::BTreeMap;

use homeroom_model::entity::{SchoolNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Numbered;
use homeroom_model::roster::Student;
use homeroom_model::seats::{SchoolSeats, Seats};
use jiff::ToSpan;
use jiff::civil::Date;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::limits::Limits;
use super::partition::Partition;

/// The limit, the seats taken now, and those that the whole plan would take.
pub(super) fn count(context: &FuseContext<'_>) -> Seats {
    let before = context.stored.active_count(EntityKind::Student) as u64;
    let students = &context.plan.students;
    let arrivals = students.arriving().count() as u64;
    let forecast = before + arrivals - students.deactivate.len() as u64;
    Seats { limit: context.limits.seats, before, after: before, forecast: Some(forecast), ..Seats::default() }
}

/// Holds new students beyond the seats: the last ones of the plan first, and returning ones only when there are no new ones left to
/// hold. Seats that removals of the same plan free count.
pub(super) fn surplus(
    context: &FuseContext<'_>,
    partition: &mut Partition<'_>,
    seats: &mut Seats,
    messages: &mut Vec<String>,
) -> Option<BlownFuse> {
    let over = active_after(context, partition).saturating_sub(context.limits.seats);
    seats.grace_until = if over > 0 { grace_until(context.limits) } else { None };
    if let Some(until) = seats.grace_until {
        messages.push(format!(
            "There are {over} more students than the licence has seats. This is accepted until {until}; raise the licence by then."
        ));
    }
    let after = hold_surplus(context, partition, seats);
    let waiting = waiting(context, partition);
    if waiting.is_empty() || !waits_for_seats(context, seats, partition) {
        return None;
    }
    let message = surplus_message(context, &waiting, after);
    let names = waiting
        .iter()
        .take(MAX_EXAMPLES)
        .map(|number| context.describe_new((*number).into()))
        .collect::<Vec<_>>();
    seats.waiting.clone_from(&names);
    Some(BlownFuse { fuse: Fuse::Seats, scope: "students".into(), message, examples: names })
}

/// The last day on which the licence may be exceeded.
fn grace_until(limits: &Limits) -> Option<Date> {
    if limits.policy.grace_days == 0 {
        return None;
    }
    let since = limits.over_since.unwrap_or(limits.today);
    let until = since.saturating_add(i64::from(limits.policy.grace_days).days());
    (limits.today <= until).then_some(until)
}

/// Holds students until no limit is exceeded. Returns how many students would have been active, if the licence limits them.
fn hold_surplus(context: &FuseContext<'_>, partition: &mut Partition<'_>, seats: &Seats) -> u64 {
    let limits = context.limits;
    let mut after = 0;
    loop {
        let mut more = false;
        if seats.grace_until.is_none() {
            after = after.max(active_after(context, partition));
            let over = active_after(context, partition).saturating_sub(limits.seats);
            more |= hold_last(context, partition, usize::try_from(over).unwrap_or(usize::MAX), |_| true);
        }
        for (key, limit) in &limits.policy.school_seats {
            let school = school_with_key(context, key);
            let over = school_seats(context, partition, school).after.saturating_sub(u64::from(*limit));
            let is_here = |student| context.places.of_student(student) == school;
            more |= hold_last(context, partition, over as usize, is_here);
        }
        if !more {
            return after;
        }
        partition.close(context.plan, context.stored);
    }
}

fn surplus_message(context: &FuseContext<'_>, waiting: &[StudentNumber], after: u64) -> String {
    let by_school = by_school(context, waiting);
    let named =
        by_school.iter().take(5).map(|(school, count)| format!("{}: {count}", context.names.name(*school)));
    let who = format!(
        "{} new {} ({}).",
        waiting.len(),
        if waiting.len() == 1 { "student waits" } else { "students wait" },
        named.collect::<Vec<_>>().join(", ")
    );
    let seats = context.limits.seats;
    if after > seats {
        format!(
            "{after} students would be active, but the licence has {seats} seats: {who} Raise the licence, or remove students who \
             have left."
        )
    } else {
        format!(
            "Some schools would have more students than they have seats: {who} Give these schools more seats."
        )
    }
}

/// Whether someone waits for a seat, not because of another fuse.
fn waits_for_seats(context: &FuseContext<'_>, seats: &Seats, partition: &Partition<'_>) -> bool {
    let waiting = waiting(context, partition).len() as u64;
    let licence =
        seats.grace_until.is_none() && active_after(context, partition) + waiting > context.limits.seats;
    let mut schools = context.limits.policy.school_seats.iter();
    licence
        || schools.any(|(school, limit)| {
            let seats = school_seats(context, partition, school_with_key(context, school));
            seats.after + seats.waiting > u64::from(*limit)
        })
}

/// Counts the seats taken after the safe part, in all and by school.
pub(super) fn count_after(context: &FuseContext<'_>, partition: &Partition<'_>, seats: &mut Seats) {
    seats.after = active_after(context, partition);
    seats.forecast = seats.forecast.filter(|forecast| *forecast != seats.after);
    let mut schools = by_school(context, &waiting(context, partition))
        .into_iter()
        .map(|(school, _)| school)
        .collect::<Vec<_>>();
    schools.extend(
        context
            .rules
            .policy
            .school_seats
            .keys()
            .map(|key| school_with_key(context, key))
            .filter(Option::is_some),
    );
    schools.sort_unstable();
    schools.dedup();
    seats.schools = schools.into_iter().map(|school| school_seats(context, partition, school)).collect();
}

fn school_with_key(context: &FuseContext<'_>, key: &str) -> Option<SchoolNumber> {
    context.schools().find(|number| context.names.key(*number) == key).flatten()
}

fn active_after(context: &FuseContext<'_>, partition: &Partition<'_>) -> u64 {
    let students = &context.plan.students;
    let arrive = |list: &[Numbered<Student>]| {
        list.iter().filter(|student| !partition.arrival_waits(student.number)).count()
    };
    let leave = students.deactivate.iter().filter(|number| !partition.removal_waits(**number)).count();
    let before = context.stored.active_count(EntityKind::Student);
    (before + arrive(&students.create) + arrive(&students.reactivate) - leave) as u64
}

fn school_seats(
    context: &FuseContext<'_>,
    partition: &Partition<'_>,
    school: Option<SchoolNumber>,
) -> SchoolSeats {
    let is_here = |number: &StudentNumber| context.places.of_student(*number) == school;
    let students = &context.plan.students;
    let active =
        context.stored.students.iter().filter(|student| student.active).map(|student| student.number);
    let before = active.filter(is_here).count();
    let arrivals = students.arriving().map(|student| student.number).filter(is_here);
    let (waiting, coming) = arrivals.partition::<Vec<_>, _>(|number| partition.arrival_waits(*number));
    let leave = students
        .deactivate
        .iter()
        .filter(|number| is_here(number) && !partition.removal_waits(**number))
        .count();
    let key = context.names.key(school);
    SchoolSeats {
        school: key.to_owned(),
        name: context.names.name(school).to_owned(),
        limit: context.rules.policy.school_seats.get(key).map(|limit| u64::from(*limit)),
        before: before as u64,
        after: (before + coming.len() - leave) as u64,
        waiting: waiting.len() as u64,
    }
}

/// Holds the last `count` new students among the candidates; returns whether that held anyone.
fn hold_last(
    context: &FuseContext<'_>,
    partition: &mut Partition<'_>,
    count: usize,
    is_candidate: impl Fn(StudentNumber) -> bool,
) -> bool {
    let students = &context.plan.students;
    let arrivals =
        students.create.iter().rev().chain(students.reactivate.iter().rev()).map(|student| student.number);
    let free = arrivals.filter(|number| is_candidate(*number) && !partition.arrival_waits(*number));
    let held = free.take(count).collect::<Vec<_>>();
    let before = waiting(context, partition).len();
    held.iter().for_each(|number| partition.hold_arrival(*number));
    waiting(context, partition).len() > before
}

/// Students who wait, in the order in which they will get a seat.
fn waiting(context: &FuseContext<'_>, partition: &Partition<'_>) -> Vec<StudentNumber> {
    let students = &context.plan.students;
    let arrivals = students.reactivate.iter().chain(&students.create).map(|student| student.number);
    arrivals.filter(|number| partition.arrival_waits(*number)).collect()
}

/// How many students wait by school, most first.
fn by_school(context: &FuseContext<'_>, waiting: &[StudentNumber]) -> Vec<(Option<SchoolNumber>, usize)> {
    let mut counts = BTreeMap::<_, usize>::new();
    for number in waiting {
        *counts.entry(context.places.of_student(*number)).or_default() += 1;
    }
    let mut counts = counts.into_iter().collect::<Vec<_>>();
    counts.sort_by_key(|(school, count)| (std::cmp::Reverse(*count), *school));
    counts
}
