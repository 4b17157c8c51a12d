//! Plays district-years: the world changes, the file is made and perhaps spoiled, Homeroom syncs it, and the judge compares.

use std::collections::BTreeSet;

use homeroom_model::rekey::Proposal;
use homeroom_model::run::{Run, RunState};
use jiff::civil::Date;

use crate::dangers::{Danger, SpoiledNight};
use crate::engine::Engine;
use crate::file::NightFile;
use crate::game::Game;
use crate::judge::{Fault, Finding, Judge, Truth};
use crate::operator::review;
use crate::timeline::{Night, Quirk, nights};
use crate::truth::{PersonId, World};
use homeroom_model::Column;

/// What a night is, whatever Homeroom made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To be applied without a question.
    Ordinary,
    /// Right, but so unusual that a question is in place.
    Unusual,
    /// Not to be applied as it is.
    Dangerous(&'static str),
}

/// A night and what became of it.
#[derive(Clone, Debug)]
pub struct NightResult {
    /// Its number, from 0.
    pub number: usize,
    /// The date of the run.
    pub date: Date,
    /// What it is.
    pub kind: Kind,
    /// The events, and what is wrong with the file.
    pub happenings: Vec<String>,
    /// The kinds of event in it, for counting.
    pub events: Vec<String>,
    /// The state in which the run ended, before anybody decided.
    pub state: RunState,
    /// Why it waits: the blown fuses, or why the file was rejected.
    pub reasons: Vec<String>,
    /// Faults of what was applied without a decision, with their words.
    pub faults: Vec<(Fault, String)>,
    /// Faults after right decisions.
    pub after_decision: Vec<(Fault, String)>,
}

impl NightResult {
    /// Whether somebody was asked.
    pub fn is_asked(&self) -> bool {
        matches!(self.state, RunState::Held | RunState::Rejected)
    }

    /// Whether somebody was asked about what was fine.
    pub fn is_needless(&self) -> bool {
        self.kind == Kind::Ordinary && self.is_asked()
    }

    /// Whether a dangerous night did harm.
    pub fn is_passed(&self) -> bool {
        matches!(self.kind, Kind::Dangerous(_)) && !self.faults.is_empty()
    }
}

/// The files of a night, to try them by hand.
pub struct NightFiles {
    /// The file before it.
    pub earlier: Vec<u8>,
    /// The file of the night.
    pub sent: Vec<u8>,
}

/// Plays a game, and hands over each night as it ends with its files; `watch` says whether to go on.
///
/// # Errors
/// When a run cannot be made.
pub fn play(game: &Game, watch: &mut dyn FnMut(NightResult, NightFiles) -> bool) -> anyhow::Result<()> {
    let mut player = Player::new(game)?;
    for year in 0..game.years {
        for night in nights(&player.plan_dice, game.seed, year, game.students) {
            let earlier = player.last_sent.clone();
            let result = player.play(&night)?;
            if !watch(result, NightFiles { earlier, sent: player.last_sent.clone() }) {
                return Ok(());
            }
        }
    }
    Ok(())
}

struct Player {
    world: World,
    engine: Engine,
    judge: Judge,
    plan_dice: homeroom_demo::Dice,
    /// The exports so far; the first is of the year before.
    exports: Vec<NightFile>,
    missing: BTreeSet<PersonId>,
    last_sent: Vec<u8>,
    number: usize,
}

impl Player {
    fn new(game: &Game) -> anyhow::Result<Player> {
        let mut world = World::new(game.seed, game.style, game.students);
        let last_year = NightFile::export(&world);
        world.roll_over();
        let plan = homeroom_model::Random::seeded(game.seed ^ 0x5eed);
        Ok(Player {
            world,
            engine: Engine::new(game)?,
            judge: Judge::default(),
            plan_dice: homeroom_demo::Dice::new(plan),
            exports: vec![last_year],
            missing: BTreeSet::new(),
            last_sent: vec![],
            number: 0,
        })
    }

    fn play(&mut self, night: &Night) -> anyhow::Result<NightResult> {
        let mut happenings = Vec::new();
        let mut kind = Kind::Ordinary;
        for event in &night.events {
            if let Some(words) = event.happen(&mut self.world) {
                happenings.push(words);
                if event.may_be_asked() {
                    kind = Kind::Unusual;
                }
            }
        }
        let export = NightFile::export(&self.world);
        let mut sent = export.clone();
        if let Some((danger, spoiled, words)) = self.spoiled(night, &export) {
            (sent, kind) = (spoiled, Kind::Dangerous(danger));
            happenings.push(words);
        }
        if let Some(quirk) = night.quirk {
            happenings.push(format!("{quirk:?}"));
            apply_quirk(&mut sent, quirk, &self.plan_dice);
        }
        self.last_sent = sent.csv();
        let run = self.engine.sync(night.date, &self.last_sent)?;
        let (faults, after_decision) = self.judge_and_decide(night, kind, (&export, &sent), &run)?;
        if !matches!(kind, Kind::Dangerous(_)) {
            self.exports.push(export);
        }
        let number = self.number;
        self.number += 1;
        let events = night.events.iter().map(|event| format!("{event:?}")).collect();
        let (date, state, reasons) = (night.date, run.state, reasons(&run));
        Ok(NightResult { number, date, kind, happenings, events, state, reasons, faults, after_decision })
    }

