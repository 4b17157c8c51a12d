//! Every dangerous night can happen, and the same seed gives the same files.

use std::collections::BTreeSet;

use homeroom_demo::Dice;
use homeroom_model::Random;

use super::{Danger, SpoiledNight};
use crate::file::NightFile;
use crate::style::Style;
use crate::truth::World;

fn spoiled(danger: Danger, style: Style, seed: u64) -> Option<(NightFile, NightFile)> {
    let mut world = World::new(seed, style, 300);
    let mut earlier = vec![NightFile::export(&world)];
    world.roll_over();
    for _ in 0..12 {
        earlier.push(NightFile::export(&world));
        world.enroll(4);
    }
    let export = NightFile::export(&world);
    let dice = Dice::new(Random::seeded(seed));
    let mut missing = BTreeSet::new();
    let mut night = SpoiledNight {
        file: export.clone(),
        world: &world,
        dice: &dice,
        earlier: &earlier,
        missing: &mut missing,
    };
    danger.spoil(&mut night)?;
    Some((export, night.file))
}

#[test]
fn every_dangerous_night_happens_in_some_district_and_spoils_its_file() {
    for danger in Danger::ALL {
        let happens = Style::ALL.into_iter().any(|style| {
            (0..3).any(|seed| spoiled(*danger, style, seed).is_some_and(|(export, file)| export != file))
        });
        assert!(happens, "{danger:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_file() {
    for danger in Danger::ALL {
        let again = || spoiled(*danger, Style::Clever, 8).map(|(_, file)| file.csv());
        assert_eq!(again(), again(), "{danger:?}");
    }
}
