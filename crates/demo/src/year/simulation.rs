//! The year, night by night: the world changes, the file of the day is synced, and the run is compared with what was expected
//! of it. The first unexpected night ends the year.

use std::collections::BTreeSet;
use std::rc::Rc;

use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunState};
use homeroom_model::{BlobId, Clock, Random};
use homeroom_sync::Task;
use jiff::Timestamp;
use jiff::civil::Date;

use super::day_file::DayFile;
use super::expectation::{Day, Expectation, Outcome};
use super::expected_roster::ExpectedRoster;
use super::identities::Identities;
use super::narration::Narration;
use super::operator::{Operator, YearParts};
use super::timeline::{self, Decision, Event, Night};
use super::upload::Upload;
use super::world::World;
use super::year_report::{NightReport, Year};
use crate::Narrator;

/// The seed of the year.
const SEED: u64 = 2026;
/// Seats of the licence at first, and after it is raised.
const SEATS: u32 = 2_080;
const RAISED_SEATS: u32 = 2_250;

/// The clock for the store of [`YearParts`]: the year sets it.
pub fn year_clock() -> Clock {
    Clock::fixed(Timestamp::UNIX_EPOCH)
}

/// The randomness for the store of [`YearParts`]: the same year every time.
pub fn year_random() -> Random {
    Random::seeded(SEED)
}

/// Plays the year to its end, or to the first unexpected night.
///
/// # Errors
/// When a step fails. An unexpected night is not an error: see [`Year::as_expected`].
pub fn play_year(parts: YearParts, narrate: Narrator<'_>) -> anyhow::Result<Year> {
    let mut simulation = Simulation::new(parts, World::new(Random::seeded(SEED)))?;
    let mut narration = Narration::default();
    let mut nights = Vec::new();
    for night in timeline::nights(&simulation.world.dice) {
        let report = simulation.play(night)?;
        if let Some(line) = narration.line(&report) {
            narrate(&line);
        }
        let is_as_expected = report.differences.is_empty();
        nights.push(report);
        if !is_as_expected {
            break;
        }
    }
    Ok(simulation.finish(nights))
}

struct Simulation {
    world: World,
    operator: Operator,
    expected: ExpectedRoster,
    identities: Identities,
    /// What the SIS exports now, and what it exported first.
    export: Rc<Upload>,
    first_export: Rc<Upload>,
    seats: u32,
    /// The newest run, while it waits for a decision.
    held: Option<RunNumber>,
    /// The hashes of all uploads.
    files: BTreeSet<BlobId>,
}

/// A night's run with what was expected of it.
struct NightRun {
    number: RunNumber,
    upload: Rc<Upload>,
    expectation: Expectation,
}

impl Simulation {
    fn new(parts: YearParts, world: World) -> anyhow::Result<Simulation> {
        let export = Rc::new(Upload::from(DayFile::export(&world)));
        Ok(Simulation {
            operator: Operator::open(parts, SEATS)?,
            expected: ExpectedRoster::default(),
            identities: Identities::default(),
            first_export: export.clone(),
            export,
            world,
            seats: SEATS,
            held: None,
            files: BTreeSet::new(),
        })
    }

    fn play(&mut self, night: Night) -> anyhow::Result<NightReport> {
        let mut happenings = self.apply_events(&night.events);
        let upload = self.upload(&night.events, &mut happenings);
        let expectation = self.expect(&night, &upload);
        let run = self.operator.sync(night.date, &upload.csv)?;
        let outcome = Outcome::of_run(&run);
        let mut differences = expectation.outcome.differences(&outcome);
        let mut superseded = false;
        if differences.is_empty() {
            superseded = self.check_superseded(outcome.state, &mut differences)?;
            let night_run = NightRun { number: run.number, upload, expectation };
            self.follow_up(&night, &night_run, &mut differences)?;
        } else {
            differences.extend(explanations(&run));
        }
        self.files.insert(run.upload.blob);
        let Night { date, events, decisions, .. } = night;
        let decisions = decisions.to_vec();
        Ok(NightReport { date, events, happenings, outcome, decisions, superseded, differences })
    }

    /// Applies the events that change the world, and describes them.
    fn apply_events(&mut self, events: &[Event]) -> Vec<String> {
        let happenings = events.iter().filter_map(|event| self.world.apply_event(*event)).collect::<Vec<_>>();
        if !happenings.is_empty() {
            self.export = Rc::new(DayFile::export(&self.world).into());
        }
        happenings
    }

