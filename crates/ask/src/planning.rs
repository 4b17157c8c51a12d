//! Plans with everything apart from the two rosters that a plan depends on: the policy of the day, pins, and reviewed proposals. Live
//! runs, test runs and offline checks all plan here.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use homeroom_assess::{Assessment, assess};
use homeroom_check::Checked;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::decided_pair::DecidedPairs;
use homeroom_model::district::District;
use homeroom_model::protected::Protected;
use homeroom_model::rekey::{MatchedBy, Proposal};
use homeroom_model::roster::Roster;
use homeroom_model::run::{PinShown, Run, RunReport};
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, PlanInputs, PlanParts, plan, split, still_pending};
use homeroom_report::{PlanPart, write_plan_file};
use homeroom_store::{DistrictStore, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::look_back::look_back;

/// Proposals that a report names one by one; the plan's own list has all.
const MAX_PROPOSALS: usize = 1_000;

/// The size of a file that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileExtent {
    /// Data rows without repeated ones; of a delta, those of the whole roster.
    pub rows: u64,
    /// Whether rows of the file are known to be missing: it ends in the middle of one, or a part of it cannot be read.
    pub lacks_rows: bool,
}

impl FileExtent {
    /// The extent of a checked file, compared with the stored roster.
    pub fn from_checked(checked: &Checked, stored: &StoredRoster) -> FileExtent {
        FileExtent { rows: checked.rows_of_all(stored.applied_rows), lacks_rows: checked.lacks_rows }
    }
}

/// Everything apart from the two rosters that a plan depends on.
pub struct Planner {
    limits: Limits,
    inputs: PlanInputs,
}

/// A plan in its parts, and what a report shows of it.
pub struct SplitPlan {
    /// The numbers of the whole plan.
    pub counts: PlanCounts,
    /// The plan, split by the fuses.
    pub parts: PlanParts,
    matched: BTreeMap<MatchedBy, Counts>,
    /// The first ones.
    proposals: Vec<Proposal>,
    /// The proposals that wait once the safe part is applied, if they are others than before.
    pub pending: Option<Vec<Proposal>>,
    pins: Vec<PinShown>,
    messages: Vec<String>,
}

impl Planner {
    /// Under a district's rules and with its decisions, as of `today` in the district.
    pub fn load(
        district: &DistrictStore,
        settings: &District,
        extent: FileExtent,
        today: Date,
    ) -> Result<Planner, StoreError> {
        let over_since = district.seats_over_since()?;
        let past_classes = match settings.policy.school_year_of(today) {
            Some(first) => {
                let start = settings.time_zone.start_of(first).unwrap_or(Timestamp::MIN);
                district.classes_created_before(start)?.into_iter().collect()
            }
            None => HashSet::new(),
        };
        let limits = Limits {
            policy: settings.policy.clone(),
            seats: settings.seats.into(),
            rows: extent.rows,
            lacks_rows: extent.lacks_rows,
            today,
            over_since,
            ..Limits::default()
        };
        let (pins, pending) = (district.pins_list()?, district.pending_proposals_list()?);
        let decided = district.decided_pairs()?;
        let inputs = PlanInputs { pins, decided, pending, decides: false, past_classes, verdicts: vec![] };
        Ok(Planner { limits, inputs })
    }

    /// Under the default policy, without a limit of seats, on a day without a calendar.
    pub(crate) fn offline(extent: FileExtent) -> Planner {
        let FileExtent { rows, lacks_rows } = extent;
        let limits = Limits { rows, lacks_rows, ..Limits::default() };
        Planner { limits, inputs: PlanInputs::default() }
    }

    /// Counts what the runs before this one did on the last nights.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn look_back(
        &mut self,
        district: &DistrictStore,
        settings: &District,
        run: &Run,
    ) -> Result<(), StoreError> {
        self.limits.past = look_back(district, settings, run)?;
        Ok(())
    }

    /// Plans for a decision about what was shown.
    pub(crate) fn decides(&mut self) {
        self.inputs.decides = true;
    }

    /// What people decided about pairs.
    pub fn decided(&self) -> &DecidedPairs {
        &self.inputs.decided
    }

    /// Plans with these decisions from now on.
    pub fn set_decided(&mut self, decided: DecidedPairs) {
        self.inputs.decided = decided;
    }

    /// The day in the district.
    pub fn today(&self) -> Date {
        self.limits.today
    }

    /// Looks at a checked file as a whole, beside the stored roster: the file may be rejected by that, values may be kept, and columns
    /// that went wrong wait in the plans that follow.
    pub fn assess(&mut self, stored: &StoredRoster, checked: &mut Checked) {
        let Assessment { findings, verdicts, other_people } = assess(stored, &mut checked.roster);
        self.inputs.verdicts.clone_from(&verdicts);
        self.limits.verdicts = verdicts;
        self.limits.other_people = other_people;
        checked.add(findings);
    }

    /// Plans from `stored` to `wanted`, and splits the plan by the fuses.
    pub fn plan_and_split(
        &self,
        stored: &StoredRoster,
        wanted: Roster,
        protected: &Protected,
        approval: &Approval,
    ) -> SplitPlan {
        let planned = plan(stored, wanted, protected, &self.inputs);
        let counts = planned.plan.counts();
        let proposals = planned.plan.proposals.iter().take(MAX_PROPOSALS).cloned().collect();
        let parts = split(planned.plan, stored, &self.limits, approval);
        let pending = still_pending(&self.inputs, &parts, &planned.settled);
        let mut messages = planned.messages;
        messages.extend(parts.messages.iter().cloned());
        SplitPlan {
            counts,
            parts,
            matched: planned.matched,
            proposals,
            pending: Some(pending).filter(|pending| *pending != self.inputs.pending),
            pins: planned.pins,
            messages,
        }
    }
}

impl SplitPlan {
    /// Every change as a CSV.
    pub fn to_csv(&self, stored: &StoredRoster) -> Vec<u8> {
        let PlanParts { safe, risky, deferred, .. } = &self.parts;
        let parts = [(PlanPart::Apply, safe), (PlanPart::Hold, risky), (PlanPart::Defer, deferred)];
        let mut file = Vec::new();
        write_plan_file(stored, &parts, &safe.proposals, &mut file).expect("memory takes all bytes");
        file
    }

    /// Puts into a report what a person should know of the plan.
    pub fn write_to(&self, report: &mut RunReport) {
        report.plan = Some(self.counts);
        report.held = Some(self.parts.held.clone());
        report.seats = Some(self.parts.seats.clone());
        report.messages.extend(self.messages.iter().cloned());
        report.matched.clone_from(&self.matched);
        report.rekeys.clone_from(&self.proposals);
        report.pins.clone_from(&self.pins);
    }
}
