//! The reach fuse: who sees whom. Teachers who come to classes that have students and a teacher already, and students who come to
//! further classes. A class's first teacher, a new class and a new student reach nobody who was out of reach on purpose.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber, EntityNumber, EntityRef};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::plan::LinkChanges;
use homeroom_model::policy::Limit;
use homeroom_model::roster::{EnrollmentLink, Link};
use homeroom_model::stored::{StoredLink, active_links_of_class};

use super::context::{FuseContext, MAX_EXAMPLES};
use super::new_classes::{merged, scattered};
use super::partition::Partition;
use super::sources::sources;
use super::wording::counted;

/// New teachers of one class in one night that are never ordinary, unless the class had many.
const TEACHERS_OF_ONE_CLASS: u64 = 3;

/// One teacher who takes over all classes of another has no more than this many times the floor.
const CLASSES_OF_ONE_TEACHER: u64 = 4;

/// Classes of one school, and the share of all its classes in percent, in which somebody joins all teachers, who all stay: from here
/// on it is the teacher column, not a co-teacher.
const JOINED_CLASSES: (usize, usize) = (5, 50);

/// The students that a class has at least, and those who come to it at least, when it is flooded: two classes that become one are not.
const FLOODED_CLASS: (u64, u64) = (5, 10);

/// Students who change their classes in one night count by this many times the floor.
const STUDENTS_PER_FLOOR: u64 = 5;

/// What a class gains and loses.
#[derive(Clone, Copy, Debug, Default)]
struct Gain {
    gained: u64,
    lost: u64,
    before: u64,
}

/// Too many teachings, or too many enrollments of students who are here already, would begin in classes that exist: all changes of
/// teachers, or of students, in these classes wait.
pub(super) fn reach(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let limit = context.rules.policy.limit(Fuse::Reach);
    if context.rules.policy.is_off(Fuse::Reach) {
        return vec![];
    }
    let mut fuses = Vec::new();
    fuses.extend(teachings(context, limit, partition));
    fuses.extend(enrollments(context, limit, partition));
    fuses.extend(merged(context, partition));
    fuses.extend(scattered(context, partition));
    fuses
}

fn teachings(context: &FuseContext<'_>, limit: Limit, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (plan, stored) = (context.plan, context.stored);
    let gains = gains(&plan.teachings, &stored.teachings);
    let with_students = classes_in(&stored.enrollments, &gains);
    let mut classes = gains.into_iter().collect::<Vec<_>>();
    classes.retain(|(class, gain)| gain.before > 0 && with_students.contains(class));
    classes.sort_unstable_by_key(|(class, _)| *class);
    let gained = classes.iter().map(|(_, gain)| gain.gained).sum::<u64>();
    let concerned = classes.iter().map(|(class, _)| *class).collect::<HashSet<_>>();
    let teachers =
        plan.teachings.beginning().filter(|link| concerned.contains(&link.class)).map(|link| link.person);
    let teachers = teachers.collect::<HashSet<_>>().len() as u64;
    let all = stored.teachings.iter().filter(|link| link.active).count() as u64;
    let floor = u64::from(limit.floor);
    let many = teachers >= floor || gained >= floor * CLASSES_OF_ONE_TEACHER;
    let in_all = many && gained >= floor && gained * 100 > all * u64::from(limit.percent);
    if !in_all {
        let joined = joined_everywhere(context, &classes);
        let is_flooded = |gain: &Gain| gain.gained >= TEACHERS_OF_ONE_CLASS && gain.gained * 2 > gain.before;
        classes.retain(|(class, gain)| is_flooded(gain) || joined.contains(class));
    }
    if classes.is_empty() {
        return None;
    }
    if in_all {
        hold_losing_classes(context, partition);
        // What is wrong with so many teachers may be wrong with whoever else stands in these rows.
        let moving = plan.enrollments.beginning().chain(&plan.enrollments.deactivate);
        moving.for_each(|link| partition.hold_turnover(link.class));
    }
    classes.iter().for_each(|(class, _)| partition.hold_turnover(*class));
    let held = classes.iter().map(|(class, _)| *class).collect::<HashSet<_>>();
    let examples = plan.teachings.beginning().filter(|link| held.contains(&link.class));
    Some(BlownFuse {
        fuse: Fuse::Reach,
        scope: "teachings".into(),
        message: teachings_message(context, &classes),
        examples: examples.take(MAX_EXAMPLES).map(|link| joins(context, link)).collect(),
    })
}

