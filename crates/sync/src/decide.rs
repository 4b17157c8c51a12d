//! Carries out what a person decided about a hold: the whole of it, or the part of some schools.

use homeroom_apply::apply_in_tx;
use homeroom_check::check;
use homeroom_model::district::Stage;
use homeroom_model::hold::{Held, HeldState};
use homeroom_model::ids::RunNumber;
use homeroom_model::rekey::Verdicts;
use homeroom_model::run::{Decision, Run, RunState};
use homeroom_model::stored::StoredRoster;
use homeroom_plan::Approval;
use homeroom_store::DistrictStore;

use crate::error::{PlanError, SyncError, with_fresh_plan};
use crate::handler::Conductor;
use crate::planning::{Made, Planning};
use crate::run::{Progress, applied_file_in_tx, seats_in_tx};
use crate::schedule::today;

/// A plan made anew for a held run.
pub(crate) struct Anew {
    pub(crate) made: Made,
    planning: Planning,
    rows: u64,
    stored: StoredRoster,
}

impl Conductor {
    /// Applies the held part of a run, or of some of its schools: plans the upload anew on the roster as it is now, which
    /// leaves exactly that part.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run holds nothing, or when the plan is no longer what was shown.
    pub fn approve(
        &self,
        district: &DistrictStore,
        number: RunNumber,
        schools: &[String],
    ) -> Result<(), SyncError> {
        let run = held(district, number)?;
        let shown = run.report.held.clone().unwrap_or_default();
        let chosen = choose(&run, &shown, schools)?;
        refuse_by_calendar(district, &run)?;
        with_fresh_plan(|| {
            let discards = shown.schools.iter().any(|one| one.state == HeldState::Discarded);
            let whole = !discards
                && shown
                    .schools
                    .iter()
                    .all(|one| chosen.contains(&one.school) || one.state == HeldState::Released);
            let approval = if whole { Approval::All } else { Approval::Schools(chosen.clone()) };
            let Anew { made, planning, rows, stored } =
                self.plan_anew(district, &run, run.report.verdicts.clone(), &approval)?;
            let version = stored.version;
            refuse_what_was_not_shown(&run, &shown, &made, version)?;
            let mut report = run.report.clone();
            let mut held = made.parts.held.clone();
            held.fuses.clone_from(&shown.fuses);
            held.roster_version = version + 1;
            held.expires_at.clone_from(&shown.expires_at);
            carry_states(&shown, &mut held, &chosen, HeldState::Released);
            let waits = held.schools.iter().any(|one| one.state == HeldState::Waiting);
            let nothing_left = made.parts.risky.is_empty() && made.parts.later.is_empty();
            report.held = Some(if waits { held } else { Held { schools: held.schools, ..shown.clone() } });
            report.seats = Some(made.parts.seats.clone());
            report.decisions.push(decision(district, "approved", schools));
            let state = if waits { RunState::Held } else { RunState::Applied };
            self.progress(Progress::Applying);
            district.store().write(|tx| {
                let version = apply_in_tx(district, tx, number, &made.parts.safe)?;
                if nothing_left {
                    applied_file_in_tx(district, tx, &run, rows, version)?;
                }
                seats_in_tx(district, tx, &made.parts.seats, planning.today())?;
                district.runs_set_in_tx(tx, number, state, &report)?;
                Ok::<_, PlanError>(())
            })
        })
    }

    /// Drops the held part of a run, or of some of its schools.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run holds nothing.
    pub fn discard(
        &self,
        district: &DistrictStore,
        number: RunNumber,
        schools: &[String],
    ) -> Result<(), SyncError> {
        let run = held(district, number)?;
        let shown = run.report.held.clone().unwrap_or_default();
        let chosen = choose(&run, &shown, schools)?;
        self.drop_held(district, &run, &chosen, decision(district, "discarded", schools))
    }

    /// Drops the held part of a run about which nobody decided in time; nothing when it has been decided about.
    pub(crate) fn expire(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = district.runs_get(number)?;
        if run.state != RunState::Held {
            return Ok(());
        }
        let held = run.report.held.iter().flat_map(|held| &held.schools);
        let all = held.map(|one| one.school.clone()).collect::<Vec<_>>();
        self.drop_held(district, &run, &all, decision(district, "expired", &[]))
    }

