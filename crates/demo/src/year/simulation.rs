//! The year, night by night: the world changes, the file of the day is synced, and what the run did is compared with what it had
//! to do. The first night that goes otherwise ends the year.

use std::collections::BTreeSet;
use std::rc::Rc;

use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunState};
use homeroom_model::{BlobId, Clock, Random};
use homeroom_sync::Task;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::day_file::DayFile;
use super::diary::{Diary, summary};
use super::expectation::{Day, Expectation, Outcome};
use super::identities::Identities;
use super::ledger::Ledger;
use super::office::{Office, YearParts};
use super::timeline::{self, Decision, Event, Night};
use super::upload::Upload;
use super::world::World;
use crate::Narrator;

/// The seed of the year.
const SEED: u64 = 2026;
/// Seats of the licence at first, and when it has been raised.
const SEATS: u32 = 2_080;
const MORE_SEATS: u32 = 2_250;

/// What became of a night.
#[derive(Serialize)]
pub(super) struct Told {
    pub(super) date: Date,
    pub(super) events: Vec<Event>,
    /// The events in words.
    pub(super) said: Vec<String>,
    /// What the run came to.
    pub(super) outcome: Outcome,
    pub(super) decisions: Vec<Decision>,
    /// Whether what waited since the night before gave way to this file.
    pub(super) superseded: bool,
    /// What went otherwise than expected; empty when all is well.
    pub(super) differences: Vec<String>,
}

impl Told {
    /// Whether there is nothing to tell.
    pub(super) fn is_quiet(&self) -> bool {
        self.outcome.state == RunState::Unchanged && self.said.is_empty() && self.differences.is_empty()
    }
}

/// The whole year.
#[derive(Serialize)]
pub struct Year {
    pub(super) nights: Vec<Told>,
    /// Whether every night went as expected.
    pub as_expected: bool,
    /// Different files among the uploads.
    pub(super) files: usize,
    /// Students who were in the roster at some time.
    pub(super) students_seen: usize,
    /// Those of the first file who are here at the end.
    pub(super) students_all_year: usize,
}

impl Year {
    /// What the year came to, in a few sentences.
    pub fn text(&self) -> String {
        summary(self)
    }
}

/// The clock for the store of [`YearParts`]: the year sets it.
pub fn year_clock() -> Clock {
    Clock::fixed(Timestamp::UNIX_EPOCH)
}

/// The randomness for the store of [`YearParts`]: the same year every time.
pub fn year_random() -> Random {
    Random::seeded(SEED)
}

/// Plays the year until its end, or until the first night that does not go as expected.
///
/// # Errors
/// When a step fails. A night that goes otherwise than expected is no error: see [`Year::as_expected`].
pub fn play_year(parts: YearParts, narrate: Narrator<'_>) -> anyhow::Result<Year> {
    let mut play = Play::open(parts, World::founded(Random::seeded(SEED)))?;
    let mut diary = Diary::default();
    let mut nights = Vec::new();
    for night in timeline::nights(&play.world.dice) {
        let told = play.night(night)?;
        if let Some(words) = diary.tell(&told) {
            narrate(&words);
        }
        let goes_on = told.differences.is_empty();
        nights.push(told);
        if !goes_on {
            break;
        }
    }
    Ok(play.over(nights))
}

struct Play {
    world: World,
    office: Office,
    ledger: Ledger,
    identities: Identities,
    /// What the SIS exports now, and what it exported first.
    export: Rc<Upload>,
    first: Rc<Upload>,
    seats: u32,
    /// The newest run, when it waits for a decision.
    held: Option<RunNumber>,
    /// Hashes of all uploads.
    files: BTreeSet<BlobId>,
}

/// A night's run, and what is left to do about it.
struct Made {
    run: RunNumber,
    upload: Rc<Upload>,
    expected: Expectation,
}

impl Play {
    fn open(parts: YearParts, world: World) -> anyhow::Result<Play> {
        let export = Rc::new(Upload::from(DayFile::of(&world)));
        Ok(Play {
            office: Office::open(parts, SEATS)?,
            ledger: Ledger::default(),
            identities: Identities::default(),
            first: export.clone(),
            export,
            world,
            seats: SEATS,
            held: None,
            files: BTreeSet::new(),
        })
    }

    fn night(&mut self, night: Night) -> anyhow::Result<Told> {
        let mut said = self.happen(&night.events);
        let upload = self.upload(&night.events, &mut said);
        let expected = self.expect(&night, &upload);
        let run = self.office.sync(night.date, &upload.csv)?;
        let outcome = Outcome::of(&run);
        let mut differences = expected.outcome.differences(&outcome);
        let mut superseded = false;
        if differences.is_empty() {
            superseded = self.gives_way(outcome.state, &mut differences)?;
            self.follow(&night, &Made { run: run.number, upload, expected }, &mut differences)?;
        } else {
            differences.extend(explanations(&run));
        }
        self.files.insert(run.upload.blob);
        let Night { date, events, decisions, .. } = night;
        Ok(Told { date, events, said, outcome, decisions: decisions.to_vec(), superseded, differences })
    }

