//! Seats: one for each active student, of the licence and, where set, of a school. The surplus waits; nobody active is dropped.

use std::collections::BTreeMap;

use homeroom_model::entity::{SchoolNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Numbered;
use homeroom_model::roster::Student;
use homeroom_model::seats::{SchoolSeats, Seats};
use jiff::ToSpan;

use super::cut::Cut;
use super::{EXAMPLES, Limits, Look};

/// The limit, and how it is and would be.
pub(super) fn count(look: &Look<'_>, limits: &Limits) -> Seats {
    let before = look.stored.active_count(EntityKind::Student) as u64;
    let students = &look.plan.students;
    let arrivals = (students.create.len() + students.reactivate.len()) as u64;
    let forecast = before + arrivals - students.deactivate.len() as u64;
    Seats { limit: limits.seats, before, after: before, forecast: Some(forecast), ..Seats::default() }
}

/// Holds new students beyond the seats: the last in the order of the plan first, returning ones only when there are no new
/// ones left to hold. Seats that removals of the same plan free are taken into account.
pub(super) fn surplus(
    look: &Look<'_>,
    limits: &Limits,
    cut: &mut Cut<'_>,
    seats: &mut Seats,
    messages: &mut Vec<String>,
) -> Option<BlownFuse> {
    let over = active_after(look, cut).saturating_sub(limits.seats);
    if over > 0 && limits.policy.grace_days > 0 {
        let since = limits.over_since.unwrap_or(limits.today);
        let until = since.saturating_add(i64::from(limits.policy.grace_days).days());
        if limits.today <= until {
            seats.grace_until = Some(until);
            messages.push(format!(
                "{over} students more than the licence has seats: this is accepted until {until}. Raise the licence before."
            ));
        }
    }
    let mut after = 0;
    loop {
        let mut more = false;
        if seats.grace_until.is_none() {
            after = after.max(active_after(look, cut));
            let over = active_after(look, cut).saturating_sub(limits.seats);
            more |= hold_last(look, cut, usize::try_from(over).unwrap_or(usize::MAX), |_| true);
        }
        for (school, limit) in &limits.policy.school_seats {
            let number = number_of(look, school);
            let over = of_school(look, cut, number).after.saturating_sub(u64::from(*limit));
            more |= hold_last(look, cut, over as usize, |student| look.places.of_student(student) == number);
        }
        if !more {
            break;
        }
        cut.close(look.plan, look.stored);
    }
    let waiting = waiting(look, cut);
    if waiting.is_empty() || !any_over(look, limits, seats, cut) {
        return None;
    }
    let by_school = by_school(look, &waiting);
    let named =
        by_school.iter().take(5).map(|(school, count)| format!("{}: {count}", look.names.name(*school)));
    let who = format!(
        "{} new {} ({}).",
        waiting.len(),
        if waiting.len() == 1 { "student waits" } else { "students wait" },
        named.collect::<Vec<_>>().join(", ")
    );
    let message = if after > limits.seats {
        format!(
            "{after} students would be active, the licence has {} seats: {who} Raise the licence or remove students who have \
             left.",
            limits.seats
        )
    } else {
        format!(
            "Some schools would have more students than seats of their own: {who} Give these schools more seats."
        )
    };
    let names = waiting.iter().take(EXAMPLES).map(|number| new_student(look, *number)).collect::<Vec<_>>();
    seats.waiting.clone_from(&names);
    Some(BlownFuse { fuse: Fuse::Seats, scope: "students".into(), message, examples: names })
}

/// Whether the seats, and not another fuse, are why someone waits.
fn any_over(look: &Look<'_>, limits: &Limits, seats: &Seats, cut: &Cut<'_>) -> bool {
    let waiting = waiting(look, cut).len() as u64;
    let licence = seats.grace_until.is_none() && active_after(look, cut) + waiting > limits.seats;
    let mut schools = limits.policy.school_seats.iter();
    licence
        || schools.any(|(school, limit)| {
            let of_school = of_school(look, cut, number_of(look, school));
            of_school.after + of_school.waiting > u64::from(*limit)
        })
}

/// What is active after the safe part, in all and by school.
pub(super) fn settle(look: &Look<'_>, cut: &Cut<'_>, seats: &mut Seats) {
    seats.after = active_after(look, cut);
    seats.forecast = seats.forecast.filter(|forecast| *forecast != seats.after);
    let mut schools =
        by_school(look, &waiting(look, cut)).into_iter().map(|(school, _)| school).collect::<Vec<_>>();
    schools.extend(
        look.rules.policy.school_seats.keys().map(|key| number_of(look, key)).filter(Option::is_some),
    );
    schools.sort_unstable();
    schools.dedup();
    seats.schools = schools.into_iter().map(|school| of_school(look, cut, school)).collect();
}

fn new_student(look: &Look<'_>, number: StudentNumber) -> String {
    let arrivals = look.plan.students.create.iter().chain(&look.plan.students.reactivate);
    let mut named = arrivals.filter(|one| one.number == number).map(|one| {
        let person = &one.values.person;
        format!("{} ({})", person.full_name(&look.plan.texts), look.plan.texts.get(person.key()))
    });
    named.next().unwrap_or_default()
}

fn number_of(look: &Look<'_>, key: &str) -> Option<SchoolNumber> {
    super::places_of_schools(look.stored, look.plan).find(|number| look.names.key(*number) == key).flatten()
}

fn active_after(look: &Look<'_>, cut: &Cut<'_>) -> u64 {
    let students = &look.plan.students;
    let arrive =
        |list: &[Numbered<Student>]| list.iter().filter(|one| !cut.arrival_waits(one.number)).count();
    let leave = students.deactivate.iter().filter(|number| !cut.removal_waits(**number)).count();
    let before = look.stored.active_count(EntityKind::Student);
    (before + arrive(&students.create) + arrive(&students.reactivate) - leave) as u64
}

fn of_school(look: &Look<'_>, cut: &Cut<'_>, school: Option<SchoolNumber>) -> SchoolSeats {
    let is_here = |number: &StudentNumber| look.places.of_student(*number) == school;
    let students = &look.plan.students;
    let active = look.stored.students.iter().filter(|student| student.active).map(|student| student.number);
    let before = active.filter(is_here).count();
    let arrivals = students.create.iter().chain(&students.reactivate).map(|one| one.number).filter(is_here);
    let (waiting, coming) = arrivals.partition::<Vec<_>, _>(|number| cut.arrival_waits(*number));
    let leave =
        students.deactivate.iter().filter(|number| is_here(number) && !cut.removal_waits(**number)).count();
    let key = look.names.key(school);
    SchoolSeats {
        school: key.to_owned(),
        name: look.names.name(school).to_owned(),
        limit: look.rules.policy.school_seats.get(key).map(|limit| u64::from(*limit)),
        before: before as u64,
        after: (before + coming.len() - leave) as u64,
        waiting: waiting.len() as u64,
    }
}

/// Holds the last `count` of those who would arrive; whether there were any.
fn hold_last(look: &Look<'_>, cut: &mut Cut<'_>, count: usize, of: impl Fn(StudentNumber) -> bool) -> bool {
    let students = &look.plan.students;
    let arrivals = students.create.iter().rev().chain(students.reactivate.iter().rev()).map(|one| one.number);
    let free = arrivals.filter(|number| of(*number) && !cut.arrival_waits(*number));
    let held = free.take(count).collect::<Vec<_>>();
    let before = waiting(look, cut).len();
    held.iter().for_each(|number| cut.hold_arrival(*number));
    waiting(look, cut).len() > before
}

/// Who waits, in the order in which they will get a seat.
fn waiting(look: &Look<'_>, cut: &Cut<'_>) -> Vec<StudentNumber> {
    let students = &look.plan.students;
    let arrivals = students.reactivate.iter().chain(&students.create).map(|one| one.number);
    arrivals.filter(|number| cut.arrival_waits(*number)).collect()
}

/// Schools of those who wait, those with the most first.
fn by_school(look: &Look<'_>, waiting: &[StudentNumber]) -> Vec<(Option<SchoolNumber>, usize)> {
    let mut counts = BTreeMap::<_, usize>::new();
    for number in waiting {
        *counts.entry(look.places.of_student(*number)).or_default() += 1;
    }
    let mut counts = counts.into_iter().collect::<Vec<_>>();
    counts.sort_by_key(|(school, count)| (std::cmp::Reverse(*count), *school));
    counts
}
