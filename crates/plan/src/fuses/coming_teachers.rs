//! Teachers who come to classes that have students and a teacher already: tonight, and over the last nights.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::ClassNumber;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::policy::Limit;
use homeroom_model::roster::TeachingLink;
use homeroom_model::stored::StoredLink;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::gains::{Gain, classes_in, gains, in_words};
use super::partition::Partition;
use super::past::PAST_DAYS;
use super::removals::hold_losing_classes;
use super::sources::sources;
use super::wording::counted;

/// New teachers of one class in one night that are never ordinary, unless the class had many.
const TEACHERS_OF_ONE_CLASS: u64 = 3;

/// One teacher who takes over all classes of another has no more than this many times the floor.
const CLASSES_OF_ONE_TEACHER: u64 = 4;

/// Classes of one school, and the share of all its classes in percent, in which somebody joins all teachers, who all stay: from here
/// on it is the teacher column, not a co-teacher.
const JOINED_CLASSES: (usize, usize) = (5, 50);

/// So many classes do not pass their teachers round on purpose.
const PASSED_ROUND: usize = 3;

/// Classes of other schools that a teacher who keeps their own gets in one night, and those of one school that get such teachers: who
/// teaches in two schools does not begin with so many.
const CLASSES_OF_OTHER_SCHOOLS: usize = 3;

