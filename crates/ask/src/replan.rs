//! Plans a run's upload again, on the roster as it is now.

use homeroom_check::check;
use homeroom_model::district::District;
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{Run, RunState};
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_read::{ReadLimits, ReadRules};
use homeroom_store::DistrictStore;
use jiff::civil::Date;

use crate::decisions::Decisions;
use crate::error::AskError;
use crate::planning::{FileExtent, Planner, SplitPlan};
use crate::rules::reading_rules;

/// A run's upload, planned again.
pub struct Replanned {
    /// The plan, split by the fuses.
    pub plan: SplitPlan,
    /// The roster that it was made from.
    pub stored: StoredRoster,
    /// Data rows of the file, for the next comparison of sizes.
    pub rows: u64,
    /// The day in the district.
    pub today: Date,
}

/// Reads the kept file of `run` again and plans it with these decisions.
///
/// # Errors
/// [`AskError::Refused`] when the file is rejected beside the roster as it is now.
pub fn replan(
    district: &DistrictStore,
    limits: &ReadLimits,
    run: &Run,
    decisions: Decisions,
    approval: &Approval,
) -> Result<Replanned, AskError> {
    let settings = district.settings()?;
    let source = district.store().blobs().source(run.upload.blob)?;
    let today = settings.today(district.store().now());
    let shown_on = shown_on(&settings, run).unwrap_or(today);
    let rules = ReadRules { today: Some(shown_on), ..reading_rules(district, &settings, limits)? };
    let stored = district.roster_load()?;
    let mut checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})?;
    let extent = FileExtent::from_checked(&checked, &stored);
    let mut planner = Planner::load(district, &settings, extent, decisions, shown_on)?;
    planner.look_back(district, &settings, run)?;
    planner.assess(&stored, &mut checked);
    if let Some(finding) = checked.rejection() {
        return Err(Refusal::FileRejected(Box::new(finding.clone())).into());
    }
    let plan = planner.plan_and_split(&stored, checked.roster, &checked.protected, approval);
    Ok(Replanned { plan, stored, rows: extent.rows, today })
}

/// The day on which a held run showed what waits. A school year or an additions-only period that has begun or ended since makes no
/// other plan of it.
fn shown_on(settings: &District, run: &Run) -> Option<Date> {
    let ended = run.finished_at.filter(|_| run.state == RunState::Held);
    ended.map(|ended| settings.today(ended))
}
