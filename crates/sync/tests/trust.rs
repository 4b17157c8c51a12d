//! The laws of trust, for histories of several nights on both engines: what a run applies without a decision keeps them.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use std::cell::Cell;
use std::sync::Arc;

use harness::TestDistrict;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{RunKind, RunState};
use homeroom_model::stored::StoredRoster;
use homeroom_sync::Task;
use homeroom_testkit::hostile::judge::{Homeroom, LAWS, Law, ORDINARY, Outcome, flat, play};
use homeroom_testkit::hostile::{Game, Style, hostile_games, ordinary_games, runner};
use homeroom_testkit::stores;
use jiff::SignedDuration;
use proptest::prelude::*;

/// Histories of each test on each engine: together 300 on each.
const CASES: u32 = 100;

/// The most nights of a history.
const NIGHTS: usize = 4;

/// A district of a store, in which a file comes each night.
struct Nightly {
    district: TestDistrict,
    last: Option<RunNumber>,
}

impl Homeroom for Nightly {
    fn sync(&mut self, file: &[u8]) -> Outcome {
        self.district.test.store.clock().advance(SignedDuration::from_hours(24));
        let run = self.district.sync(file, RunKind::Live);
        self.last = Some(run.number);
        match run.state {
            RunState::Rejected => Outcome::Rejected,
            RunState::Held => Outcome::Held,
            RunState::Applied | RunState::Unchanged => Outcome::Applied,
            other => panic!("a run ends as {other:?}"),
        }
    }

    fn approve(&mut self, _: &[u8]) {
        // The same file again leaves what waits in the run before it.
        let approved = self.last.map(|run| self.district.decide(Task::Approve(run, vec![])));
        approved.transpose().unwrap();
    }

    fn stored(&self) -> StoredRoster {
        self.district.district.roster_load().unwrap()
    }
}

/// Plays histories on one store of each engine, each history with a district of its own.
fn hold(laws: &[(&str, Law)], games: BoxedStrategy<Game>) {
    let stores = stores().into_iter().map(Arc::new).collect::<Vec<_>>();
    let count = Cell::new(0);
    let played = runner(CASES).run(&games, |game| {
        count.set(count.get() + 1);
        for test in &stores {
            let district = TestDistrict::of_store(Arc::clone(test), &format!("d{}", count.get()));
            play(&game, &mut Nightly { district, last: None }, flat, laws)?;
        }
        Ok(())
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}

#[test]
fn laws_hold_in_histories_with_all_keys() {
    hold(&LAWS, hostile_games(NIGHTS, Style { ids: true, clever: true, usernames: true }));
}

#[test]
fn laws_hold_in_histories_without_numbers() {
    hold(&LAWS, hostile_games(NIGHTS, Style { ids: false, clever: true, usernames: false }));
}

#[test]
fn ordinary_histories_are_applied_and_right() {
    hold(&[&LAWS[..], &[ORDINARY]].concat(), ordinary_games(NIGHTS));
}
