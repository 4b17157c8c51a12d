//! A district to play.

use std::ops::Range;

use homeroom_model::fuse_setting::FuseSetting;

use crate::style::Style;

/// What to play.
#[derive(Clone, Debug)]
pub struct Game {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// What the SIS exports.
    pub style: Style,
    /// School years.
    pub years: usize,
    /// Students, about.
    pub students: usize,
    /// Fuses that are not set as by default.
    pub fuses: Vec<FuseSetting>,
}

impl Game {
    /// Districts of these seeds with the default fuses; their styles take turns.
    pub fn of_seeds(seeds: Range<u64>, years: usize, students: usize) -> Vec<Game> {
        seeds.map(|seed| Game { seed, style: Style::of_seed(seed), years, students, fuses: vec![] }).collect()
    }

    /// As the command line names it.
    pub(crate) fn named(&self) -> String {
        let Game { seed, style, years, students, .. } = self;
        format!("--seed {seed} --style {} --years {years} --students {students}", style.as_str())
    }
}
