//! The plan between two files, without a database: what `homeroom check --against` shows.

use homeroom_check::{Checked, check};
use homeroom_model::refusal::Refusal;
use homeroom_model::run::RunReport;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_read::ReadRules;

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

/// Plans from `stored` to the checked file, under the default policy and without a limit of seats: the plan, what would be held,
/// and the messages about them, as in a run's report. What the comparison of the two shows of the file as a whole is added to the
/// findings of `later`; its roster is moved into the plan. `None` when the file is rejected.
pub fn preview(stored: &StoredRoster, later: &mut Checked) -> Option<RunReport> {
    let mut planner = Planner::offline(FileExtent::from_checked(later, stored));
    if !later.is_rejected() {
        planner.assess(stored, later);
    }
    if later.is_rejected() {
        return None;
    }
    let wanted = std::mem::take(&mut later.roster);
    let plan = planner.plan_and_split(stored, wanted, &later.protected, &Approval::None);
    let mut report = RunReport::default();
    plan.write_to(&mut report);
    report.seats = None;
    Some(report)
}
