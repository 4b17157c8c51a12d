//! Every dangerous night can happen, and the same seed gives the same files.

use std::collections::BTreeSet;

use homeroom_demo::Dice;
use homeroom_model::Random;

use super::{Danger, SpoiledNight};
use crate::file::NightFile;
use crate::style::Style;
use crate::truth::World;

/// A district in its school year, with the files of some nights.
struct District {
    world: World,
    earlier: Vec<NightFile>,
}

impl District {
    fn new(style: Style) -> District {
        let mut world = World::new(8, style, 300);
        let mut earlier = vec![NightFile::export(&world)];
        world.roll_over();
        for _ in 0..12 {
            earlier.push(NightFile::export(&world));
            world.enroll(4);
        }
        District { world, earlier }
    }

    /// Tonight's file, spoiled.
    fn spoiled(&self, danger: Danger, seed: u64) -> Option<NightFile> {
        let dice = Dice::new(Random::seeded(seed));
        let mut night = SpoiledNight {
            file: NightFile::export(&self.world),
            world: &self.world,
            dice: &dice,
            earlier: &self.earlier,
            missing: &mut BTreeSet::new(),
        };
        danger.spoil(&mut night)?;
        Some(night.file)
    }
}

#[test]
fn every_dangerous_night_happens_in_some_district_and_spoils_its_file_in_the_same_way_for_a_seed() {
    let districts = Style::ALL.map(District::new);
    for danger in Danger::ALL {
        let mut spoils = false;
        for (district, seed) in districts.iter().zip(0..) {
            let file = district.spoiled(*danger, seed);
            assert_eq!(file, district.spoiled(*danger, seed), "{danger:?}");
            spoils |= file.is_some_and(|file| file != NightFile::export(&district.world));
        }
        assert!(spoils, "{danger:?}");
    }
}
