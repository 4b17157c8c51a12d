//! The laws of trust, for 10,000 districts in memory with files that go wrong in every way, and with ordinary ones: what is applied
//! without a decision keeps them.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

mod in_memory;

use homeroom_testkit::hostile::judge::{LAWS, Law, ORDINARY, flat, play};
use homeroom_testkit::hostile::{Game, Style, hostile_games, ordinary_games, runner};
use in_memory::district::MemoryDistrict;
use proptest::prelude::*;

/// Districts of each test; there are five.
const CASES: u32 = 2_000;

/// The most nights of a district.
const NIGHTS: usize = 3;

fn hold(laws: &[(&str, Law)], games: BoxedStrategy<Game>) {
    let played = runner(CASES).run(&games, |game| play(&game, &mut MemoryDistrict::default(), flat, laws));
    if let Err(error) = played {
        panic!("{error}");
    }
}

#[test]
fn laws_hold_where_numbers_are_the_only_further_keys() {
    hold(&LAWS, hostile_games(NIGHTS, Style { ids: true, clever: false, usernames: false }));
}

#[test]
fn laws_hold_where_there_are_keys_of_all_kinds() {
    hold(&LAWS, hostile_games(NIGHTS, Style { ids: true, clever: true, usernames: true }));
}

#[test]
fn laws_hold_where_addresses_are_the_only_keys() {
    hold(&LAWS, hostile_games(NIGHTS, Style { ids: false, clever: false, usernames: false }));
}

#[test]
fn laws_hold_where_there_are_clever_ids_and_user_names_but_no_numbers() {
    hold(&LAWS, hostile_games(NIGHTS, Style { ids: false, clever: true, usernames: true }));
}

#[test]
fn ordinary_nights_are_applied_and_right() {
    hold(&[&LAWS[..], &[ORDINARY]].concat(), ordinary_games(NIGHTS));
}