    fn drop_held(
        &self,
        district: &DistrictStore,
        run: &Run,
        schools: &[String],
        decision: Decision,
    ) -> Result<(), SyncError> {
        let mut report = run.report.clone();
        report.decisions.push(decision);
        if let Some(held) = &mut report.held {
            let waiting = held.schools.iter_mut().filter(|one| one.state == HeldState::Waiting);
            waiting
                .filter(|one| schools.contains(&one.school))
                .for_each(|one| one.state = HeldState::Discarded);
        }
        let parts =
            report.held.iter().flat_map(|held| &held.schools).map(|one| one.state).collect::<Vec<_>>();
        let applied = match (&report.plan, &report.held) {
            (Some(plan), Some(held)) => (plan.changes() - held.counts().changes()).total() > 0,
            _ => false,
        } || parts.contains(&HeldState::Released);
        let state = if parts.contains(&HeldState::Waiting) {
            RunState::Held
        } else if applied {
            RunState::Applied
        } else {
            RunState::Unchanged
        };
        district.store().write(|tx| district.runs_set_in_tx(tx, run.number, state, &report))?;
        Ok(())
    }

    /// Takes down what a person said about single proposals of a held run, and shows what waits then.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run holds nothing, or there is no such proposal.
    pub fn judge(
        &self,
        district: &DistrictStore,
        number: RunNumber,
        said: &Verdicts,
    ) -> Result<(), SyncError> {
        let run = held(district, number)?;
        let shown = run.report.held.clone().unwrap_or_default();
        let mut verdicts = run.report.verdicts.clone();
        verdicts.add(said);
        let Anew { made, stored, .. } =
            self.plan_anew(district, &run, Verdicts { struck: vec![], ..verdicts.clone() }, &Approval::None)?;
        let proposed = &made.parts.safe.proposals;
        if let Some(unknown) =
            said.struck.iter().chain(&said.accepted).find(|id| !proposed.iter().any(|one| one.id == **id))
        {
            return Err(SyncError::Refused(format!(
                "run {} holds no proposal {unknown}: only what waits can be struck out or accepted. What went ahead is taken back \
                 with `homeroom run undo {}`",
                run.id, run.id
            )));
        }
        refuse_another_version(&run, &shown, stored.version)?;
        // Everything that is left waits for the decision about the run, also what no fuse would hold by itself.
        let Anew { made, .. } = self.plan_anew(district, &run, verdicts, &Approval::Schools(vec![]))?;
        let mut report = run.report.clone();
        let messages = std::mem::take(&mut report.messages);
        made.tell(&mut report);
        report.messages = messages;
        report.plan = run.report.plan;
        if let Some(held) = &mut report.held {
            held.fuses.clone_from(&shown.fuses);
            held.roster_version = shown.roster_version;
            held.expires_at.clone_from(&shown.expires_at);
            carry_states(&shown, held, &[], HeldState::Waiting);
        }
        district.store().write(|tx| district.runs_set_in_tx(tx, number, run.state, &report))?;
        Ok(())
    }

    /// Every change of a run that was tested or holds something, as a CSV: planned anew on the roster as it is now.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run's changes have been made or dropped.
    pub fn plan_file(&self, district: &DistrictStore, number: RunNumber) -> Result<Vec<u8>, SyncError> {
        let run = district.runs_get(number)?;
        if !matches!(run.state, RunState::Tested | RunState::Held) {
            return Err(SyncError::Refused(format!(
                "run {} is {}: only a tested or held run has changes that are still to come",
                run.id, run.state
            )));
        }
        // Of a held run everything that is left waits.
        let approval = if run.state == RunState::Held { Approval::Schools(vec![]) } else { Approval::None };
        let anew = self.plan_anew(district, &run, run.report.verdicts.clone(), &approval)?;
        Ok(anew.made.file(&anew.stored))
    }

