//! A district without a database, from night to night.

use homeroom_assess::{Assessment, assess};
use homeroom_check::{Checked, check};
use homeroom_model::entity::EntityRef;
use homeroom_model::rekey::Proposal;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, PlanInputs, PlanParts, plan, split};
use homeroom_read::ReadRules;

use super::applied::applied;

/// A district without a database.
#[derive(Clone, Default)]
pub(crate) struct MemoryDistrict {
    pub(crate) stored: StoredRoster,
    inputs: PlanInputs,
}

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing of it is used.
    Rejected,
    /// What goes ahead was applied.
    Applied,
}

/// Nothing of a file is used.
struct Rejected;

impl MemoryDistrict {
    /// Checks a file and applies what goes ahead by itself.
    pub(crate) fn sync(&mut self, csv: &str) -> Outcome {
        let before = self.stored.clone();
        let (checked, limits) = match self.checked(csv) {
            Ok(checked) => checked,
            Err(Rejected) => return Outcome::Rejected,
        };
        let planned = plan(&before, checked.roster, &checked.protected, &self.inputs);
        let parts = split(planned.plan, &before, &limits, &Approval::None);
        self.stored = applied(&before, &parts.safe);
        self.stored.applied_rows = Some(limits.rows);
        self.inputs.pending = self.still_pending(&parts);
        Outcome::Applied
    }

    /// Applies all of a file, as after an approval.
    pub(crate) fn approve(&mut self, csv: &str) {
        let Ok((checked, limits)) = self.checked(csv) else { return };
        let planned = plan(&self.stored, checked.roster, &checked.protected, &self.inputs);
        let parts = split(planned.plan, &self.stored, &limits, &Approval::All);
        self.stored = applied(&self.stored, &parts.safe);
        self.inputs.pending = self.still_pending(&parts);
    }

    fn checked(&self, csv: &str) -> Result<(Checked, Limits), Rejected> {
        let bytes = csv.as_bytes().to_vec();
        let stored = self.stored.applied_rows.map(|_| &self.stored);
        let mut checked =
            check(&bytes, "", &ReadRules::default(), &|| stored, &mut |_| {}).expect("memory can be read");
        let Assessment { findings, verdicts, other_people } = match checked.is_rejected() {
            true => Assessment::default(),
            false => assess(&self.stored, &mut checked.roster),
        };
        checked.add(findings);
        if checked.is_rejected() {
            return Err(Rejected);
        }
        let limits = Limits {
            rows: checked.rows_of_all(self.stored.applied_rows),
            lacks_rows: checked.lacks_rows,
            verdicts,
            other_people,
            ..Limits::default()
        };
        Ok((checked, limits))
    }

    /// As a run keeps them.
    fn still_pending(&self, parts: &PlanParts) -> Vec<Proposal> {
        let mut pending = self.inputs.pending.clone();
        for proposal in &parts.safe.proposals {
            pending.retain(|earlier| earlier.id != proposal.id);
            pending.push(proposal.clone());
        }
        let safe = &parts.safe;
        let rekeyed = safe.students.rekey.iter().map(|new| EntityRef::from(new.number));
        let rekeyed = rekeyed.chain(safe.teachers.rekey.iter().map(|new| new.number.into()));
        let rekeyed = rekeyed.chain(safe.classes.rekey.iter().map(|new| new.number.into()));
        let gone = safe.students.deactivate.iter().map(|number| EntityRef::from(*number));
        let gone = gone.chain(safe.teachers.deactivate.iter().map(|number| (*number).into()));
        let gone = gone.chain(safe.classes.deactivate.iter().map(|number| (*number).into()));
        let done = rekeyed.chain(gone).collect::<Vec<_>>();
        pending.retain(|proposal| !proposal.accepted && !done.contains(&proposal.id));
        pending.sort_by_key(|proposal| proposal.id);
        pending
    }
}
