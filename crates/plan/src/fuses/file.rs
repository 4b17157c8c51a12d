//! The file fuse: the file as a whole cannot be believed, so nothing of it goes ahead.

use hashbrown::HashSet;
use homeroom_model::entity::{Entity, EntityRef, StudentNumber, TeacherNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, Plan};

use super::context::FuseContext;
use super::partition::Partition;
use super::past::{AppliedBefore, OLD_DAYS};
use super::wording::counted;

/// The file was applied before, hardly anybody in it is known, or it is of an earlier school year: the whole plan waits.
pub(super) fn whole_file(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (scope, message, examples) = same_bytes(context)
        .or_else(|| old_people(context))
        .or_else(|| other_people(context))
        .or_else(|| everybody_goes(context))
        .or_else(|| earlier_year(context))?;
    partition.hold_everything(context.plan);
    Some(BlownFuse { fuse: Fuse::File, scope: scope.into(), message, examples })
}

/// A scope, a sentence and examples.
type Doubt = (&'static str, String, Vec<String>);

fn is_off(context: &FuseContext<'_>) -> bool {
    context.rules.policy.is_off(Fuse::File)
}

fn same_bytes(context: &FuseContext<'_>) -> Option<Doubt> {
    let AppliedBefore { on, others_since } = context.limits.past.same_bytes?;
    if is_off(context) || others_since == 1 && is_taken_back(context) {
        return None;
    }
    let others = if others_since == 1 {
        "another file has been applied".to_owned()
    } else {
        format!("{others_since} other files have been applied")
    };
    let message = format!(
        "This very file was already applied on {}, and {others} since: {OLD_FILE}",
        on.strftime("%-d %b %Y"),
    );
    Some(("rows", message, context.examples(context.plan.students.deactivate.iter().copied())))
}

const OLD_FILE: &str = "most likely an old file was sent again. Nothing of it is applied. Discarding leaves everyone as they are \
    today. Approving takes everyone back to that day: who came since goes, who left since is back, and changed names are the old ones.";

/// Whether the file only takes back what one night changed, or was wrong in: no student goes, no teacher who was here before, and
/// nobody's values change.
fn is_taken_back(context: &FuseContext<'_>) -> bool {
    fn keeps_values<V: Entity>(changes: &Changes<V>) -> bool {
        changes.update.is_empty() && changes.rekey.is_empty() && changes.create.is_empty()
    }
    let Plan { students, teachers, classes, .. } = context.plan;
    let came = |teacher: &TeacherNumber| {
        context.limits.past.last_moves.get(&EntityRef::from(*teacher)).is_some_and(|last| last.is_here)
    };
    keeps_values(students)
        && keeps_values(teachers)
        && students.deactivate.is_empty()
        && teachers.deactivate.iter().all(came)
        && classes.deactivate.is_empty()
        && students.reactivate.len() + teachers.reactivate.len() < MANY_RETURN
}

/// So many people are not removed by a mistake of one night that nobody noticed.
const MANY_RETURN: usize = 5;

/// So many people must be taken back to where they were when both come and go, and when they only come or only go.
const TAKEN_BACK: (usize, usize) = (3, 8);

/// Most who would come or go only take back what several nights did: an old file, whatever else was changed in it.
fn old_people(context: &FuseContext<'_>) -> Option<Doubt> {
    let moves = &context.limits.past.last_moves;
    if moves.is_empty() || is_off(context) {
        return None;
    }
    let Plan { students, teachers, .. } = context.plan;
    let coming = students.arriving().map(|new| new.number.into());
    let coming = coming.chain(teachers.arriving().map(|new| new.number.into())).collect::<Vec<EntityRef>>();
    let going = [EntityKind::Student, EntityKind::Teacher].into_iter();
    let going = going.flat_map(|kind| context.plan.deactivated(kind)).collect::<Vec<EntityRef>>();
    let back =
        coming.iter().filter(|one| moves.get(*one).is_some_and(|last| !last.is_here)).collect::<Vec<_>>();
    let gone =
        going.iter().filter(|one| moves.get(*one).is_some_and(|last| last.is_here)).collect::<Vec<_>>();
    let taken_back = back.len() + gone.len();
    let nights = back.iter().chain(&gone).map(|one| moves[*one].run).collect::<HashSet<_>>();
    let least = if back.is_empty() || gone.is_empty() { TAKEN_BACK.1 } else { TAKEN_BACK.0 };
    if taken_back < least || nights.len() < 2 || taken_back * 5 < (coming.len() + going.len()) * 3 {
        return None;
    }
    let message = format!(
        "{} of the {} who would come or go take back what earlier nights did: {} left in the last {OLD_DAYS} days and would be back, and \
         {} came in these days and would go: {OLD_FILE}",
        taken_back,
        counted((coming.len() + going.len()) as u64, "person"),
        back.len(),
        gone.len(),
    );
    Some(("people", message, context.examples(gone.into_iter().chain(back).copied())))
}

fn other_people(context: &FuseContext<'_>) -> Option<Doubt> {
    let message = context.limits.other_people.as_ref()?;
    if is_off(context) {
        return None;
    }
    let message = format!(
        "{message} Nothing of it is applied. Compare the names and addresses in the file with those of this district; when the file is \
         wrong, discard this, and send the right one."
    );
    Some(("people", message, context.examples(context.plan.students.deactivate.iter().copied())))
}

/// From this share of the students in percent on, nobody leaves: it is the file that has others.
const EVERYBODY: usize = 80;

/// So few students make no district.
const MIN_STUDENTS: usize = 20;

/// Hardly anybody of today's students is in the file, although others are, and no calendar says that so many leave.
fn everybody_goes(context: &FuseContext<'_>) -> Option<Doubt> {
    let all = context.stored.active_count(EntityKind::Student);
    let going = &context.plan.students.deactivate;
    let usual = context.rules.policy.limit(Fuse::District);
    let is_agreed = |student: &StudentNumber| {
        let key = context.names.key(context.places.of_student(*student));
        let allowed = context.rules.limit(usual, key, |window| window.people);
        allowed.percent != usual.percent || context.rules.is_additions_only(key)
    };
    let is_much = all >= MIN_STUDENTS && going.len() * 100 >= all * EVERYBODY;
    let come = context.plan.students.arriving().count();
    if is_off(context) || !is_much || come * 2 < going.len() || going.iter().any(is_agreed) {
        return None;
    }
    let mut known = context.limits.verdicts.iter().filter(|verdict| verdict.is_about_whole_file());
    let cause = known.next().map_or(
        "Most likely it is the file of another school year or district, or the SIS writes all ids and addresses anew.",
        |verdict| verdict.message.as_str(),
    );
    let message = format!(
        "{} of {} would lose their accounts, and {come} would come with new ones. {cause} Nothing of it is applied. Compare some names and \
         ids in the file with those of the roster; when the file is wrong, discard this, and send the right one.",
        going.len(),
        counted(all as u64, "student"),
    );
    Some(("people", message, context.examples(going.iter().copied())))
}

fn earlier_year(context: &FuseContext<'_>) -> Option<Doubt> {
    let limit = context.rules.policy.limit(Fuse::File);
    let all = context.stored.active_count(EntityKind::Student) as u64;
    let back = context.students_going_back().count() as u64;
    if !limit.is_exceeded(back, all) {
        return None;
    }
    let message = format!(
        "{} of {} would go back to a lower grade: most likely the file is from an earlier school year. Nothing of it is applied, \
         because its new people and classes would be those of that year. Send today's file; this hold ends with it.",
        back,
        counted(all, "student"),
    );
    let examples = context.examples(context.plan.students.update.iter().map(|student| student.number));
    Some(("rows", message, examples))
}
