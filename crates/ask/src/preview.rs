//! The plan between two files, without a database: what `homeroom check --against` shows.

use homeroom_check::{Checked, check};
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::RunReport;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_read::ReadRules;

use crate::decisions::decide;
use crate::error::AskError;
use crate::planning::{FileExtent, Planner};

/// The roster of an earlier file as if it were the stored one.
///
/// # Errors
/// [`AskError::Refused`] when it is rejected: with an empty roster everything would look new.
pub fn roster_of_file(earlier: &dyn Source, rules: &ReadRules) -> Result<StoredRoster, AskError> {
    let rules = ReadRules { file_name: None, ..rules.clone() };
    let earlier = check(earlier, "", &rules, &|| None, &mut |_| {})?;
    if let Some(finding) = earlier.rejection() {
        return Err(Refusal::FileRejected(Box::new(finding.clone())).into());
    }
    let rows = earlier.rows_of_all(None);
    Ok(StoredRoster::from_roster(earlier.roster, rows))
}

/// Plans from `stored` to the checked file, under the default policy and without a limit of seats, once these proposals are decided:
/// the plan, what would be held, and the messages about them, as in a run's report. What the comparison of the two shows of the file
/// as a whole is added to the findings of `later`; its roster is moved into the plan. `None` when the file is rejected.
///
/// # Errors
/// A refusal when there is no such proposal.
pub fn preview(
    stored: &StoredRoster,
    later: &mut Checked,
    reviews: &ProposalReviews,
) -> Result<Option<RunReport>, Refusal> {
    let mut planner = Planner::offline(FileExtent::from_checked(later, stored));
    if !later.is_rejected() {
        planner.assess(stored, later);
    }
    if later.is_rejected() {
        return Ok(None);
    }
    let wanted = std::mem::take(&mut later.roster);
    if !reviews.is_empty() {
        let earlier = planner.decided().clone();
        let decided = decide((None, stored), reviews, &earlier, &mut |pairs| {
            planner.set_decided(pairs.clone());
            planner.plan_and_split(stored, wanted.clone(), &later.protected, &Approval::None)
        })?;
        planner.set_decided(decided.all);
    }
    let plan = planner.plan_and_split(stored, wanted, &later.protected, &Approval::None);
    let mut report = RunReport { reviews: reviews.clone(), ..RunReport::default() };
    plan.write_to(&mut report);
    report.seats = None;
    Ok(Some(report))
}
