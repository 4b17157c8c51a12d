//! What a plan is made with: the policy of the day, pins and what was said about proposals. The same for a live run, a test run
//! and an offline check.

use hashbrown::HashSet;
use homeroom_model::counts::PlanCounts;
use homeroom_model::district::District;
use homeroom_model::pin::Pin;
use homeroom_model::policy::Policy;
use homeroom_model::protected::Protected;
use homeroom_model::rekey::{Proposal, Verdicts};
use homeroom_model::roster::Roster;
use homeroom_model::run::{Run, RunReport, RunState};
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, ByHand, Limits, Parts, plan, split};
use homeroom_report::write_plan_file;
use homeroom_store::{DistrictStore, StoreError};
use jiff::civil::Date;

use crate::schedule::{start_of, today};

/// Proposals that a report names one by one; the plan's own list has all.
const PROPOSALS: usize = 1_000;

/// Runs without a plan of their own that are passed over on the way to the last one with it.
const REPEATS: usize = 20;

/// Everything besides the two rosters that a plan depends on.
pub(crate) struct Planning {
    limits: Limits,
    pins: Vec<Pin>,
    verdicts: Verdicts,
    past_classes: HashSet<u32>,
    pending: Vec<Proposal>,
}

/// A plan in its parts, and how much it is as a whole.
pub(crate) struct Made {
    pub(crate) whole: PlanCounts,
    pub(crate) parts: Parts,
    shown: RunReport,
}

impl Planning {
    /// As of now in a district.
    pub(crate) fn of(
        district: &DistrictStore,
        settings: &District,
        rows: u64,
        ends_mid_row: bool,
        verdicts: Verdicts,
    ) -> Result<Planning, StoreError> {
        let since = district.seats_over_since()?;
        let today = today(settings, district.store().now());
        let past_classes = match settings.policy.school_year_of(today) {
            Some(first) => district.classes_created_before(start_of(settings, first))?.into_iter().collect(),
            None => HashSet::new(),
        };
        let limits = Limits {
            policy: settings.policy.clone(),
            seats: settings.seats.into(),
            rows,
            ends_mid_row,
            today,
            over_since: since.and_then(|since| since.parse().ok()),
        };
        Ok(Planning {
            limits,
            pins: district.pins_list()?,
            verdicts,
            past_classes,
            pending: pending(district)?,
        })
    }

    /// Under the default policy, without a limit of seats, on a day without a calendar.
    pub(crate) fn offline(rows: u64, ends_mid_row: bool) -> Planning {
        let limits = Limits {
            policy: Policy::default(),
            seats: u64::MAX,
            rows,
            ends_mid_row,
            today: Date::default(),
            over_since: None,
        };
        Planning {
            limits,
            pins: vec![],
            verdicts: Verdicts::default(),
            past_classes: HashSet::new(),
            pending: vec![],
        }
    }

    pub(crate) fn today(&self) -> Date {
        self.limits.today
    }

    /// Plans, and splits the plan.
    pub(crate) fn make(
        &self,
        stored: &StoredRoster,
        wanted: Roster,
        protected: &Protected,
        approval: &Approval,
    ) -> Made {
        let by_hand = ByHand {
            pins: &self.pins,
            verdicts: Some(&self.verdicts),
            pending: &self.pending,
            past_classes: Some(&self.past_classes),
        };
        let planned = plan(stored, wanted, protected, by_hand);
        let whole = planned.plan.counts();
        let proposals = planned.plan.proposals.iter().take(PROPOSALS).cloned().collect();
        let parts = split(planned.plan, stored, &self.limits, approval);
        let mut messages = planned.messages;
        messages.extend(parts.messages.iter().cloned());
        let shown = RunReport {
            matched: planned.matched,
            rekeys: proposals,
            verdicts: self.verdicts.clone(),
            pins: planned.pins,
            messages,
            ..RunReport::default()
        };
        Made { whole, parts, shown }
    }
}

/// What the last live run proposed and nobody has decided about, struck ones left out.
fn pending(district: &DistrictStore) -> Result<Vec<Proposal>, StoreError> {
    let mut last = district.runs_live_before(None)?;
    for _ in 0..REPEATS {
        // The same file again proposes nothing of its own; nor does a run that was never made.
        let made_none = |run: &Run| {
            let repeats = run.state == RunState::Unchanged && run.report.decisions.is_empty();
            repeats || run.report.plan.is_none()
        };
        match last {
            Some(run) if made_none(&run) => last = district.runs_live_before(Some(run.number))?,
            _ => break,
        }
    }
    let Some(RunReport { rekeys, verdicts, .. }) = last.map(|run| run.report) else { return Ok(vec![]) };
    Ok(rekeys.into_iter().filter(|one| !verdicts.struck.contains(&one.id)).collect())
}

impl Made {
    /// Every change as a CSV.
    pub(crate) fn file(&self, stored: &StoredRoster) -> Vec<u8> {
        let Parts { safe, risky, later, .. } = &self.parts;
        let parts = [("goes ahead", safe), ("waits", risky), ("later", later)];
        let mut file = Vec::new();
        write_plan_file(stored, &parts, &safe.proposals, &mut file).expect("memory takes all bytes");
        file
    }

    /// Puts into a report what a person should know of the plan.
    pub(crate) fn tell(&self, report: &mut RunReport) {
        report.plan = Some(self.whole);
        report.held = Some(self.parts.held.clone());
        report.seats = Some(self.parts.seats.clone());
        report.messages.extend(self.shown.messages.iter().cloned());
        report.matched.clone_from(&self.shown.matched);
        report.rekeys.clone_from(&self.shown.rekeys);
        report.verdicts.clone_from(&self.shown.verdicts);
        report.pins.clone_from(&self.shown.pins);
    }
}
