//! `homeroom district calendar`: date ranges in which other rules hold.

use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use homeroom_model::calendar::{Allowed, CalendarEntry, CalendarRule};
use homeroom_model::district::Slug;
use homeroom_store::DistrictStore;
use jiff::civil::Date;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::App;

#[derive(Subcommand)]
pub(crate) enum Calendar {
    /// List a district's date ranges
    List {
        /// The district
        slug: Slug,
    },
    /// Apply nothing between two days; uploads are kept and test-run
    Pause(Range),
    /// Remove nothing between two days; what is new or changed is applied
    AdditionsOnly(Range),
    /// Pre-approve between two days, within bounds
    Window(Window),
    /// Take a date range away, by its number in the list
    Remove {
        /// The district
        slug: Slug,
        /// The number
        number: usize,
    },
}

#[derive(Args)]
pub(crate) struct Range {
    /// The district
    slug: Slug,
    /// The first day, as 2027-01-12
    #[arg(long)]
    from: Date,
    /// The last day
    #[arg(long)]
    to: Date,
    /// Only for this school, by its school_id; may be given several times
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Args)]
pub(crate) struct Window {
    #[command(flatten)]
    range: Range,
    /// Classes that may be removed, and students of a class that may be replaced, in per cent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(..=100))]
    classes: Option<u32>,
    /// Students and teachers that may be removed, in per cent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(..=100))]
    people: Option<u32>,
    /// People that may be changed, in per cent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(..=100))]
    updates: Option<u32>,
}

impl Calendar {
    pub(crate) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (Calendar::List { slug }
        | Calendar::Pause(Range { slug, .. })
        | Calendar::AdditionsOnly(Range { slug, .. })
        | Calendar::Window(Window { range: Range { slug, .. }, .. })
        | Calendar::Remove { slug, .. }) = self;
        let (mut district, store) = app.district(slug)?;
        let calendar = &mut district.policy.calendar;
        match self {
            Calendar::List { .. } => {}
            Calendar::Pause(range) => {
                ensure!(range.schools.is_empty(), "a pause is for the whole district: leave --school out");
                calendar.push(range.entry(CalendarRule::Pause)?);
            }
            Calendar::AdditionsOnly(range) => calendar.push(range.entry(CalendarRule::AdditionsOnly)?),
            Calendar::Window(window) => {
                let Window { classes, people, updates, .. } = *window;
                ensure!(
                    classes.or(people).or(updates).is_some(),
                    "a window allows something: give --classes, --people or --updates"
                );
                calendar.push(window.range.entry(CalendarRule::Window(Allowed {
                    classes,
                    people,
                    updates,
                }))?);
            }
            Calendar::Remove { number, .. } => {
                if *number == 0 || *number > calendar.len() {
                    bail!(
                        "there is no date range {number}: `homeroom district calendar list {slug}` has them"
                    );
                }
                calendar.remove(number - 1);
            }
        }
        let calendar = district.policy.calendar.clone();
        if !matches!(self, Calendar::List { .. }) {
            store.settings_change(&district)?;
            let schools = calendar.iter().flat_map(|entry| &entry.schools);
            note_unknown_schools(output, &store, schools)?;
        }
        output.result(&calendar, || list_text(&calendar))?;
        Ok(Exit::Done)
    }
}

impl Range {
    fn entry(&self, kind: CalendarRule) -> anyhow::Result<CalendarEntry> {
        ensure!(self.from <= self.to, "the range ends ({}) before it begins ({})", self.to, self.from);
        let Range { from, to, .. } = *self;
        Ok(CalendarEntry { from, to, kind, schools: self.schools.clone(), reason: self.reason.clone() })
    }
}

/// Says which `school_id`s no school of the roster has: perhaps they are misspelt, perhaps the schools are still to come.
pub(super) fn note_unknown_schools<'s>(
    output: &Output,
    district: &DistrictStore,
    schools: impl Iterator<Item = &'s String>,
) -> anyhow::Result<()> {
    let roster = district.roster_load()?;
    let known = |key: &str| roster.schools.iter().any(|school| roster.texts.get(school.values.key) == key);
    let unknown = schools.filter(|school| !known(school)).collect::<std::collections::BTreeSet<_>>();
    for school in unknown {
        output.note(&format!(
            "homeroom: no school of the roster has the school_id '{school}' yet; is it misspelt?"
        ));
    }
    Ok(())
}

fn list_text(calendar: &[CalendarEntry]) -> String {
    if calendar.is_empty() {
        return "No date ranges: the same rules hold on every day.".into();
    }
    calendar.iter().enumerate().map(|(at, entry)| format!("{:>3}  {}\n", at + 1, entry.words())).collect()
}
