//! `homeroom district show`

use clap::Args;
use homeroom_model::audit::{AuditAction, AuditEntry};
use homeroom_model::district::{District, Mode, Slug};
use homeroom_model::fuse::Fuse;
use homeroom_model::policy::{Limit, Policy};
use homeroom_report::terminal_safe;
use serde::Serialize;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Show {
    /// The district
    slug: Slug,
}

impl Show {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, store) = app.district(&self.slug)?;
        let log = store.audit_list()?;
        let stage_set = log.iter().rev().find(|entry| entry.action == AuditAction::StageChanged);
        let shown = ShownDistrict { district: &district, stage_set };
        output.result(&shown, || district_text(&district) + &stage_text(&shown))?;
        Ok(Exit::Done)
    }
}

/// A district, and who moved it to its stage.
#[derive(Serialize)]
struct ShownDistrict<'d> {
    #[serde(flatten)]
    district: &'d District,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage_set: Option<&'d AuditEntry>,
}

fn stage_text(shown: &ShownDistrict<'_>) -> String {
    shown.stage_set.map_or_else(String::new, |entry| {
        let (at, by) = (shown.district.time_zone.show(entry.at), terminal_safe(&entry.cause.in_words()));
        format!("  {} since {at}, {by}\n", shown.district.stage)
    })
}

/// The district's settings, one per line.
pub(super) fn district_text(district: &District) -> String {
    let policy = &district.policy;
    let school_seats =
        policy.school_seats.iter().map(|(school, seats)| format!(", {school} {seats}")).collect::<String>();
    let apps = if district.apps.is_empty() { "none".into() } else { district.apps.join(", ") };
    let start = match district.mode {
        Mode::Nightly => format!("nightly at {} ({})", district.at, district.time_zone),
        Mode::OnUpload => "on upload".into(),
        Mode::Manual => "manual".into(),
    };
    let mut text = format!("{} ({})\n", district.name, district.slug);
    for (label, value) in [
        ("stage", district.stage.to_string()),
        ("seats", format!("{}{school_seats}", district.seats)),
        ("apps", apps),
        ("file", district.file.clone()),
        ("runs", start),
        ("zone", district.time_zone.to_string()),
        ("fuses", fuses_text(policy)),
        ("holds", format!("discarded after {} days", policy.hold_days)),
    ] {
        text.push_str(&format!("  {label:<8} {value}\n"));
    }
    text.extend(policy.calendar.iter().map(|entry| format!("  calendar {}\n", entry.in_words())));
    text
}

fn fuses_text(policy: &Policy) -> String {
    let limit = |fuse: Fuse| match policy.limit(fuse) {
        Limit { percent: 100, .. } => "off".to_owned(),
        Limit { percent, floor } => format!("{percent}% (from {floor})"),
    };
    format!(
        "district {}, school {}, class {}, identity {}, reach {}, keys {}, blank {}, file {}, update {}, column {}, shrink {}%{}",
        limit(Fuse::District),
        limit(Fuse::School),
        limit(Fuse::Class),
        limit(Fuse::Identity),
        limit(Fuse::Reach),
        limit(Fuse::Keys),
        limit(Fuse::Blank),
        limit(Fuse::File),
        limit(Fuse::Update),
        limit(Fuse::Column),
        policy.limit(Fuse::Shrink).percent,
        if policy.wait_all { "; a blown fuse holds everything" } else { "" }
    )
}