/// Holds the teachers of the classes that would only lose some, while so many come to others: the column that brings them takes them.
fn hold_losing_classes(context: &FuseContext<'_>, partition: &mut Partition<'_>) {
    let ending = context.plan.classes.deactivate.iter().copied().collect::<HashSet<_>>();
    let losing = context.plan.teachings.deactivate.iter().map(|link| link.class);
    for class in losing.filter(|class| !ending.contains(class)) {
        partition.hold_turnover(class);
    }
}

/// The classes of schools in which one teacher joins the teachers of most classes, and all of them stay.
fn joined_everywhere(context: &FuseContext<'_>, classes: &[(ClassNumber, Gain)]) -> HashSet<ClassNumber> {
    let stay = classes.iter().filter(|(_, gain)| gain.lost == 0).map(|(class, _)| *class);
    let stay = stay.collect::<HashSet<_>>();
    let mut joined = HashMap::<_, Vec<ClassNumber>>::new();
    for link in context.plan.teachings.beginning().filter(|link| stay.contains(&link.class)) {
        joined.entry((link.person, context.places.of_class(link.class))).or_default().push(link.class);
    }
    let (min, percent) = JOINED_CLASSES;
    joined.retain(|_, classes| classes.len() >= min);
    if joined.is_empty() {
        return HashSet::new();
    }
    let mut in_school = HashMap::<_, usize>::new();
    for class in context.stored.classes.iter().filter(|class| class.active) {
        *in_school.entry(context.places.of_class(class.number)).or_default() += 1;
    }
    let is_most =
        |school, count: usize| count * 100 >= in_school.get(&school).copied().unwrap_or(0) * percent;
    joined.retain(|(_, school), classes| is_most(*school, classes.len()));
    joined.into_values().flatten().collect()
}

fn teachings_message(context: &FuseContext<'_>, classes: &[(ClassNumber, Gain)]) -> String {
    let sum = |count: fn(&Gain) -> u64| classes.iter().map(|(_, gain)| count(gain)).sum::<u64>();
    let (gained, lost) = (sum(|gain| gain.gained), sum(|gain| gain.lost));
    let held = classes.iter().map(|(class, gain)| (*class, gain.gained)).collect::<HashMap<_, _>>();
    let links = context.stored.enrollments.iter().filter(|link| link.active);
    let pairs = links.filter_map(|link| held.get(&link.link.class)).sum::<u64>();
    let numbers = held.keys().copied().collect();
    let with_students = sources(context, &numbers).values().filter(|source| source.has_teacher).count();
    let cause = if with_students * 2 >= classes.len() {
        "class_id has slipped by some rows, or was sorted, without the other columns, because students of the same classes come with the \
         teachers"
    } else if gained > lost * 2 {
        "the teacher columns were sorted or filled without the others, because nearly nobody leaves these classes"
    } else {
        "the teacher columns were sorted or have slipped without the others, unless classes were given to other teachers on purpose"
    };
    format!(
        "{} would begin and {} would end in {} that have teachers and students already: teachers would see students {} more than now. \
         Most likely {cause}. Compare the teachers of a few classes with the SIS before you decide.",
        counted(gained, "teaching"),
        lost,
        counted(classes.len() as u64, "class"),
        counted(pairs, "time"),
    )
}

