//! Why a file asks for what it asks: the likely cause of a large removal, in a sentence.

use hashbrown::{HashMap, HashSet};
use homeroom_model::Grade;
use homeroom_model::entity::{ByNumber, EntityRef, SchoolNumber, StudentNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::plan::Plan;
use homeroom_model::stored::StoredRoster;

use super::places::{Places, SchoolNames};

/// The likely cause of the removal of these students, teachers or classes.
pub(super) fn of_removal(kind: EntityKind, plan: &Plan, stored: &StoredRoster, places: &Places) -> String {
    let names = SchoolNames::new(plan, stored);
    let removed = plan.deactivated(kind).collect::<Vec<_>>();
    let all = stored.active(kind).collect::<Vec<_>>();
    let students = &plan.students.deactivate;
    earlier_year(plan, stored)
        .or_else(|| whole_schools(&removed, &all, places, &names))
        .or_else(|| if kind == EntityKind::Student { one_grade(students, stored) } else { None })
        .or_else(|| if kind == EntityKind::Student { stops_at_a_letter(students, stored) } else { None })
        .or_else(|| new_classes(kind, plan, stored))
        .unwrap_or_else(|| "Most likely the export is incomplete or from another school year.".into())
}

/// Most students whose values change go back to the grade before.
fn earlier_year(plan: &Plan, stored: &StoredRoster) -> Option<String> {
    let changed = plan.students.update.iter().chain(&plan.students.rekey);
    let (mut back, mut all) = (0_usize, 0_usize);
    for one in changed {
        let old = stored.students.by_number(one.number)?;
        all += 1;
        let grades = old.values.grade.zip(one.values.grade);
        back += usize::from(grades.is_some_and(|(was, is)| was.follows(is)));
    }
    (back >= 5 && back * 2 > all).then(|| {
        format!("{back} students would go back to a lower grade: most likely the file is from an earlier school year.")
    })
}

/// The removed are nearly all of some schools, and hardly anyone of the others.
fn whole_schools(
    removed: &[EntityRef],
    all: &[EntityRef],
    places: &Places,
    names: &SchoolNames<'_>,
) -> Option<String> {
    let count = |entities: &[EntityRef]| {
        let mut counts = HashMap::<Option<SchoolNumber>, usize>::new();
        for entity in entities {
            *counts.entry(places.of(*entity)).or_default() += 1;
        }
        counts
    };
    let (gone, there) = (count(removed), count(all));
    let missing =
        gone.iter().filter(|(school, gone)| **gone * 10 >= there.get(*school).copied().unwrap_or(0) * 9);
    let mut missing = missing.map(|(school, gone)| (*school, *gone)).collect::<Vec<_>>();
    missing.sort_unstable();
    let explained = missing.iter().map(|(_, gone)| gone).sum::<usize>();
    if missing.is_empty() || missing.len() == there.len() || explained * 10 < removed.len() * 9 {
        return None;
    }
    let named = missing.iter().take(5).map(|(school, _)| names.name(*school)).collect::<Vec<_>>().join(", ");
    let more = if missing.len() > 5 { format!(" and {} more", missing.len() - 5) } else { String::new() };
    Some(format!(
        "Hardly anything of {named}{more} is in the file: most likely the export left {} out.",
        if missing.len() == 1 { "this school" } else { "these schools" }
    ))
}

/// Nearly all of the removed are in one grade.
fn one_grade(removed: &[StudentNumber], stored: &StoredRoster) -> Option<String> {
    let mut grades = HashMap::<Grade, usize>::new();
    for number in removed {
        if let Some(grade) = stored.students.by_number(*number)?.values.grade {
            *grades.entry(grade).or_default() += 1;
        }
    }
    let of_all =
        stored.students.iter().filter(|student| student.active).filter_map(|student| student.values.grade);
    let others = of_all.collect::<HashSet<_>>().len();
    let (grade, count) = grades.into_iter().max_by_key(|(grade, count)| (*count, *grade))?;
    (others > 1 && count * 10 >= removed.len() * 9).then(|| {
        let why = if grade.code() == "12" {
            "most likely they have graduated, or the export leaves out this grade"
        } else {
            "most likely the export leaves out this grade"
        };
        format!("Nearly all of them are in grade {}: {why}.", grade.code())
    })
}

/// Sorted by last name, the file ends somewhere in the alphabet.
fn stops_at_a_letter(removed: &[StudentNumber], stored: &StoredRoster) -> Option<String> {
    let removed = removed.iter().copied().collect::<HashSet<_>>();
    let mut first_gone: Option<String> = None;
    let mut last_there: Option<String> = None;
    for student in stored.students.iter().filter(|student| student.active) {
        let name = folded(stored.texts.get(student.values.person.last_name));
        if removed.contains(&student.number) {
            if first_gone.as_ref().is_none_or(|first| name < *first) {
                first_gone = Some(name);
            }
        } else if last_there.as_ref().is_none_or(|last| name > *last) {
            last_there = Some(name);
        }
    }
    let (first, last) = (first_gone?, last_there?);
    let letter = last.chars().next()?.to_uppercase().to_string();
    (first > last).then(|| {
        format!("Sorted by last name, the file stops in the letter {letter}: most likely the export was cut off there.")
    })
}

/// Classes are replaced by others while the students stay: a new term or year.
fn new_classes(kind: EntityKind, plan: &Plan, stored: &StoredRoster) -> Option<String> {
    let (gone, new) =
        (plan.classes.deactivate.len(), plan.classes.create.len() + plan.classes.reactivate.len());
    let students = stored.active_count(EntityKind::Student);
    (kind == EntityKind::Class
        && gone > 0
        && new * 2 >= gone
        && plan.students.deactivate.len() * 4 < students)
        .then(|| {
            format!("{new} other classes come while most students stay: most likely a new term has begun.")
        })
}
