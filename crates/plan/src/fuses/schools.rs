//! The school fuse: a school would vanish, lose too many students, give its classes to another school, or go back by a year.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber, EntityNumber, SchoolNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::EnrollmentLink;

use super::context::FuseContext;
use super::partition::Partition;
use super::past::PAST_DAYS;
use super::wording::counted;

/// So many newcomers in a school that loses students are no chance.
const MIN_NEWCOMERS: usize = 5;

/// So many students who go back by a grade are no corrections.
const MIN_BACK: usize = 5;

/// What a school would lose.
#[derive(Default)]
struct Loss {
    /// Students who are in it now and would not be.
    students: Vec<StudentNumber>,
    /// Classes that would be in another school.
    moved: Vec<(ClassNumber, SchoolNumber)>,
    /// Students who would be new in it.
    newcomers: usize,
    /// Students who would be a grade lower.
    back: Vec<StudentNumber>,
}

impl Loss {
    /// Whether others would come for many of those who go: then the rows of the school are most likely another year's.
    fn is_replaced(&self) -> bool {
        self.newcomers >= MIN_NEWCOMERS && self.newcomers * 4 >= self.students.len()
    }
}

/// A school would vanish or lose too many students, whether they are removed or their classes are in another school: its removals
/// wait, and its classes stay.
pub(super) fn schools(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let mut fuses = Vec::new();
    let mut staying = HashSet::new();
    for (school, loss) in losses(context) {
        let earlier_year = earlier_year(context, school, &loss);
        let is_another_years = earlier_year.is_some() || loss.is_replaced();
        if let Some(fuse) = earlier_year.or_else(|| school_fuse(context, school, &loss)) {
            partition.hold_removals(school);
            if let Some(school) = school.filter(|_| is_another_years) {
                partition.hold_school(context.plan, school);
            }
            loss.moved.iter().for_each(|(class, _)| partition.hold_update(*class));
            hold_moves_of(&loss.students, context, partition);
            staying.extend(loss.moved.iter().map(|(class, _)| *class));
            fuses.push(fuse);
        }
    }
    hold_new_schools_of(&staying, context, partition);
    fuses
}

/// Holds the classes to which those come who stay where they are.
fn hold_moves_of(students: &[StudentNumber], context: &FuseContext<'_>, partition: &mut Partition<'_>) {
    let students = students.iter().collect::<HashSet<_>>();
    let coming = context.plan.enrollments.beginning().filter(|link| students.contains(&link.person));
    let classes = coming.map(|link| link.class).collect::<HashSet<_>>();
    let new = context.plan.classes.arriving().map(|class| class.number).collect::<HashSet<_>>();
    for class in classes {
        if new.contains(&class) {
            partition.hold_arrival(class);
        } else {
            partition.hold_turnover(class);
        }
    }
}

/// Holds new schools that would have no class but those that stay where they are.
fn hold_new_schools_of(
    staying: &HashSet<ClassNumber>,
    context: &FuseContext<'_>,
    partition: &mut Partition<'_>,
) {
    if staying.is_empty() || context.plan.schools.create.is_empty() {
        return;
    }
    let classes = context.plan.classes.valued().filter(|class| !staying.contains(&class.number));
    let used = classes.map(|class| class.values.school).collect::<HashSet<_>>();
    let new = context.plan.schools.create.iter().filter(|school| !used.contains(&school.number));
    new.for_each(|school| partition.hold_arrival(school.number));
}

/// Half of a school's students or more would be a grade lower.
fn earlier_year(context: &FuseContext<'_>, school: Option<SchoolNumber>, loss: &Loss) -> Option<BlownFuse> {
    let (key, name) = (context.names.key(school), context.names.name(school));
    let limit = context.rules.limit(context.rules.policy.limit(Fuse::School), key, |window| window.people);
    if loss.back.len() < MIN_BACK || limit.percent >= 100 {
        return None;
    }
    let before = count_students(context, school);
    (loss.back.len() as u64 * 2 >= before).then(|| BlownFuse {
        fuse: Fuse::School,
        scope: key.into(),
        message: format!(
            "{} of the {} of {name} would go back to a lower grade: most likely the rows of this school are from an earlier school \
             year. Nothing of the school changes until you decide.",
            loss.back.len(),
            counted(before, "student"),
        ),
        examples: context.examples(loss.back.iter().copied()),
    })
}