fn enrollments(context: &FuseContext<'_>, limit: Limit, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (plan, stored) = (context.plan, context.stored);
    let here = |link: &&Link<_>| stored.students.by_number(link.person).is_some_and(|student| student.active);
    let gains = gains(&plan.enrollments, &stored.enrollments);
    let exists = |link: &&Link<_>| gains.get(&link.class).is_some_and(|gain| gain.before > 0);
    let begun = plan.enrollments.beginning().filter(here).filter(exists).collect::<Vec<_>>();
    let students = begun.iter().map(|link| link.person).collect::<HashSet<_>>().len() as u64;
    let all = stored.enrollments.iter().filter(|link| link.active).count() as u64;
    let gained = begun.len() as u64;
    let enough = students >= u64::from(limit.floor) * STUDENTS_PER_FLOOR;
    let in_all = enough && gained * 100 > all * u64::from(limit.percent);
    let classes =
        if in_all { begun.iter().map(|link| link.class).collect() } else { flooded(&begun, &gains) };
    if classes.is_empty() {
        return None;
    }
    let begun = begun.into_iter().filter(|link| classes.contains(&link.class)).collect::<Vec<_>>();
    let gained = begun.len() as u64;
    let students = begun.iter().map(|link| link.person).collect::<HashSet<_>>().len() as u64;
    classes.iter().for_each(|class| partition.hold_turnover(*class));
    if in_all {
        // Whoever only leaves a class, or loses one that is gone, is in another row of the same columns.
        plan.enrollments.deactivate.iter().for_each(|link| partition.hold_turnover(link.class));
        plan.classes.deactivate.iter().for_each(|class| partition.hold_removal(*class));
    }
    let ended =
        plan.enrollments.deactivate.iter().filter(|link| classes.contains(&link.class)).count() as u64;
    Some(BlownFuse {
        fuse: Fuse::Reach,
        scope: "enrollments".into(),
        message: format!(
            "{} of {} who are here already would begin, and {ended} would end, in {} that have students already; there are {all} now. \
             Most likely the class columns were sorted, filled or have slipped without the others, unless many students change their \
             classes today. Compare the classes of a few students with the SIS before you decide.",
            counted(gained, "enrollment"),
            counted(students, "student"),
            counted(classes.len() as u64, "class"),
        ),
        examples: begun.iter().take(MAX_EXAMPLES).map(|link| joins(context, link)).collect(),
    })
}

/// Classes to which far more students come, who are here already, than they have.
fn flooded(begun: &[&EnrollmentLink], gains: &HashMap<ClassNumber, Gain>) -> HashSet<ClassNumber> {
    let mut gained = HashMap::<ClassNumber, u64>::new();
    begun.iter().for_each(|link| *gained.entry(link.class).or_default() += 1);
    let (few, many) = FLOODED_CLASS;
    gained.retain(|class, count| {
        let before = gains.get(class).map_or(0, |gain| gain.before);
        before >= few && *count >= many && *count >= before * 2
    });
    gained.into_keys().collect()
}

/// "Ann Lee (ann@x.org) joins Art 1 (A1)"
fn joins<P: EntityNumber>(context: &FuseContext<'_>, link: &Link<P>) -> String {
    let person: EntityRef = link.person.into();
    let person = match context.describe(person) {
        unknown if unknown.is_empty() => context.describe_new(person),
        known => known,
    };
    format!("{person} joins {}", context.describe(link.class.into()))
}

/// What each class gains, which gains something.
fn gains<P: EntityNumber>(changes: &LinkChanges<P>, stored: &[StoredLink<P>]) -> HashMap<ClassNumber, Gain> {
    let mut gains = HashMap::<ClassNumber, Gain>::new();
    changes.beginning().for_each(|link| gains.entry(link.class).or_default().gained += 1);
    if gains.is_empty() {
        return gains;
    }
    for link in &changes.deactivate {
        if let Some(gain) = gains.get_mut(&link.class) {
            gain.lost += 1;
        }
    }
    for (class, gain) in &mut gains {
        gain.before = active_links_of_class(stored, *class).count() as u64;
    }
    gains
}

/// Those of these classes that have somebody.
fn classes_in<P: EntityNumber>(
    stored: &[StoredLink<P>],
    among: &HashMap<ClassNumber, Gain>,
) -> HashSet<ClassNumber> {
    let has_somebody = |class: &ClassNumber| active_links_of_class(stored, *class).next().is_some();
    among.keys().copied().filter(has_somebody).collect()
}
