//! The plan between two files, without a database: what `homeroom check --against` shows.

use std::io;

use homeroom_check::{Checked, check};
use homeroom_model::plan::{Held, PlanCounts};
use homeroom_model::policy::Policy;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, plan, split};

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

/// Plans from the file `earlier` to the checked one, under the default policy and without a limit of seats. The roster of
/// `later` goes into the plan.
pub fn preview(
    earlier: &dyn Source,
    limits: &homeroom_read::Limits,
    later: &mut Checked,
) -> io::Result<Preview> {
    let earlier = check(earlier, "", limits, &mut |_| {})?;
    let stored = StoredRoster::of(earlier.roster, earlier.report.rows);
    let planned = plan(&stored, std::mem::take(&mut later.roster), &later.protected);
    let counts = planned.plan.counts();
    let limits = Limits {
        policy: Policy::default(),
        seats: u64::MAX,
        rows: later.report.rows,
        ends_mid_row: later.ends_mid_row,
    };
    let parts = split(planned.plan, &stored, &limits, Approval::None);
    Ok(Preview { plan: counts, held: parts.held, messages: planned.messages })
}