    pub(crate) fn plan_anew(
        &self,
        district: &DistrictStore,
        run: &Run,
        verdicts: Verdicts,
        approval: &Approval,
    ) -> Result<Anew, SyncError> {
        let settings = district.settings()?;
        let source = district.store().blobs().source(&run.upload.blake3)?;
        let rules = self.rules(district, &settings)?;
        let stored = district.roster_load()?;
        let checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})?;
        self.progress(Progress::Planning);
        let rows = checked.rows_of_all(stored.applied_rows);
        let planning = Planning::of(district, &settings, rows, checked.ends_mid_row, verdicts)?;
        let made = planning.make(&stored, checked.roster, &checked.protected, approval);
        Ok(Anew { made, planning, rows, stored })
    }
}

/// The schools that are meant, all of which must wait; none named means all that wait.
fn choose(run: &Run, shown: &Held, schools: &[String]) -> Result<Vec<String>, SyncError> {
    let waiting = shown.schools.iter().filter(|one| one.state == HeldState::Waiting);
    let waiting = waiting.map(|one| one.school.clone()).collect::<Vec<_>>();
    match schools.iter().find(|school| !waiting.contains(school)) {
        None if schools.is_empty() => Ok(waiting),
        None => Ok(schools.to_vec()),
        Some(school) => Err(SyncError::Refused(format!(
            "nothing waits in run {} for the school '{school}': it waits for {}",
            run.id,
            waiting.iter().map(|key| format!("'{key}'")).collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// In a pause nothing is applied, and while only additions are made nothing is removed; not by a decision either.
fn refuse_by_calendar(district: &DistrictStore, run: &Run) -> Result<(), SyncError> {
    let settings = district.settings()?;
    let today = today(&settings, district.store().now());
    let entry = settings.policy.pauses(today).or_else(|| settings.policy.adds_only(today).next());
    let words = match entry {
        Some(entry) => format!("the calendar says {}", entry.words()),
        None if settings.stage == Stage::Paused => "the district is paused".to_owned(),
        None => return Ok(()),
    };
    Err(SyncError::Refused(format!(
        "{words}: decide about run {} when that is over, or end it before",
        run.id
    )))
}

fn refuse_another_version(run: &Run, shown: &Held, version: i64) -> Result<(), SyncError> {
    if shown.roster_version == version {
        return Ok(());
    }
    Err(SyncError::Refused(format!(
        "the roster has changed since run {} was held, so its plan is no longer what was shown: sync the file again and decide \
         about the new run",
        run.id
    )))
}

fn refuse_what_was_not_shown(run: &Run, shown: &Held, made: &Made, version: i64) -> Result<(), SyncError> {
    refuse_another_version(run, shown, version)?;
    let (safe, risky) = (made.parts.safe.counts(), made.parts.risky.counts());
    let now = safe.changes() + risky.changes();
    let digest = made.parts.safe.digest().wrapping_add(made.parts.risky.digest());
    if now != shown.counts().changes() || digest != shown.digest {
        return Err(SyncError::Refused(format!(
            "the file of run {} is read in another way now than when it was held: sync it again and decide about the new run",
            run.id
        )));
    }
    Ok(())
}

/// Keeps what was decided about schools before; those chosen now get `state`.
fn carry_states(before: &Held, held: &mut Held, chosen: &[String], state: HeldState) {
    for one in &before.schools {
        let state = if chosen.contains(&one.school) { state } else { one.state };
        match held.schools.iter_mut().find(|now| now.school == one.school) {
            // What was released and still waits is needed by a school that waits.
            Some(now) if state != HeldState::Released => now.state = state,
            Some(_) => {}
            None if state == HeldState::Waiting => {}
            None => {
                let mut gone = one.clone();
                gone.state = state;
                held.schools.push(gone);
            }
        }
    }
    held.schools.sort_by(|one, other| one.school.cmp(&other.school));
}

fn held(district: &DistrictStore, number: RunNumber) -> Result<Run, SyncError> {
    let run = district.runs_get(number)?;
    if run.state == RunState::Held {
        return Ok(run);
    }
    Err(SyncError::Refused(format!("run {} is {}, not held: there is nothing to decide", run.id, run.state)))
}

pub(crate) fn decision(district: &DistrictStore, decision: &str, schools: &[String]) -> Decision {
    Decision { decision: decision.into(), schools: schools.to_vec(), at: district.store().now() }
}
