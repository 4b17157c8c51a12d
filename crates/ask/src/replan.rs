//! Reads a run's upload again, to plan it on the roster as it is now.

use homeroom_check::{Checked, check};
use homeroom_model::decided_pair::DecidedPair;
use homeroom_model::district::District;
use homeroom_model::ids::RunId;
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::{Run, RunState};
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_read::{ReadLimits, ReadRules};
use homeroom_store::DistrictStore;
use jiff::civil::Date;

use crate::decisions::{Decided, decide};
use crate::error::AskError;
use crate::planning::{FileExtent, Planner, SplitPlan};
use crate::rules::reading_rules;

/// A run's upload, read again, and the roster as it is now.
pub struct Reread {
    /// What plans are made with.
    pub planner: Planner,
    /// The roster that they are made from.
    pub stored: StoredRoster,
    checked: Checked,
    /// Data rows of the file, for the next comparison of sizes.
    pub rows: u64,
    /// The day in the district.
    pub today: Date,
}

/// Reads the kept file of `run` again.
///
/// # Errors
/// [`AskError::Refused`] when the file is rejected beside the roster as it is now.
pub fn reread(district: &DistrictStore, limits: &ReadLimits, run: &Run) -> Result<Reread, AskError> {
    let settings = district.settings()?;
    let source = district.store().blobs().source(run.upload.blob)?;
    let today = settings.today(district.store().now());
    let shown_on = shown_on(&settings, run).unwrap_or(today);
    let rules = ReadRules { today: Some(shown_on), ..reading_rules(district, &settings, limits)? };
    let stored = district.roster_load()?;
    let mut checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})?;
    let extent = FileExtent::from_checked(&checked, &stored);
    let mut planner = Planner::load(district, &settings, extent, shown_on)?;
    planner.decides();
    planner.look_back(district, &settings, run)?;
    planner.assess(&stored, &mut checked);
    if let Some(finding) = checked.rejection() {
        return Err(Refusal::FileRejected(Box::new(finding.clone())).into());
    }
    Ok(Reread { planner, stored, checked, rows: extent.rows, today })
}

impl Reread {
    /// Plans with these answers of a person to proposals of `run` from now on; what they are about.
    ///
    /// # Errors
    /// [`Refusal::NoSuchProposal`] when nothing has a name, and [`Refusal::AcceptedAndRejected`].
    pub fn decide(&mut self, run: RunId, reviews: &ProposalReviews) -> Result<Vec<DecidedPair>, Refusal> {
        let Reread { planner, stored, checked, .. } = self;
        let earlier = planner.decided().clone();
        let Decided { new, all } = decide((Some(run), stored), reviews, &earlier, &mut |pairs| {
            planner.set_decided(pairs.clone());
            planner.plan_and_split(stored, checked.roster.clone(), &checked.protected, &Approval::None)
        })?;
        planner.set_decided(all);
        Ok(new)
    }

    /// Plans the file.
    pub fn plan(&self, approval: &Approval) -> SplitPlan {
        let Reread { planner, stored, checked, .. } = self;
        planner.plan_and_split(stored, checked.roster.clone(), &checked.protected, approval)
    }
}

/// The day on which a held run showed what waits. A school year or an additions-only period that has begun or ended since makes no
/// other plan of it.
fn shown_on(settings: &District, run: &Run) -> Option<Date> {
    let ended = run.finished_at.filter(|_| run.state == RunState::Held);
    ended.map(|ended| settings.today(ended))
}