/// Too many teachings would begin in classes that have teachers and students: all changes of teachers, or of students, in these classes
/// wait.
pub(super) fn coming_teachers(
    context: &FuseContext<'_>,
    limit: Limit,
    partition: &mut Partition<'_>,
) -> Option<BlownFuse> {
    let (plan, stored) = (context.plan, context.stored);
    let gains = gains(context, &plan.teachings, &stored.teachings);
    let with_students = classes_in(&stored.enrollments, &gains);
    let mut classes = gains.into_iter().collect::<Vec<_>>();
    classes.retain(|(class, gain)| gain.before > 0 && with_students.contains(class));
    classes.sort_unstable_by_key(|(class, _)| *class);
    let gained = classes.iter().map(|(_, gain)| gain.gained).sum::<u64>();
    let concerned = classes.iter().map(|(class, _)| *class).collect::<HashSet<_>>();
    let coming = plan.teachings.beginning().filter(|link| concerned.contains(&link.class));
    let coming = coming.map(|link| link.person).collect::<HashSet<_>>();
    let all = stored.teachings.iter().filter(|link| link.active).count() as u64;
    let is_exceeded = |teachers: usize, gained: u64| {
        let floor = u64::from(limit.floor);
        let many = teachers as u64 >= floor || gained >= floor * CLASSES_OF_ONE_TEACHER;
        many && gained >= floor && gained * 100 > all * u64::from(limit.percent)
    };
    let lately = context.limits.past.begun(&context.limits.past.teachings, &plan.teachings);
    let lately = lately.collect::<Vec<_>>();
    let on_all_nights = lately.iter().map(|link| link.person).chain(coming.iter().copied());
    let over_nights =
        gained > 0 && is_exceeded(on_all_nights.collect::<HashSet<_>>().len(), gained + lately.len() as u64);
    let in_all = is_exceeded(coming.len(), gained);
    if !in_all && !over_nights {
        let mut joined = joined_everywhere(context, &classes);
        joined.extend(of_other_schools(context, &concerned));
        joined.extend(passed_round(context, &concerned));
        let is_flooded = |gain: &Gain| gain.gained >= TEACHERS_OF_ONE_CLASS && gain.gained * 2 > gain.before;
        classes.retain(|(class, gain)| is_flooded(gain) || joined.contains(class));
    }
    if classes.is_empty() {
        return None;
    }
    if in_all {
        // The column that brings them takes others.
        hold_losing_classes(context, partition);
        // What is wrong with so many teachers may be wrong with whoever else stands in these rows.
        let moving = plan.enrollments.beginning().chain(&plan.enrollments.deactivate);
        moving.for_each(|link| partition.hold_turnover(link.class));
    }
    classes.iter().for_each(|(class, _)| partition.hold_turnover(*class));
    let held = classes.iter().map(|(class, _)| *class).collect::<HashSet<_>>();
    let examples = plan.teachings.beginning().filter(|link| held.contains(&link.class));
    let message = match in_all || !over_nights {
        true => teachings_message(context, &classes),
        false => creeping_message(gained, lately.len() as u64, all, limit),
    };
    Some(BlownFuse {
        fuse: Fuse::Reach,
        scope: "teachings".into(),
        message,
        examples: examples.take(MAX_EXAMPLES).map(|link| in_words(context, link, "joins")).collect(),
    })
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

/// The classes, of these, to which teachers come who have classes in other schools only, and keep some: where one gets several in these
/// days, or several of one school get one.
fn of_other_schools(context: &FuseContext<'_>, concerned: &HashSet<ClassNumber>) -> HashSet<ClassNumber> {
    let past = &context.limits.past;
    let school = |link: &TeachingLink| context.places.of_class(link.class);
    let lately = past.begun(&past.teachings, &context.plan.teachings).collect::<HashSet<_>>();
    let begins = context.plan.teachings.beginning().filter(|link| concerned.contains(&link.class));
    let mut taught = begins.clone().map(|link| (link.person, HashSet::new())).collect::<HashMap<_, _>>();
    let mut kept = HashSet::new();
    let ends = context.plan.teachings.deactivate.iter().collect::<HashSet<_>>();
    for StoredLink { link, .. } in context.stored.teachings.iter().filter(|link| link.active) {
        if let Some(schools) = taught.get_mut(&link.person).filter(|_| !lately.contains(link)) {
            schools.insert(school(link));
            if !ends.contains(link) {
                kept.insert(link.person);
            }
        }
    }
    let is_of_other =
        |link: &&TeachingLink| kept.contains(&link.person) && !taught[&link.person].contains(&school(link));
    let coming = begins.filter(is_of_other).collect::<Vec<_>>();
    let (mut by_teacher, mut by_school) = (HashMap::<_, usize>::new(), HashMap::<_, usize>::new());
    for link in coming.iter().copied().chain(lately.iter().filter(is_of_other)) {
        *by_teacher.entry(link.person).or_default() += 1;
        *by_school.entry(school(link)).or_default() += 1;
    }
    let is_many = |link: &&&TeachingLink| {
        by_teacher[&link.person].max(by_school[&school(link)]) >= CLASSES_OF_OTHER_SCHOOLS
    };
    coming.iter().filter(is_many).map(|link| link.class).collect()
}

/// The classes, of these, whose teachers change places with one another, when they are several: each gets only who leaves another one, and
/// gives its own to another one. Two exchange teachers on purpose.
fn passed_round(context: &FuseContext<'_>, concerned: &HashSet<ClassNumber>) -> HashSet<ClassNumber> {
    let teachings = &context.plan.teachings;
    let mut classes = concerned.clone();
    loop {
        let here = |link: &&TeachingLink| classes.contains(&link.class);
        let coming = teachings.beginning().filter(here).map(|link| link.person).collect::<HashSet<_>>();
        let leaving =
            teachings.deactivate.iter().filter(here).map(|link| link.person).collect::<HashSet<_>>();
        let mut moving = HashSet::new();
        let mut staying = HashSet::new();
        for link in teachings.beginning().filter(here) {
            let set = if leaving.contains(&link.person) { &mut moving } else { &mut staying };
            set.insert(link.class);
        }
        for link in teachings.deactivate.iter().filter(here).filter(|link| !coming.contains(&link.person)) {
            staying.insert(link.class);
        }
        let round = &moving - &staying;
        if round.len() == classes.len() {
            return if round.len() >= PASSED_ROUND { round } else { HashSet::new() };
        }
        classes = round;
    }
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
    } else if of_other_schools(context, &numbers).len() * 2 > classes.len() {
        "the teacher columns are those of other classes, because the teachers who come teach in another school"
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

/// Little each night, too much over the last nights.
fn creeping_message(gained: u64, lately: u64, all: u64, limit: Limit) -> String {
    format!(
        "{} would begin in classes that have teachers and students already, and {lately} of the last {PAST_DAYS} days began in others: {} \
         beside {all}; the limit is {}%. Most likely the teacher columns change a little in each export without that the classes get \
         other teachers. Compare the teachers of a few classes with the SIS before you decide.",
        counted(gained, "teaching"),
        gained + lately,
        limit.percent,
    )
}