fn school_fuse(context: &FuseContext<'_>, school: Option<SchoolNumber>, loss: &Loss) -> Option<BlownFuse> {
    let (key, name) = (context.names.key(school), context.names.name(school));
    if context.rules.is_additions_only(key) {
        return None;
    }
    let limit = context.rules.limit(context.rules.policy.limit(Fuse::School), key, |window| window.people);
    let is_removed = school.is_some_and(|school| context.plan.schools.deactivate.contains(&school));
    let vanishes = is_removed && limit.percent < 100;
    let count = loss.students.len() as u64;
    let gone = if count > 0 { context.gone_lately.students_of(school) } else { 0 };
    let before =
        if vanishes || count + gone >= u64::from(limit.floor) { count_students(context, school) } else { 0 };
    let exceeds = before > 0 && limit.is_exceeded(count, before);
    let creeps = before > 0 && limit.is_exceeded(count + gone, before + gone);
    let moved = moved_to(context, school, loss).or_else(|| students_moved_to(context, school, loss));
    let message = match moved {
        _ if !vanishes && !exceeds && !creeps => return None,
        _ if !vanishes && !exceeds => format!(
            "{name} would lose {}, and {} of the last {PAST_DAYS} days are gone already: {} of {}; the limit is {}%. Most likely \
             the export of this school loses rows, a few each night.",
            counted(count, "student"),
            counted(gone, "student"),
            count + gone,
            before + gone,
            limit.percent
        ),
        Some(moved) => moved,
        None if vanishes => format!(
            "{name} would vanish with its {}. Most likely the export left the school out, unless it has closed.",
            counted(before, "student")
        ),
        None if loss.is_replaced() => format!(
            "{name} would lose {count} of its {}, and {} would be new; the limit is {}%. Most likely the rows of this school are those \
             of another school year, unless a new one has begun. Nothing of the school changes until you decide.",
            counted(before, "student"),
            loss.newcomers,
            limit.percent
        ),
        None => format!(
            "{name} would lose {count} of its {}; the limit is {}%. Most likely the export of this school is incomplete.",
            counted(before, "student"),
            limit.percent
        ),
    };
    let examples = context.examples(loss.students.iter().copied());
    Some(BlownFuse { fuse: Fuse::School, scope: key.into(), message, examples })
}

/// Where the classes of a school would be, when it loses most of its students with them.
fn moved_to(context: &FuseContext<'_>, school: Option<SchoolNumber>, loss: &Loss) -> Option<String> {
    let mut schools = BTreeMap::<SchoolNumber, usize>::new();
    loss.moved.iter().for_each(|(_, to)| *schools.entry(*to).or_default() += 1);
    let (to, _) = schools.iter().max_by_key(|(school, count)| (**count, **school))?;
    let moved = loss.moved.iter().map(|(class, _)| *class).collect::<HashSet<_>>();
    let links = context.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link);
    let with_them = links.filter(|link| moved.contains(&link.class)).map(|link| link.person);
    let with_them = with_them.collect::<HashSet<_>>();
    let students = loss.students.iter().filter(|student| with_them.contains(*student)).count();
    if students * 2 < loss.students.len() {
        return None;
    }
    let here = context.stored.active(EntityKind::Class).filter(|class| context.places.of(*class) == school);
    let all = here.count() as u64;
    let (count, name) = (moved.len() as u64, context.names.name(school));
    let which = match (count, all) {
        (1, 1) => format!("The only class of {name}"),
        _ if count == all => format!("All {count} classes of {name}"),
        _ => format!("{count} of the {all} classes of {name}"),
    };
    let others = if schools.len() > 1 { " and other schools" } else { "" };
    Some(format!(
        "{which} would be in {}{others}, with {}: either the schools were merged, or the export has a wrong school_id. \
         Compare school_id in the file before you decide.",
        context.names.name(Some(*to)),
        counted(students as u64, "student"),
    ))
}

