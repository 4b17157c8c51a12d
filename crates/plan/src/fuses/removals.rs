//! Fuses on removals: of the district, of a school, and of a file that is too short.

use hashbrown::{HashMap, HashSet};
use homeroom_model::calendar::Allowed;
use homeroom_model::entity::{SchoolNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::EnrollmentLink;

use super::cut::Cut;
use super::{Limits, Look, causes, places_of_schools};

/// The file has far fewer rows than the one applied last, or ends in the middle of one: every removal waits.
pub(super) fn shrink(look: &Look<'_>, limits: &Limits, cut: &mut Cut<'_>) -> Option<BlownFuse> {
    let removed = look.plan.counts().deactivate.total();
    let before = look.stored.applied_rows.unwrap_or(0);
    let message = if removed == 0 || only_adds(look) {
        return None;
    } else if limits.ends_mid_row {
        "The file ends in the middle of a row: most likely the export or the upload was cut off. Send the whole file \
         again."
            .to_owned()
    } else if limits.policy.limit(Fuse::Shrink).is_undercut(limits.rows, before) {
        format!(
            "The file has {} rows, the one applied last had {before}: most likely the export stopped early or leaves out \
             schools.",
            limits.rows
        )
    } else {
        return None;
    };
    hold_all_removals(look, cut);
    let examples = look.examples(look.plan.students.deactivate.iter().copied());
    Some(BlownFuse { fuse: Fuse::Shrink, scope: "rows".into(), message, examples })
}

/// Too large a share of the district's students, teachers or classes would be deactivated: every removal waits.
pub(super) fn district(look: &Look<'_>, cut: &mut Cut<'_>) -> Vec<BlownFuse> {
    if only_adds(look) {
        return vec![];
    }
    let mut fuses = Vec::new();
    let usual = look.rules.policy.limit(Fuse::District);
    for kind in [EntityKind::Student, EntityKind::Teacher, EntityKind::Class] {
        let allowed: fn(&Allowed) -> Option<u32> = match kind {
            EntityKind::Class => |window| window.classes,
            _ => |window| window.people,
        };
        let school = |entity| look.places.of(entity);
        let all = look.stored.active(kind).map(school);
        let gone = look.plan.deactivated(kind).map(school);
        for (limit, gone, active) in look.rules.measure(look, usual, allowed, all, gone) {
            if limit.is_exceeded(gone, active) {
                fuses.push(blown(look, kind, gone, active, limit.percent));
            }
        }
    }
    if !fuses.is_empty() {
        hold_all_removals(look, cut);
    }
    fuses
}

fn blown(look: &Look<'_>, kind: EntityKind, gone: u64, active: u64, percent: u32) -> BlownFuse {
    BlownFuse {
        fuse: Fuse::District,
        scope: kind.plural().into(),
        message: format!(
            "{gone} of {active} active {} would be deactivated, the limit is {percent} %. {}",
            kind.plural(),
            causes::of_removal(kind, look.plan, look.stored, look.places)
        ),
        examples: look.examples(look.plan.deactivated(kind)),
    }
}

/// A school would vanish or lose too many students: the removals of this school wait.
pub(super) fn schools(look: &Look<'_>, cut: &mut Cut<'_>) -> Vec<BlownFuse> {
    let lost = lost_by_school(look);
    let mut fuses = Vec::new();
    let mut schools = lost.iter().collect::<Vec<_>>();
    schools.sort_unstable_by_key(|(school, _)| **school);
    for (school, students) in schools {
        let (key, name) = (look.names.key(*school), look.names.name(*school));
        if look.rules.adds_only(key) {
            continue;
        }
        let limit = look.rules.limit(look.rules.policy.limit(Fuse::School), key, |window| window.people);
        let is_removed = school.is_some_and(|school| look.plan.schools.deactivate.contains(&school));
        let vanishes = is_removed && limit.percent < 100;
        let count = students.len() as u64;
        let before = if vanishes || count >= u64::from(limit.floor) { students_of(look, *school) } else { 0 };
        let message = if vanishes {
            format!(
                "{name} would vanish with its {before} students: most likely the export leaves the school out. If it has \
                 closed, approve."
            )
        } else if before > 0 && limit.is_exceeded(count, before) {
            format!(
                "{name} would lose {count} of its {before} students, the limit is {} %: most likely the export of this school \
                 is incomplete.",
                limit.percent
            )
        } else {
            continue;
        };
        cut.hold_removals(*school);
        let examples = look.examples(students.iter().copied());
        fuses.push(BlownFuse { fuse: Fuse::School, scope: key.into(), message, examples });
    }
    fuses
}

/// For each school the students who are in it now and would not be.
fn lost_by_school(look: &Look<'_>) -> HashMap<Option<SchoolNumber>, Vec<StudentNumber>> {
    let ended = &look.plan.enrollments.deactivate;
    let place = |link: &EnrollmentLink| (look.places.of_class(link.class), link.person);
    let mut lost = ended.iter().map(place).collect::<HashSet<_>>();
    if lost.is_empty() {
        return HashMap::new();
    }
    let mut ends = ended.iter().peekable();
    for link in look.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link) {
        while ends.next_if(|end| *end < link).is_some() {}
        if ends.peek() != Some(&link) {
            lost.remove(&place(link));
        }
    }
    for link in look.plan.enrollments.create.iter().chain(&look.plan.enrollments.reactivate) {
        lost.remove(&place(link));
    }
    let mut by_school = HashMap::<_, Vec<_>>::new();
    for (school, student) in lost {
        by_school.entry(school).or_default().push(student);
    }
    by_school.values_mut().for_each(|students| students.sort_unstable());
    by_school
}

/// How many students a school has now.
fn students_of(look: &Look<'_>, school: Option<SchoolNumber>) -> u64 {
    let links = look.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link);
    let here = links.filter(|link| look.places.of_class(link.class) == school);
    here.map(|link| link.person).collect::<HashSet<_>>().len() as u64
}

fn hold_all_removals(look: &Look<'_>, cut: &mut Cut<'_>) {
    places_of_schools(look.stored, look.plan).for_each(|school| cut.hold_removals(school));
}

/// Whether nothing is removed today anyway.
fn only_adds(look: &Look<'_>) -> bool {
    look.rules.policy.adds_only(look.rules.today).any(|entry| entry.schools.is_empty())
}
