//! The class fuse, for classes that lose teachers to whom nobody comes: the teachers are missing in the file.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use homeroom_model::entity::{ClassNumber, SchoolNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::roster::TeachingLink;
use homeroom_model::stored::active_links_of_class;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::gains::in_words;
use super::partition::Partition;
use super::wording::counted;

/// One or two teachers leave in one night without that others come for them.
const TEACHERS: usize = 3;

/// The share of a school's teachings, in percent, that do not end in one night without others.
const OF_SCHOOL: usize = 10;

/// Several teachers of a school lose classes that stay, and nobody comes for them: these classes keep their teachers.
pub(super) fn leaving_teachers(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let mut by_school = BTreeMap::<Option<SchoolNumber>, Vec<TeachingLink>>::new();
    for link in ending_without_others(context) {
        by_school.entry(context.places.of_class(link.class)).or_default().push(link);
    }
    let usual = context.rules.policy.limit(Fuse::Class);
    let is_too_much = |(school, links): &(Option<SchoolNumber>, Vec<TeachingLink>)| {
        let key = context.names.key(*school);
        let limit = context.rules.limit(usual, key, |window| window.classes);
        let teachers = links.iter().map(|link| link.person).collect::<HashSet<_>>().len();
        let teachings = context.stored.teachings.iter().filter(|link| link.active);
        let here = || teachings.filter(|link| context.places.of_class(link.link.class) == *school).count();
        limit.percent < 100
            && !context.rules.is_additions_only(key)
            && teachers >= TEACHERS
            && links.len() * 100 > here() * OF_SCHOOL
    };
    let held = by_school.into_iter().filter(is_too_much);
    held.map(|(school, links)| hold(context, school, &links, partition)).collect()
}

/// Teachings that end in classes with students which stay, and to which no teacher comes.
fn ending_without_others(context: &FuseContext<'_>) -> Vec<TeachingLink> {
    let (plan, stored) = (context.plan, context.stored);
    if plan.teachings.deactivate.len() < TEACHERS {
        return vec![];
    }
    let ending = plan.classes.deactivate.iter().copied().collect::<HashSet<_>>();
    let with_others = plan.teachings.beginning().map(|link| link.class).collect::<HashSet<_>>();
    let has_students =
        |class: ClassNumber| active_links_of_class(&stored.enrollments, class).next().is_some();
    let links = plan.teachings.deactivate.iter().copied();
    let links = links.filter(|link| !ending.contains(&link.class) && !with_others.contains(&link.class));
    links.filter(|link| has_students(link.class)).collect()
}

fn hold(
    context: &FuseContext<'_>,
    school: Option<SchoolNumber>,
    links: &[TeachingLink],
    partition: &mut Partition<'_>,
) -> BlownFuse {
    let classes = links.iter().map(|link| link.class).collect::<HashSet<_>>();
    classes.iter().for_each(|class| partition.hold_turnover(*class));
    let ends = links.iter().collect::<HashSet<_>>();
    let keeps_one = |class: &&ClassNumber| {
        active_links_of_class(&context.stored.teachings, **class).any(|link| !ends.contains(&link.link))
    };
    let without = classes.len() - classes.iter().filter(keeps_one).count();
    let teachers = links.iter().map(|link| link.person).collect::<HashSet<_>>().len();
    let what_then = match without {
        0 => "the teachers beside them would stay".to_owned(),
        _ if without == classes.len() => "none of these classes would have a teacher".to_owned(),
        1 => "1 of these classes would have no teacher".to_owned(),
        _ => format!("{without} of these classes would have no teacher"),
    };
    BlownFuse {
        fuse: Fuse::Class,
        scope: context.names.key(school).into(),
        message: format!(
            "In {} of {}, {} would no longer teach, and nobody would come for them: {what_then}. Most likely the export left teachers out, \
             because a column is empty or rows are missing. Discarding leaves the teachers as they are; approving takes these classes away \
             from them.",
            counted(classes.len() as u64, "class"),
            context.names.name(school),
            counted(teachers as u64, "teacher"),
        ),
        examples: links.iter().take(MAX_EXAMPLES).map(|link| in_words(context, link, "leaves")).collect(),
    }
}
