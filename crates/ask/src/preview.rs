//! The plan between two files, without a database: what `homeroom check --against` shows.

use std::io;

use homeroom_check::{Checked, check};
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::Severity;
use homeroom_model::run::RunReport;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_read::ReadRules;

use crate::planning::PlanInputs;

/// The roster of an earlier file as if it were the stored one.
///
/// # Errors
/// When it cannot be read, or is rejected: with an empty roster everything would look new.
pub fn roster_of_file(earlier: &dyn Source, rules: &ReadRules) -> io::Result<StoredRoster> {
    let rules = ReadRules { file_name: None, ..rules.clone() };
    let earlier = check(earlier, "", &rules, &|| None, &mut |_| {})?;
    let refuses = |one: &&Finding| one.code.severity() == Severity::RejectFile;
    if let Some(finding) = earlier.findings.kept().iter().find(refuses) {
        let message = format!("it is rejected itself: {} {}", finding.message, finding.code.remedy());
        return Err(io::Error::other(message));
    }
    Ok(StoredRoster::of(earlier.roster, earlier.report.rows))
}

/// Plans from `stored` to the checked file, under the default policy and without a limit of seats: the plan, what would be held,
/// and the messages about them, as in a run's report. The roster of `later` is moved into the plan.
pub fn preview(stored: &StoredRoster, later: &mut Checked) -> RunReport {
    let inputs = PlanInputs::offline(later.rows_of_all(stored.applied_rows), later.ends_mid_row);
    let wanted = std::mem::take(&mut later.roster);
    let plan = inputs.plan_and_split(stored, wanted, &later.protected, &Approval::None);
    let mut report = RunReport::default();
    plan.write_to(&mut report);
    report.seats = None;
    report
}
