//! Counts over many district-years.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use crate::game::Game;
use crate::judge::Fault;
use crate::play::{Kind, NightResult};

/// What is counted of dangerous nights of a kind.
#[derive(Clone, Debug, Default)]
struct DangerCounts {
    nights: usize,
    asked: usize,
    passed: usize,
    /// Seed and night of the first ones that passed.
    examples: Vec<String>,
    faults: BTreeMap<Fault, usize>,
}

/// Counts over nights.
#[derive(Clone, Debug, Default)]
pub struct Table {
    district_years: usize,
    person_years: usize,
    nights: usize,
    dangerous: usize,
    unusual: usize,
    asked: usize,
    needless: usize,
    passed: usize,
    faults: BTreeMap<Fault, usize>,
    dangers: BTreeMap<&'static str, DangerCounts>,
    /// Reasons of needless questions and faults of ordinary nights, with seed and night.
    ordinary: Vec<String>,
}

impl Table {
    /// Counts district-years and their students.
    pub fn add_years(&mut self, years: usize, students: usize) {
        self.district_years += years;
        self.person_years += years * students;
    }

    /// Counts a night of a game.
    pub fn add(&mut self, game: &Game, night: &NightResult) {
        self.nights += 1;
        let place = format!("{} --night {}", game.named(), night.number);
        for (fault, _) in night.faults.iter().chain(&night.after_decision) {
            *self.faults.entry(*fault).or_default() += 1;
        }
        self.asked += usize::from(night.is_asked());
        match night.kind {
            Kind::Ordinary => self.needless += usize::from(night.is_needless()),
            Kind::Unusual => self.unusual += 1,
            Kind::Dangerous(word) => return self.add_dangerous(word, &place, night),
        }
        if night.is_needless() {
            let reason = night.reasons.join(" | ");
            self.ordinary.push(format!("needless  {place}  {reason}  [{}]", night.happenings.join("; ")));
        }
        for (fault, words) in night.faults.iter().chain(&night.after_decision) {
            let happened = night.happenings.join("; ");
            self.ordinary.push(format!("{}  {place}  {words}  [{happened}]", fault.as_str()));
        }
    }

    fn add_dangerous(&mut self, word: &'static str, place: &str, night: &NightResult) {
        self.dangerous += 1;
        self.passed += usize::from(night.is_passed());
        let counts = self.dangers.entry(word).or_default();
        counts.nights += 1;
        counts.asked += usize::from(night.is_asked());
        if night.is_passed() {
            counts.passed += 1;
            let what = night.happenings.last().map_or("", String::as_str);
            let (fault, first) = &night.faults[0];
            counts.examples.push(format!("{place} ({what}): {}: {first}", fault.as_str()));
            for (fault, _) in &night.faults {
                *counts.faults.entry(*fault).or_default() += 1;
            }
        }
    }

    /// Adds the counts of other nights.
    pub fn merge(&mut self, other: Table) {
        self.district_years += other.district_years;
        self.person_years += other.person_years;
        self.nights += other.nights;
        self.dangerous += other.dangerous;
        self.unusual += other.unusual;
        self.asked += other.asked;
        self.needless += other.needless;
        self.passed += other.passed;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
        for (word, counts) in other.dangers {
            let all = self.dangers.entry(word).or_default();
            all.nights += counts.nights;
            all.asked += counts.asked;
            all.passed += counts.passed;
            all.examples.extend(counts.examples);
            for (fault, count) in counts.faults {
                *all.faults.entry(fault).or_default() += count;
            }
        }
        self.ordinary.extend(other.ordinary);
    }

    /// How often a fault was found, on whichever night.
    pub fn count(&self, fault: Fault) -> usize {
        self.faults.get(&fault).copied().unwrap_or(0)
    }

    /// Dangerous nights that did harm.
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// Every needless question and fault of ordinary nights, and the dangerous nights that passed, a line each.
    pub fn details(&self) -> Vec<String> {
        let passed = self.dangers.iter().flat_map(|(word, counts)| {
            counts.examples.iter().map(move |example| format!("passed  {word}  {example}"))
        });
        passed.chain(self.ordinary.iter().cloned()).collect()
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let per_year = |count: usize| count as f64 / self.district_years.max(1) as f64;
        writeln!(
            f,
            "{} district-years, {} person-years, {} nights",
            self.district_years, self.person_years, self.nights
        )?;
        for fault in Fault::ALL {
            writeln!(f, "{:32} {:8}", fault.as_str(), self.count(fault))?;
        }
        writeln!(
            f,
            "{:32} {:8}  {:.2} in a district-year",
            "nights held without need",
            self.needless,
            per_year(self.needless)
        )?;
        writeln!(
            f,
            "{:32} {:8}  {:.2} in a district-year",
            "decisions asked",
            self.asked,
            per_year(self.asked)
        )?;
        writeln!(f, "{:32} {:8}  of {}", "dangerous nights passed", self.passed, self.dangerous)?;
        writeln!(f, "\n{:32} {:>7} {:>7} {:>7}  faults", "dangerous nights", "nights", "asked", "passed")?;
        for (word, counts) in &self.dangers {
            let faults = counts.faults.iter().map(|(fault, count)| format!("{count} {}", fault.as_str()));
            let faults = faults.collect::<Vec<_>>().join(", ");
            writeln!(f, "{word:32} {:7} {:7} {:7}  {faults}", counts.nights, counts.asked, counts.passed)?;
        }
        Ok(())
    }
}
