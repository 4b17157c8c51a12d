//! A district without a database, from night to night: what a run of `homeroom-sync` does, with the default policy.

use homeroom_assess::{Assessment, assess};
use homeroom_check::{Checked, check};
use homeroom_model::entity::EntityRef;
use homeroom_model::plan::Plan;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, Past, PlanInputs, PlanParts, plan, split, still_pending};
use homeroom_read::ReadRules;
use homeroom_testkit::hostile::judge::{Homeroom, Outcome};

use super::applied::applied;

/// A district without a database. All its nights are within two weeks.
#[derive(Default)]
pub(crate) struct MemoryDistrict {
    stored: StoredRoster,
    inputs: PlanInputs,
    removed: Vec<EntityRef>,
}

impl Homeroom for MemoryDistrict {
    fn sync(&mut self, file: &[u8]) -> Outcome {
        let Some(parts) = self.apply(file, &Approval::None) else { return Outcome::Rejected };
        self.removed.extend(removed(&parts.safe));
        if parts.held.fuses.is_empty() { Outcome::Applied } else { Outcome::Held }
    }

    fn approve(&mut self, file: &[u8]) {
        self.inputs.decides = true;
        self.apply(file, &Approval::All);
        self.inputs.decides = false;
    }

    fn stored(&self) -> StoredRoster {
        self.stored.clone()
    }
}

impl MemoryDistrict {
    /// Applies what goes ahead of a file; `None` when nothing of it is used.
    fn apply(&mut self, file: &[u8], approval: &Approval) -> Option<PlanParts> {
        let (checked, limits) = self.checked(file)?;
        let planned = plan(&self.stored, checked.roster, &checked.protected, &self.inputs);
        let parts = split(planned.plan, &self.stored, &limits, approval);
        self.stored = applied(&self.stored, &parts.safe);
        if parts.risky.is_empty() {
            self.stored.applied_rows = Some(limits.rows);
        }
        self.inputs.pending = still_pending(&self.inputs, &parts, &planned.settled);
        Some(parts)
    }

    fn checked(&mut self, file: &[u8]) -> Option<(Checked, Limits)> {
        let bytes = file.to_vec();
        let mut checked = check(&bytes, "", &ReadRules::default(), &|| Some(&self.stored), &mut |_| {})
            .expect("memory can be read");
        if checked.is_rejected() {
            return None;
        }
        let Assessment { findings, verdicts, other_people } = assess(&self.stored, &mut checked.roster);
        checked.add(findings);
        if checked.is_rejected() {
            return None;
        }
        self.inputs.verdicts.clone_from(&verdicts);
        let limits = Limits {
            rows: checked.rows_of_all(self.stored.applied_rows),
            lacks_rows: checked.lacks_rows,
            verdicts,
            other_people,
            past: Past { removed: self.removed.clone(), ..Past::default() },
            ..Limits::default()
        };
        Some((checked, limits))
    }
}

/// The people and classes that a plan deactivates.
fn removed(plan: &Plan) -> impl Iterator<Item = EntityRef> + '_ {
    let students = plan.students.deactivate.iter().map(|number| EntityRef::from(*number));
    let teachers = plan.teachers.deactivate.iter().map(|number| EntityRef::from(*number));
    let classes = plan.classes.deactivate.iter().map(|number| EntityRef::from(*number));
    students.chain(teachers).chain(classes)
}
