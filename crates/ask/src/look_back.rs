//! What the last nights of a district did, for the fuses that count over nights.

use hashbrown::{HashMap, HashSet};
use homeroom_model::counts::Counts;
use homeroom_model::district::District;
use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::Fuse;
use homeroom_model::run::{DecisionKind, Run};
use homeroom_model::time::days;
use homeroom_plan::{AppliedBefore, LastMove, OLD_DAYS, PAST_DAYS, Past};
use homeroom_store::last_nights::Move;
use homeroom_store::{DistrictStore, StoreError};
use jiff::Timestamp;

/// What the runs before `run` did of themselves in the last days. Of nights that a window of the calendar allowed, and of those up to
/// the last whose removals somebody approved, nothing counts.
pub(crate) fn look_back(
    district: &DistrictStore,
    settings: &District,
    run: &Run,
) -> Result<Past, StoreError> {
    let now = run.finished_at.unwrap_or_else(|| district.store().now());
    let since = now.checked_sub(days(PAST_DAYS)).unwrap_or_default();
    let runs = district.runs_applied_since(run.number, since)?;
    let unseen = runs.iter().take_while(|run| !removals_were_approved(run));
    let counted = unseen.filter(|run| removes_people_or_classes(run) && !is_in_window(settings, run));
    let counted = counted.map(|run| run.number).collect::<Vec<_>>();
    let same = district.runs_applied_same_bytes(run.number, &run.upload.blob)?;
    let same_bytes =
        same.map(|same| AppliedBefore { on: settings.today(same.at), others_since: same.others_since });
    let last_moves = last_moves(district, run, now)?;
    Ok(Past { removed: district.removed_by_runs(&counted)?, same_bytes, last_moves })
}

/// Who came and who went with the runs of the last weeks that moved few.
fn last_moves(
    district: &DistrictStore,
    run: &Run,
    now: Timestamp,
) -> Result<HashMap<EntityRef, LastMove>, StoreError> {
    let since = now.checked_sub(days(OLD_DAYS)).unwrap_or_default();
    let runs = district.runs_applied_since(run.number, since)?;
    // A first load and a new school year would be long lists, and tell nothing of single people.
    let few = runs.iter().filter(|run| moves_few(run)).map(|run| run.number).collect::<HashSet<_>>();
    let Some((first, last)) = few.iter().min().zip(few.iter().max()) else { return Ok(HashMap::new()) };
    let new = runs.iter().filter(|run| run.number >= *first).filter_map(|run| run.report.plan);
    let new = new.map(|plan| plan.create.students + plan.create.teachers).sum::<u64>().min(MAX_NEW);
    let moves = district.comings_and_goings((*first, *last), new)?.into_iter();
    let moves = moves.filter(|one| few.contains(&one.run));
    Ok(moves.map(|Move { entity, run, is_here }| (entity, LastMove { run, is_here })).collect())
}

/// More newcomers of some weeks are not looked at.
const MAX_NEW: u64 = 10_000;

/// Whether a run moved a tenth of the people at the most.
fn moves_few(run: &Run) -> bool {
    run.report.plan.is_some_and(|plan| {
        let people = |counts: Counts| counts.students + counts.teachers;
        let moved = people(plan.create) + people(plan.deactivate) + people(plan.reactivate);
        moved > 0 && moved * 10 <= moved + people(plan.unchanged) + people(plan.update) + people(plan.rekey)
    })
}

fn removes_people_or_classes(run: &Run) -> bool {
    run.report.plan.is_some_and(|plan| {
        let removed = plan.deactivate;
        removed.students + removed.teachers + removed.classes > 0
    })
}

/// Whether somebody looked at the removals up to this run, and approved them.
fn removals_were_approved(run: &Run) -> bool {
    let is_approval = |kind| matches!(kind, DecisionKind::Approved);
    let fuses = run.report.held.iter().flat_map(|held| &held.fuses);
    let is_about_removals =
        |fuse| matches!(fuse, Fuse::District | Fuse::School | Fuse::Class | Fuse::Shrink | Fuse::File);
    run.report.decisions.iter().any(|decision| is_approval(decision.kind))
        && fuses.map(|blown| blown.fuse).any(is_about_removals)
}

fn is_in_window(settings: &District, run: &Run) -> bool {
    let day = run.finished_at.map(|ended| settings.today(ended));
    day.is_some_and(|day| settings.policy.windows_on(day).next().is_some())
}
