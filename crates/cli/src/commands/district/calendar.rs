//! `homeroom district calendar`: date ranges with other rules.

use anyhow::ensure;
use clap::{Args, Subcommand};
use homeroom_model::audit::AuditAction;
use homeroom_model::calendar::{Allowed, CalendarEntry, CalendarRule};
use homeroom_model::district::Slug;
use homeroom_model::refusal::Refusal;
use homeroom_sync::{SyncError, change_settings};
use jiff::civil::Date;

use super::next_run::note_runs;
use super::unknown_schools::note_unknown_schools;
use crate::app::App;
use crate::arguments::day;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Calendar {
    /// List a district's date ranges
    List {
        /// The district
        slug: Slug,
    },
    /// Apply nothing between two days; uploads are stored and test-run
    Pause(Range),
    /// Remove nothing between two days; new and changed records are applied
    AdditionsOnly(Range),
    /// Pre-approve changes between two days, within limits
    Window(Window),
    /// Remove a date range, by its number in the list
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
    /// First day, such as 2027-01-12
    #[arg(long, value_parser = day, value_name = "DATE")]
    from: Date,
    /// Last day
    #[arg(long, value_parser = day, value_name = "DATE")]
    to: Date,
    /// Only this school, by its school_id; can be repeated
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// The reason
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Args)]
pub(crate) struct Window {
    #[command(flatten)]
    range: Range,
    /// Percentage of classes that may be removed, and of a class's students that may be replaced
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(..=100))]
    classes: Option<u32>,
    /// Percentage of students and teachers that may be removed
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(..=100))]
    people: Option<u32>,
    /// Percentage of people that may be changed
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(..=100))]
    updates: Option<u32>,
}

impl Calendar {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (Calendar::List { slug }
        | Calendar::Pause(Range { slug, .. })
        | Calendar::AdditionsOnly(Range { slug, .. })
        | Calendar::Window(Window { range: Range { slug, .. }, .. })
        | Calendar::Remove { slug, .. }) = self;
        let (mut district, store) = app.district(slug)?;
        if !matches!(self, Calendar::List { .. }) {
            let changed = change_settings(&store, AuditAction::CalendarChanged, |district| {
                self.change(&mut district.policy.calendar, slug)
            })?;
            district = changed.settings;
            let schools = district.policy.calendar.iter().flat_map(|entry| &entry.schools);
            note_unknown_schools(output, &store, schools)?;
            note_runs(output, &changed.runs, &district);
        }
        let calendar = &district.policy.calendar;
        output.result(calendar, || list_text(calendar))?;
        Ok(Exit::Done)
    }

    fn change(&self, calendar: &mut Vec<CalendarEntry>, slug: &Slug) -> anyhow::Result<()> {
        match self {
            Calendar::List { .. } => {}
            Calendar::Pause(range) => {
                ensure!(
                    range.schools.is_empty(),
                    "a pause applies to the whole district: leave --school out"
                );
                calendar.push(range.entry(CalendarRule::Pause)?);
            }
            Calendar::AdditionsOnly(range) => calendar.push(range.entry(CalendarRule::AdditionsOnly)?),
            Calendar::Window(window) => calendar.push(window.entry()?),
            Calendar::Remove { number, .. } => {
                if *number == 0 || *number > calendar.len() {
                    let (district, number) = (slug.clone(), *number);
                    return Err(SyncError::from(Refusal::NoSuchCalendarEntry { district, number }).into());
                }
                calendar.remove(number - 1);
            }
        }
        Ok(())
    }
}

impl Range {
    fn entry(&self, kind: CalendarRule) -> anyhow::Result<CalendarEntry> {
        ensure!(self.from <= self.to, "the range ends ({}) before it begins ({})", self.to, self.from);
        let Range { from, to, .. } = *self;
        Ok(CalendarEntry { from, to, kind, schools: self.schools.clone(), reason: self.reason.clone() })
    }
}

impl Window {
    fn entry(&self) -> anyhow::Result<CalendarEntry> {
        let Window { classes, people, updates, .. } = *self;
        ensure!(
            classes.or(people).or(updates).is_some(),
            "a window must allow something: give --classes, --people or --updates"
        );
        self.range.entry(CalendarRule::Window(Allowed { classes, people, updates }))
    }
}

fn list_text(calendar: &[CalendarEntry]) -> String {
    if calendar.is_empty() {
        return "No date ranges: the same rules apply every day.".into();
    }
    let line = |(number, entry): (usize, &CalendarEntry)| format!("{number:>3}  {}\n", entry.in_words());
    (1..).zip(calendar).map(line).collect()
}
