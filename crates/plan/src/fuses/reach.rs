//! The reach fuse: who sees whom. Teachers who come to classes that have students and a teacher already, and students who come to
//! further classes. A class's first teacher, a new class and a new student reach nobody who was out of reach on purpose.

use std::cell::OnceCell;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::policy::Limit;
use homeroom_model::roster::{EnrollmentLink, Link};

use super::coming_teachers::coming_teachers;
use super::context::{FuseContext, MAX_EXAMPLES};
use super::exchanges::crossed_classes;
use super::gains::{Gain, gains, in_words};
use super::new_classes::{merged, scattered};
use super::partition::Partition;
use super::past::PAST_DAYS;
use super::wording::counted;

/// The students that a class has at least, and those who come to it at least, when it is flooded: two classes that become one are not.
const FLOODED_CLASS: (u64, u64) = (5, 10);

/// Students who change their classes in one night count by this many times the floor.
const STUDENTS_PER_FLOOR: u64 = 5;

/// Too many teachings, or too many enrollments of students who are here already, would begin in classes that exist: all changes of
/// teachers, or of students, in these classes wait.
pub(super) fn reach(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let limit = context.rules.policy.limit(Fuse::Reach);
    if context.rules.policy.is_off(Fuse::Reach) {
        return vec![];
    }
    let mut fuses = Vec::new();
    fuses.extend(coming_teachers(context, limit, partition));
    fuses.extend(enrollments(context, limit, partition));
    fuses.extend(merged(context, partition));
    fuses.extend(scattered(context, partition));
    fuses
}

fn enrollments(context: &FuseContext<'_>, limit: Limit, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (plan, stored) = (context.plan, context.stored);
    let here = |link: &&Link<_>| stored.students.by_number(link.person).is_some_and(|student| student.active);
    let gains = gains(context, &plan.enrollments, &stored.enrollments);
    let exists = |link: &&Link<_>| gains.get(&link.class).is_some_and(|gain| gain.before > 0);
    let begun = plan.enrollments.beginning().filter(exists).filter(here).collect::<Vec<_>>();
    if begun.is_empty() {
        return None;
    }
    let students = begun.iter().map(|link| link.person).collect::<HashSet<_>>().len() as u64;
    let all = OnceCell::new();
    let all = || *all.get_or_init(|| stored.enrollments.iter().filter(|link| link.active).count() as u64);
    let gained = begun.len() as u64;
    let is_exceeded = |students: u64, gained: u64| {
        let enough = students >= u64::from(limit.floor) * STUDENTS_PER_FLOOR;
        enough && gained * 100 > all() * u64::from(limit.percent)
    };
    let lately = context.limits.past.begun(&context.limits.past.enrollments, &plan.enrollments);
    let lately = lately.collect::<Vec<_>>();
    let on_all_nights = lately.iter().chain(begun.iter().copied()).map(|link| link.person);
    let on_all_nights = on_all_nights.collect::<HashSet<_>>().len() as u64;
    let over_nights = !lately.is_empty() && is_exceeded(on_all_nights, gained + lately.len() as u64);
    let in_all = is_exceeded(students, gained) || over_nights;
    let crossed = crossed_classes(context);
    let classes = if in_all {
        begun.iter().map(|link| link.class).collect()
    } else {
        &flooded(&begun, &gains) | &crossed
    };
    if classes.is_empty() {
        return None;
    }
    classes.iter().for_each(|class| partition.hold_turnover(*class));
    if in_all {
        // Whoever only leaves a class, or loses one that is gone, is in another row of the same columns.
        plan.enrollments.deactivate.iter().for_each(|link| partition.hold_turnover(link.class));
        plan.classes.deactivate.iter().for_each(|class| partition.hold_removal(*class));
    }
    let cause = if over_nights && !is_exceeded(students, gained) {
        &format!(
            "the class columns change a little in each export: {} of the last {PAST_DAYS} days began in others",
            lately.len()
        )
    } else if crossed.len() * 2 > classes.len() {
        "the export lists the students of each class in another one, too, because they would be in both, and nobody leaves"
    } else {
        "the class columns were sorted, filled or have slipped without the others, unless many students change their classes today"
    };
    let begun = begun.into_iter().filter(|link| classes.contains(&link.class)).collect::<Vec<_>>();
    Some(enrollments_fuse(context, &begun, &classes, all(), cause))
}

fn enrollments_fuse(
    context: &FuseContext<'_>,
    begun: &[&EnrollmentLink],
    classes: &HashSet<ClassNumber>,
    all: u64,
    cause: &str,
) -> BlownFuse {
    let ends = &context.plan.enrollments.deactivate;
    let ended = ends.iter().filter(|link| classes.contains(&link.class)).count();
    let students = begun.iter().map(|link| link.person).collect::<HashSet<_>>().len() as u64;
    BlownFuse {
        fuse: Fuse::Reach,
        scope: "enrollments".into(),
        message: format!(
            "{} of {} who are here already would begin, and {ended} would end, in {} that have students already; there are {all} now. \
             Most likely {cause}. Compare the classes of a few students with the SIS before you decide.",
            counted(begun.len() as u64, "enrollment"),
            counted(students, "student"),
            counted(classes.len() as u64, "class"),
        ),
        examples: begun.iter().take(MAX_EXAMPLES).map(|link| in_words(context, link, "joins")).collect(),
    }
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