/// Where the students of a school would be, when most of those whom it loses would be in classes of another one.
fn students_moved_to(context: &FuseContext<'_>, school: Option<SchoolNumber>, loss: &Loss) -> Option<String> {
    let lost = loss.students.iter().collect::<HashSet<_>>();
    let joined = context.plan.enrollments.beginning().filter(|link| lost.contains(&link.person));
    let mut schools = BTreeMap::<SchoolNumber, HashSet<StudentNumber>>::new();
    for link in joined {
        if let Some(to) = context.places.of_class(link.class) {
            schools.entry(to).or_default().insert(link.person);
        }
    }
    let (to, students) = schools.into_iter().max_by_key(|(to, students)| (students.len(), *to))?;
    (students.len() * 2 > lost.len()).then(|| {
        format!(
            "{} of the {} of {} would be in other classes of {}: either the schools were merged or the students moved up, or the export has \
             a wrong school_id. Compare school_id and class_id in the file before you decide.",
            students.len(),
            counted(count_students(context, school), "student"),
            context.names.name(school),
            context.names.name(Some(to)),
        )
    })
}

/// Classes whose school changes, with the new one.
fn moving_classes(context: &FuseContext<'_>) -> HashMap<ClassNumber, SchoolNumber> {
    let changing = context.plan.classes.update.iter().chain(&context.plan.classes.rekey);
    let moving = changing.filter(|class| {
        let old = context.stored.classes.by_number(class.number);
        old.is_some_and(|old| old.values.school != class.values.school)
    });
    moving.map(|class| (class.number, class.values.school)).collect()
}

/// What each school would lose.
fn losses(context: &FuseContext<'_>) -> BTreeMap<Option<SchoolNumber>, Loss> {
    let mut losses = BTreeMap::<_, Loss>::new();
    let moving = moving_classes(context);
    for (school, student) in students_lost(context, &moving) {
        losses.entry(school).or_default().students.push(student);
    }
    losses.values_mut().for_each(|loss| loss.students.sort_unstable());
    for (class, to) in moving {
        losses.entry(context.places.of_class(class)).or_default().moved.push((class, to));
    }
    for student in context.students_going_back() {
        losses.entry(context.places.of_student(student)).or_default().back.push(student);
    }
    let students = &context.plan.students;
    if losses.is_empty() {
        return losses;
    }
    for new in students.arriving() {
        if let Some(loss) = losses.get_mut(&context.places.of(new.number)) {
            loss.newcomers += 1;
        }
    }
    losses
}

/// Each student with each school that they are in now and would not be.
fn students_lost(
    context: &FuseContext<'_>,
    moving: &HashMap<ClassNumber, SchoolNumber>,
) -> HashSet<(Option<SchoolNumber>, StudentNumber)> {
    let ended = &context.plan.enrollments.deactivate;
    if ended.is_empty() && moving.is_empty() {
        return HashSet::new();
    }
    let before = |link: &EnrollmentLink| (context.places.of_class(link.class), link.person);
    let after = |link: &EnrollmentLink| {
        let moved = moving.get(&link.class).copied();
        (moved.or_else(|| context.places.of_class(link.class)), link.person)
    };
    let active = || context.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link);
    let mut lost = ended.iter().map(before).collect::<HashSet<_>>();
    if !moving.is_empty() {
        lost.extend(active().filter(|link| moving.contains_key(&link.class)).map(before));
    }
    // Of most students nothing is lost.
    let mut may_lose = vec![false; context.stored.students.last().map_or(0, |last| last.number.index() + 1)];
    lost.iter().for_each(|(_, student)| may_lose[student.index()] = true);
    let mut ends = ended.iter().peekable();
    for link in active().filter(|link| may_lose[link.person.index()]) {
        while ends.next_if(|end| *end < link).is_some() {}
        if ends.peek() != Some(&link) {
            lost.remove(&after(link));
        }
    }
    for link in context.plan.enrollments.beginning() {
        lost.remove(&after(link));
    }
    lost
}

/// How many students a school has now.
fn count_students(context: &FuseContext<'_>, school: Option<SchoolNumber>) -> u64 {
    let links = context.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link);
    let here = links.filter(|link| context.places.of_class(link.class) == school);
    here.map(|link| link.person).collect::<HashSet<_>>().len() as u64
}
