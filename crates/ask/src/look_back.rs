//! What the last nights of a district did, for the fuses that count over nights.

use hashbrown::{HashMap, HashSet};
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::district::District;
use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::Fuse;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{DecisionKind, Run};
use homeroom_model::time::days;
use homeroom_plan::{AppliedBefore, LastMove, OLD_DAYS, PAST_DAYS, Past, PastLink};
use homeroom_store::last_nights::{ChangedLink, Move};
use homeroom_store::roster::LinkedPerson;
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
    let unseen = runs.iter().take_while(|run| !was_approved(run, &ABOUT_REMOVALS));
    let counted = unseen.filter(|run| removes_people_or_classes(run) && !is_in_window(settings, run));
    let counted = counted.map(|run| run.number).collect::<Vec<_>>();
    let links = runs.iter().take_while(|run| !was_approved(run, &ABOUT_LINKS));
    let links = links.filter(|run| moves_some_links(run) && !is_in_window(settings, run));
    let links = links.map(|run| run.number).collect::<Vec<_>>();
    let same = district.runs_applied_same_bytes(run.number, &run.upload.blob)?;
    let same_bytes =
        same.map(|same| AppliedBefore { on: settings.today(same.at), others_since: same.others_since });
    let last_moves = last_moves(district, run, now)?;
    let old = now.checked_sub(days(OLD_DAYS)).unwrap_or_default();
    let of_old = district.runs_applied_since(run.number, old)?;
    let of_old =
        of_old.iter().filter(|run| removes_people_or_classes(run)).map(|run| run.number).collect::<Vec<_>>();
    Ok(Past {
        left_lately: Some(district.removed_by_runs(&of_old)?.into_iter().collect()),
        removed: district.removed_by_runs(&counted)?,
        teachings: past_links(district, &links)?,
        enrollments: past_links(district, &links)?,
        same_bytes,
        last_moves,
    })
}

/// The links that these runs began or ended.
fn past_links<P: LinkedPerson>(
    district: &DistrictStore,
    runs: &[RunNumber],
) -> Result<Vec<PastLink<P>>, StoreError> {
    let links = district.links_changed_by_runs(runs)?.into_iter();
    Ok(links.map(|ChangedLink { link, run, is_active }| PastLink { link, run, is_active }).collect())
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
    let few = runs.iter().filter(|run| moves_few_people(run)).map(|run| run.number).collect::<HashSet<_>>();
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
fn moves_few_people(run: &Run) -> bool {
    moves_at_most(run, 10, |counts| counts.students + counts.teachers)
}

/// Whether a run began or ended half of the teachings and enrollments at the most: it was no first load.
fn moves_some_links(run: &Run) -> bool {
    moves_at_most(run, 50, |counts| counts.teachings + counts.enrollments)
}

/// Whether what a run applied moved something, and this share in percent at the most.
fn moves_at_most(run: &Run, percent: u64, count: fn(Counts) -> u64) -> bool {
    let moved = |plan: &PlanCounts| count(plan.create) + count(plan.deactivate) + count(plan.reactivate);
    let held = run.report.held.as_ref().map_or(0, |held| moved(&held.counts));
    run.report.plan.is_some_and(|plan| {
        let applied = moved(&plan).saturating_sub(held);
        let stays = count(plan.unchanged) + count(plan.update) + count(plan.rekey);
        applied > 0 && applied * 100 <= (moved(&plan) + stays) * percent
    })
}

fn removes_people_or_classes(run: &Run) -> bool {
    run.report.plan.is_some_and(|plan| {
        let removed = plan.deactivate;
        removed.students + removed.teachers + removed.classes > 0
    })
}

/// The fuses about who is removed, and about who is in which class.
const ABOUT_REMOVALS: [Fuse; 5] = [Fuse::District, Fuse::School, Fuse::Class, Fuse::Shrink, Fuse::File];
const ABOUT_LINKS: [Fuse; 4] = [Fuse::School, Fuse::Class, Fuse::Reach, Fuse::File];

/// Whether somebody looked at what one of these fuses held in this run, and approved it.
fn was_approved(run: &Run, fuses: &[Fuse]) -> bool {
    let is_approval = |kind| matches!(kind, DecisionKind::Approved);
    let mut blown = run.report.held.iter().flat_map(|held| &held.fuses);
    run.report.decisions.iter().any(|decision| is_approval(decision.kind))
        && blown.any(|blown| fuses.contains(&blown.fuse))
}

fn is_in_window(settings: &District, run: &Run) -> bool {
    let day = run.finished_at.map(|ended| settings.today(ended));
    day.is_some_and(|day| settings.policy.windows_on(day).next().is_some())
}
