//! The laws of trust, for files that go wrong in every way: what is applied without a decision keeps them.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

mod in_memory;

use homeroom_testkit::hostile::judge::{
    Accounts, Owners, Seen, no_key_passes, one_key_one_person, wrong_pairs_stay_within_bounds,
};
use homeroom_testkit::hostile::{Decision, District, Game, hostile_games, runner};
use in_memory::district::{MemoryDistrict, Outcome};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// Districts of each law.
const CASES: u32 = 2_500;

/// The most nights of a district.
const NIGHTS: usize = 3;

type Law = fn(&Seen<'_>) -> Vec<String>;

/// Plays a game, and holds each night to a law.
fn play(game: &Game, law: Law) -> Result<(), TestCaseError> {
    let mut district = game.district();
    let mut memory = MemoryDistrict::default();
    let mut owners = Owners::default();
    let mut earlier = String::new();
    let Some(first) = load(&mut memory, &mut owners, &district, &mut earlier) else { return Ok(()) };
    let mut before = first;
    for (number, night) in game.nights.iter().enumerate() {
        let left = (0..district.people.len()).filter(|id| !district.people[*id].here).collect::<Vec<_>>();
        night.ordinary.iter().for_each(|event| event.happen(&mut district, &left));
        let mut sheet = district.export();
        night.hostile.iter().for_each(|hostility| hostility.spoil(&mut sheet));
        let csv = sheet.csv();
        let outcome = memory.sync(&csv);
        let after = Accounts::of(&memory.stored);
        owners.adopt(&after, &sheet);
        let seen =
            Seen { district: &district, sheet: &sheet, before: &before, after: &after, owners: &owners };
        let faults = law(&seen);
        prop_assert!(
            faults.is_empty(),
            "night {}: {:?}\n{}\n--- earlier.csv\n{}--- in.csv\n{}--- end\n",
            number + 1,
            night,
            faults.join("\n"),
            earlier,
            csv
        );
        if night.decision == Decision::Approve && outcome == Outcome::Applied {
            memory.approve(&csv);
            let decided = Accounts::of(&memory.stored);
            owners.adopt_decided(&after, &decided, &sheet);
            before = decided;
        } else {
            before = after;
        }
        earlier = csv;
    }
    Ok(())
}

/// The first load; `None` when even that is refused.
fn load(
    memory: &mut MemoryDistrict,
    owners: &mut Owners,
    district: &District,
    csv: &mut String,
) -> Option<Accounts> {
    let sheet = district.export();
    *csv = sheet.csv();
    let outcome = memory.sync(csv);
    assert!(outcome == Outcome::Applied, "the first load goes ahead\n{csv}");
    let accounts = Accounts::of(&memory.stored);
    owners.adopt(&accounts, &sheet);
    Some(accounts)
}

fn hold(law: Law, games: BoxedStrategy<Game>) {
    if let Err(error) = runner(CASES).run(&games, |game| play(&game, law)) {
        panic!("{error}");
    }
}

#[test]
fn one_key_is_one_persons() {
    hold(one_key_one_person, hostile_games(NIGHTS));
}

#[test]
fn no_key_of_an_active_person_passes_to_another() {
    hold(no_key_passes, hostile_games(NIGHTS));
}

#[test]
fn who_sees_whom_stays_within_bounds() {
    hold(wrong_pairs_stay_within_bounds, hostile_games(NIGHTS));
}