    /// Lets the events happen that are about the district itself; what there is to say of them.
    fn happen(&mut self, events: &[Event]) -> Vec<String> {
        let said = events.iter().filter_map(|event| self.world.happen(*event)).collect::<Vec<_>>();
        if !said.is_empty() {
            self.export = Rc::new(DayFile::of(&self.world).into());
        }
        said
    }

    /// What is uploaded: what the SIS exports, unless something goes wrong on the way.
    fn upload(&mut self, events: &[Event], said: &mut Vec<String>) -> Rc<Upload> {
        for event in events {
            if *event == Event::LastYearsFile {
                said.push("the file of last summer is sent again".into());
                return self.first.clone();
            }
            if let Some((words, file)) = self.export.file.gone_wrong(*event, &mut self.world) {
                said.push(words.into());
                return Rc::new(file.into());
            }
        }
        self.export.clone()
    }

    fn expect(&self, night: &Night, upload: &Upload) -> Expectation {
        if self.ledger.applied_file.as_ref().is_some_and(|applied| applied.csv == upload.csv) {
            return Expectation::unchanged(&self.ledger);
        }
        let paused = timeline::is_summer(night.date);
        let day = Day { fuses: night.fuses, paused, seats: self.seats.into() };
        Expectation::of(&self.ledger, &upload.file, &day)
    }

    /// What waited and nobody decided about gives way to the next file that is applied.
    fn gives_way(&mut self, state: RunState, differences: &mut Vec<String>) -> anyhow::Result<bool> {
        if state != RunState::Applied {
            return Ok(false);
        }
        let Some(held) = self.held.take() else { return Ok(false) };
        let state = self.office.run(held)?.state;
        if state != RunState::Superseded {
            differences.push(format!("the hold before: expected superseded, but it is {state}"));
        }
        Ok(true)
    }

    /// Books what the run has done, carries out what is decided about it, and looks everybody up.
    fn follow(&mut self, night: &Night, made: &Made, differences: &mut Vec<String>) -> anyhow::Result<()> {
        let state = made.expected.outcome.state;
        if !matches!(state, RunState::Applied | RunState::Held) {
            return Ok(());
        }
        let before = night.decisions.contains(&Decision::Undo).then(|| self.ledger.clone());
        self.ledger.make(&made.expected.at_once, &made.upload.file);
        self.ledger.applied_file = (state == RunState::Applied).then(|| made.upload.clone());
        self.held = (state == RunState::Held).then_some(made.run);
        for decision in night.decisions {
            self.decide(night.date, *decision, made, differences)?;
        }
        if let Some(before) = before {
            self.ledger = before;
            self.ledger.applied_file = None;
        }
        differences.extend(self.identities.look_up(&self.office.district)?);
        let (seen, came) = (self.identities.count(), self.ledger.students_ever());
        if seen != came {
            differences.push(format!("students ever stored: expected {came}, but there are {seen}"));
        }
        Ok(())
    }

    fn decide(
        &mut self,
        date: Date,
        decision: Decision,
        made: &Made,
        differences: &mut Vec<String>,
    ) -> anyhow::Result<()> {
        let (task, state) = match decision {
            Decision::RaiseLicence => {
                self.seats = MORE_SEATS;
                return self.office.set_seats(self.seats);
            }
            Decision::Approve => {
                self.ledger.make(&made.expected.waiting, &made.upload.file);
                self.ledger.applied_file = Some(made.upload.clone());
                (Task::Approve(made.run, vec![]), RunState::Applied)
            }
            Decision::Discard => (Task::Discard(made.run, vec![]), RunState::Applied),
            Decision::Undo => (Task::Undo(made.run), RunState::Undone),
        };
        self.held = None;
        let decided = self.office.decide(date, made.run, task)?;
        if decided.state != state {
            differences.push(format!("after {decision:?}: expected {state}, but it is {}", decided.state));
        }
        Ok(())
    }

    fn over(self, nights: Vec<Told>) -> Year {
        let first = self.first.file.students();
        let here = first.into_iter().filter(|at| self.world.students[*at].person.active);
        Year {
            as_expected: nights.iter().all(|told| told.differences.is_empty()),
            nights,
            files: self.files.len(),
            students_seen: self.identities.count(),
            students_all_year: here.count(),
        }
    }
}

/// Why a run came to what it came to, in its own words.
fn explanations(run: &Run) -> Vec<String> {
    let held = run.report.held.iter().flat_map(|held| &held.fuses).map(|blown| &blown.message);
    run.report.messages.iter().chain(held).cloned().collect()
}
