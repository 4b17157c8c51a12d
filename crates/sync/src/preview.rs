//! The plan between two files, without a database: what `homeroom check --against` shows.

use std::io;

use homeroom_check::{Checked, check};
use homeroom_model::plan::{Held, PlanCounts};
use homeroom_model::policy::Policy;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, plan, split};
use homeroom_read::Rules;

/// What a file would change, were `earlier` the stored roster.
#[derive(Debug)]
pub struct Preview {
    /// All that the file asks for.
    pub plan: PlanCounts,
    /// What the default policy would hold.
    pub held: Held,
    /// Sentences without names or addresses.
    pub messages: Vec<String>,
}

/// The roster of an earlier file as if it were the stored one.
pub fn stored_of(earlier: &dyn Source, rules: &Rules) -> io::Result<StoredRoster> {
    let rules = Rules { file_name: None, ..rules.clone() };
    let earlier = check(earlier, "", &rules, &|| None, &mut |_| {})?;
    Ok(StoredRoster::of(earlier.roster, earlier.report.rows))
}

/// Plans from `stored` to the checked file, under the default policy and without a limit of seats. The roster of `later`
/// goes into the plan.
pub fn preview(stored: &StoredRoster, later: &mut Checked) -> Preview {
    let planned = plan(stored, std::mem::take(&mut later.roster), &later.protected);
    let counts = planned.plan.counts();
    let limits = Limits {
        policy: Policy::default(),
        seats: u64::MAX,
        rows: later.rows_of_all(stored.applied_rows),
        ends_mid_row: later.ends_mid_row,
    };
    let parts = split(planned.plan, stored, &limits, Approval::None);
    Preview { plan: counts, held: parts.held, messages: planned.messages }
}