    fn spoiled(&mut self, night: &Night, export: &NightFile) -> Option<(&'static str, NightFile, String)> {
        let danger = night.danger?;
        if night.night_of_danger == 0 {
            self.missing.clear();
        }
        // Where it cannot happen, another one does.
        let first = Danger::ALL.iter().position(|one| *one == danger).unwrap_or(0);
        let others = Danger::ALL.iter().cycle().skip(first + 7).step_by(7).filter(|one| one.nights() == 1);
        let tried = std::iter::once(&danger).chain(others.take(Danger::ALL.len()));
        tried.copied().find_map(|danger| {
            let mut spoiled = SpoiledNight {
                file: export.clone(),
                world: &self.world,
                dice: &self.plan_dice,
                earlier: &self.exports,
                missing: &mut self.missing,
            };
            let words = danger.spoil(&mut spoiled)?;
            let file = spoiled.file;
            (file != *export).then_some((danger.as_str(), file, words))
        })
    }

    /// What was applied by itself, and what after the operator's decision.
    fn judge_and_decide(
        &mut self,
        night: &Night,
        kind: Kind,
        (export, sent): (&NightFile, &NightFile),
        run: &Run,
    ) -> anyhow::Result<(Faults, Faults)> {
        let truth = Truth::new(&self.world, export);
        let mut faults = self.judge.night(&truth, sent, &self.engine.roster()?);
        let mut after = Vec::new();
        if matches!(kind, Kind::Dangerous(_)) {
            let is_unseen = night.danger.is_some_and(|danger| night.night_of_danger < danger.unseen_nights());
            if is_unseen {
                faults.clear();
            }
            if run.state == RunState::Held {
                self.engine.discard(night.date, run)?;
            }
            if !faults.is_empty() {
                // What went wrong is put right, so that each night is judged alone.
                self.engine.undo(night.date, run)?;
            }
            self.judge.night(&truth, sent, &self.engine.roster()?);
        } else {
            if run.state == RunState::Held {
                let reviews = review(&run.report.rekeys, &self.judge, sent);
                self.engine.approve(night.date, run, reviews)?;
                after = self.judge.night(&truth, sent, &self.engine.roster()?);
            }
            after.extend(self.judge.morning(&truth));
            faults.retain(|finding| finding.fault.counts_on_ordinary_nights());
            after.retain(|finding| finding.fault.counts_on_ordinary_nights());
        }
        Ok((in_words(faults), in_words(after)))
    }
}

type Faults = Vec<(Fault, String)>;

fn in_words(findings: Vec<Finding>) -> Faults {
    findings.into_iter().map(|finding| (finding.fault, finding.words)).collect()
}

fn reasons(run: &Run) -> Vec<String> {
    let held = run.report.held.iter().flat_map(|held| &held.fuses);
    let held = held.map(|blown| format!("{} {}: {}", blown.fuse.as_str(), blown.scope, blown.message));
    let check = run.report.check.iter().filter(|_| run.state == RunState::Rejected);
    let rejected = check.flat_map(|check| &check.findings).take(3);
    let proposals =
        run.report.rekeys.iter().filter(|_| run.state == RunState::Held).take(4).map(|proposal| {
            let Proposal { id, confidence, name, from, to, new_name, evidence, .. } = proposal;
            format!("{confidence:?} {id}: {name} {from} -> {new_name} {to} {evidence:?}")
        });
    let held = held.chain(proposals);
    held.chain(rejected.map(|finding| format!("{}: {}", finding.code.as_str(), finding.message))).collect()
}

fn apply_quirk(file: &mut NightFile, quirk: Quirk, dice: &homeroom_demo::Dice) {
    match quirk {
        Quirk::Doubled => file.rows.extend_from_within(..),
        Quirk::OtherOrder => file.rows.reverse(),
        Quirk::Written(form) => {
            let cells = file.rows.iter().flat_map(|row| &row.cells);
            if form.has_letters_of(&cells.map(String::as_str).collect::<String>()) {
                file.form = form;
            }
        }
        Quirk::EmptyCell => {
            let Some(student) = file.rows.get(dice.below(file.rows.len())).and_then(|row| row.student) else {
                return;
            };
            let column =
                *dice.pick(&[Column::StudentEmail, Column::StudentLastName, Column::StudentGradeLevel]);
            file.rows
                .iter_mut()
                .filter(|row| row.student == Some(student))
                .for_each(|row| row.set(column, ""));
        }
    }
}