    /// The night's upload: what the SIS exports, unless an event is a fault of the file.
    fn upload(&mut self, events: &[Event], happenings: &mut Vec<String>) -> Rc<Upload> {
        for event in events {
            if *event == Event::LastYearsFile {
                happenings.push("the file of last summer is sent again".into());
                return self.first_export.clone();
            }
            if let Some((words, file)) = self.export.file.faulty(*event, &mut self.world) {
                happenings.push(words.into());
                return Rc::new(file.into());
            }
        }
        self.export.clone()
    }

    fn expect(&self, night: &Night, upload: &Upload) -> Expectation {
        if self.expected.applied_file.as_ref().is_some_and(|applied| applied.csv == upload.csv) {
            return Expectation::unchanged(&self.expected);
        }
        let paused = timeline::is_summer(night.date);
        let day = Day { fuses: night.fuses, paused, seats: self.seats.into() };
        Expectation::for_file(&self.expected, &upload.file, &day)
    }

    /// An undecided hold must be superseded by the next file that is applied; whether there was one.
    fn check_superseded(&mut self, state: RunState, differences: &mut Vec<String>) -> anyhow::Result<bool> {
        if state != RunState::Applied {
            return Ok(false);
        }
        let Some(held) = self.held.take() else { return Ok(false) };
        let state = self.operator.run(held)?.state;
        if state != RunState::Superseded {
            differences.push(format!("the earlier hold: expected superseded, but it is {state}"));
        }
        Ok(true)
    }

    /// Updates the expected roster, carries out the decisions, and checks every student's id.
    fn follow_up(
        &mut self,
        night: &Night,
        run: &NightRun,
        differences: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        let state = run.expectation.outcome.state;
        if !matches!(state, RunState::Applied | RunState::Held) {
            return Ok(());
        }
        let before = night.decisions.contains(&Decision::Undo).then(|| self.expected.clone());
        self.expected.apply(&run.expectation.applied, &run.upload.file);
        self.expected.applied_file = (state == RunState::Applied).then(|| run.upload.clone());
        self.held = (state == RunState::Held).then_some(run.number);
        for decision in night.decisions {
            self.decide(night.date, *decision, run, differences)?;
        }
        if let Some(before) = before {
            self.expected = before;
            self.expected.applied_file = None;
        }
        differences.extend(self.identities.changed_ids(&self.operator.district)?);
        let (actual, expected) = (self.identities.count(), self.expected.students_ever());
        if actual != expected {
            differences.push(format!("students ever stored: expected {expected}, but there are {actual}"));
        }
        Ok(())
    }

    fn decide(
        &mut self,
        date: Date,
        decision: Decision,
        run: &NightRun,
        differences: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        let (task, expected) = match decision {
            Decision::RaiseLicence => {
                self.seats = RAISED_SEATS;
                return self.operator.set_seats(self.seats);
            }
            Decision::Approve => {
                self.expected.apply(&run.expectation.held, &run.upload.file);
                self.expected.applied_file = Some(run.upload.clone());
                (Task::Approve(run.number, vec![]), RunState::Applied)
            }
            Decision::Discard => {
                let applied_nothing = run.expectation.applied.is_empty();
                let ends = if applied_nothing { RunState::Unchanged } else { RunState::Applied };
                (Task::Discard(run.number, vec![]), ends)
            }
            Decision::Undo => (Task::Undo(run.number), RunState::Undone),
        };
        self.held = None;
        let state = self.operator.decide(date, run.number, task)?.state;
        if state != expected {
            differences.push(format!("after {decision:?}: expected {expected}, but it is {state}"));
        }
        Ok(())
    }

    fn finish(self, nights: Vec<NightReport>) -> Year {
        let first = self.first_export.file.students();
        let all_year = first.into_iter().filter(|student| self.world.students[*student].person.active);
        Year {
            as_expected: nights.iter().all(|night| night.differences.is_empty()),
            nights,
            files: self.files.len(),
            students_seen: self.identities.count(),
            students_all_year: all_year.count(),
        }
    }
}

/// The run's own messages about its outcome.
fn explanations(run: &Run) -> Vec<String> {
    let held = run.report.held.iter().flat_map(|held| &held.fuses).map(|blown| &blown.message);
    run.report.messages.iter().chain(held).cloned().collect()
}
