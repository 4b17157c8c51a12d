//! Plans a run's upload again, on the roster as it is now.

use homeroom_check::check;
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::Run;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_read::ReadLimits;
use homeroom_store::DistrictStore;
use jiff::civil::Date;

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
    /// The day in the district that it was made for.
    pub today: Date,
}

/// Reads the kept file of `run` again and plans it with these reviews.
pub fn replan(
    district: &DistrictStore,
    limits: &ReadLimits,
    run: &Run,
    reviews: ProposalReviews,
    approval: &Approval,
) -> Result<Replanned, AskError> {
    let settings = district.settings()?;
    let source = district.store().blobs().source(run.upload.blob)?;
    let rules = reading_rules(district, &settings, limits)?;
    let stored = district.roster_load()?;
    let checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})?;
    let extent = FileExtent::from_checked(&checked, &stored);
    let planner = Planner::load(district, &settings, extent, reviews)?;
    let plan = planner.plan_and_split(&stored, checked.roster, &checked.protected, approval);
    Ok(Replanned { plan, stored, rows: extent.rows, today: planner.today() })
}
