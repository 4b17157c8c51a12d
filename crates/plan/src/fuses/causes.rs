//! The likely cause of a large removal, in a sentence.

use hashbrown::{HashMap, HashSet};
use homeroom_model::Grade;
use homeroom_model::entity::{ByNumber, EntityRef, SchoolNumber, StudentNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::plan::Plan;
use homeroom_model::stored::StoredRoster;

use super::context::FuseContext;
use super::wording::counted;

/// The likely cause of the removal of these students, teachers or classes.
pub(super) fn of_removal(kind: EntityKind, context: &FuseContext<'_>) -> String {
    let (plan, stored) = (context.plan, context.stored);
    let removed = plan.deactivated(kind).collect::<Vec<_>>();
    let all = stored.active(kind).collect::<Vec<_>>();
    let students = &plan.students.deactivate;
    earlier_year(plan, stored)
        .or_else(|| other_class_ids(kind, plan))
        .or_else(|| whole_schools(&removed, &all, context))
        .or_else(|| if kind == EntityKind::Student { one_grade(plan, stored) } else { None })
        .or_else(|| if kind == EntityKind::Student { stops_at_a_letter(students, stored) } else { None })
        .or_else(|| new_classes(kind, plan, stored))
        .unwrap_or_else(|| "Most likely the export is incomplete or from another school year.".into())
}

/// Most students whose values change go back to the previous grade.
fn earlier_year(plan: &Plan, stored: &StoredRoster) -> Option<String> {
    let changed = plan.students.update.iter().chain(&plan.students.rekey);
    let (mut back, mut all) = (0_usize, 0_usize);
    for new in changed {
        let old = stored.students.by_number(new.number)?;
        all += 1;
        let grades = old.values.grade.zip(new.values.grade);
        back += usize::from(grades.is_some_and(|(old, new)| old.follows(new)));
    }
    (back >= 5 && back * 2 > all).then(|| {
        format!("{back} students would go back to a lower grade: most likely the file is from an earlier school year.")
    })
}

/// Most students of the classes that go would be in few other classes: their ids are written in another way.
fn other_class_ids(kind: EntityKind, plan: &Plan) -> Option<String> {
    if kind != EntityKind::Class || plan.classes.create.is_empty() {
        return None;
    }
    let gone = plan.classes.deactivate.iter().collect::<HashSet<_>>();
    let new = plan.classes.create.iter().map(|class| class.number).collect::<HashSet<_>>();
    let leaving = plan.enrollments.deactivate.iter().filter(|link| gone.contains(&link.class));
    let leaving = leaving.map(|link| link.person).collect::<HashSet<_>>();
    let coming = plan.enrollments.beginning().filter(|link| new.contains(&link.class));
    let moving =
        coming.map(|link| link.person).filter(|student| leaving.contains(student)).collect::<HashSet<_>>();
    (new.len() * 2 < gone.len() && moving.len() * 2 > leaving.len()).then(|| {
        format!(
            "{} of the {} students of these classes would be in {} instead: most likely class_id was cut off or is written in another \
             way.",
            moving.len(),
            leaving.len(),
            counted(new.len() as u64, "new class"),
        )
    })
}

/// Nearly everything of some schools is removed, and hardly anything of the others.
fn whole_schools(removed: &[EntityRef], all: &[EntityRef], context: &FuseContext<'_>) -> Option<String> {
    let count = |entities: &[EntityRef]| {
        let mut counts = HashMap::<Option<SchoolNumber>, usize>::new();
        for entity in entities {
            *counts.entry(context.places.of(*entity)).or_default() += 1;
        }
        counts
    };
    let (removed_by_school, all_by_school) = (count(removed), count(all));
    let mut missing = removed_by_school.into_iter().collect::<Vec<_>>();
    missing.retain(|(school, removed)| *removed * 10 >= all_by_school.get(school).copied().unwrap_or(0) * 9);
    missing.sort_unstable();
    let explained = missing.iter().map(|(_, removed)| removed).sum::<usize>();
    if missing.is_empty() || missing.len() == all_by_school.len() || explained * 10 < removed.len() * 9 {
        return None;
    }
    let coming = context.plan.students.arriving().filter(|new| {
        let school = context.places.of(new.number);
        missing.iter().any(|(of, _)| *of == school)
    });
    let come = coming.count();
    let named =
        missing.iter().take(5).map(|(school, _)| context.names.name(*school)).collect::<Vec<_>>().join(", ");
    let more = if missing.len() > 5 { format!(" and {} more", missing.len() - 5) } else { String::new() };
    let these = if missing.len() == 1 { "this school" } else { "these schools" };
    Some(if come * 2 > context.plan.students.deactivate.len() {
        format!(
            "The file has {} for {named}{more}: most likely the rows of {these} are those of another school or another year.",
            counted(come as u64, "other student"),
        )
    } else {
        format!("The file has almost no rows for {named}{more}: most likely the export left out {these}.")
    })
}

/// Nearly all who are removed are in one grade, in which nobody comes or changes.
fn one_grade(plan: &Plan, stored: &StoredRoster) -> Option<String> {
    let removed = &plan.students.deactivate;
    let mut grades = HashMap::<Grade, usize>::new();
    for number in removed {
        if let Some(grade) = stored.students.by_number(*number)?.values.grade {
            *grades.entry(grade).or_default() += 1;
        }
    }
    let active = stored.students.iter().filter(|student| student.active);
    let all_grades = active.filter_map(|student| student.values.grade).collect::<HashSet<_>>();
    let (grade, count) = grades.into_iter().max_by_key(|(grade, count)| (*count, *grade))?;
    let is_in_file = plan.students.valued().any(|student| student.values.grade == Some(grade));
    (all_grades.len() > 1 && count * 10 >= removed.len() * 9 && !is_in_file).then(|| {
        let why = if grade.code() == "12" {
            "most likely they have graduated, or the export left out this grade"
        } else {
            "most likely the export left out this grade"
        };
        format!("Nearly all of them are in grade {}: {why}.", grade.code())
    })
}

/// Sorted by last name, the file ends in the middle of the alphabet.
fn stops_at_a_letter(removed: &[StudentNumber], stored: &StoredRoster) -> Option<String> {
    let removed = removed.iter().copied().collect::<HashSet<_>>();
    let mut first_removed: Option<String> = None;
    let mut last_staying: Option<String> = None;
    for student in stored.students.iter().filter(|student| student.active) {
        let name = folded(stored.texts.get(student.values.person.last_name));
        if removed.contains(&student.number) {
            if first_removed.as_ref().is_none_or(|first| name < *first) {
                first_removed = Some(name);
            }
        } else if last_staying.as_ref().is_none_or(|last| name > *last) {
            last_staying = Some(name);
        }
    }
    let (first, last) = (first_removed?, last_staying?);
    let letter = last.chars().next()?.to_uppercase().to_string();
    (first > last).then(|| {
        format!("Sorted by last name, the file ends at the letter {letter}: most likely the export was cut off there.")
    })
}

/// Classes are replaced by others while the students stay: a new term or year.
fn new_classes(kind: EntityKind, plan: &Plan, stored: &StoredRoster) -> Option<String> {
    let (removed, new) =
        (plan.classes.deactivate.len(), plan.classes.create.len() + plan.classes.reactivate.len());
    let students = stored.active_count(EntityKind::Student);
    (kind == EntityKind::Class
        && removed > 0
        && new * 2 >= removed
        && plan.students.deactivate.len() * 4 < students)
        .then(|| format!("{new} classes are new while most students stay: most likely a new term has begun."))
}
