//! Twenty district-years: no wrong merge, removal or access, and no dangerous night that does harm.

use homeroom_simulator::{Fault, Game, play_all};

/// The first seed; the kinds of dangerous night take turns over the seeds.
const SEED: u64 = 1;

#[test]
fn twenty_district_years_harm_nobody() {
    let table = play_all(&Game::of_seeds(SEED..SEED + 20, 1, 600)).expect("every run can be made");
    let harm = [Fault::WrongMerge, Fault::WrongRemoval, Fault::WrongAccess, Fault::Stranger];
    let found = harm.map(|fault| table.count(fault)).into_iter().sum::<usize>() + table.passed();
    assert_eq!(found, 0, "{table}\n{}", table.details().join("\n"));
}
