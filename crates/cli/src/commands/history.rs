//! `homeroom history`: what became of one school, class, teacher or student.

use std::fmt::Write;

use anyhow::bail;
use clap::Args;
use homeroom_ask::find_histories;
use homeroom_model::Zone;
use homeroom_model::district::Slug;
use homeroom_model::entity_log::CauseKind;
use homeroom_model::history::{EntityName, FieldValue, History as Document, HistoryEntry, HistoryEvent};
use homeroom_model::ids::EntityKind;
use homeroom_report::terminal_safe;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Args)]
pub(crate) struct History {
    /// The district
    slug: Slug,
    #[command(flatten)]
    of: Of,
}

/// Whoever has, or ever had, this key; also those who have left.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// A student, by e-mail or SIS number, present or former
    #[arg(long, value_name = "KEY")]
    student: Option<String>,
    /// A teacher, by e-mail or SIS number, present or former
    #[arg(long, value_name = "KEY")]
    teacher: Option<String>,
    /// A class
    #[arg(long, value_name = "ID")]
    class: Option<String>,
    /// A school
    #[arg(long, value_name = "ID")]
    school: Option<String>,
}

impl Of {
    /// Of what kind, and the key.
    fn kind_and_key(&self) -> Option<(EntityKind, &str)> {
        [
            (EntityKind::Student, &self.student),
            (EntityKind::Teacher, &self.teacher),
            (EntityKind::Class, &self.class),
            (EntityKind::School, &self.school),
        ]
        .into_iter()
        .find_map(|(kind, key)| Some((kind, key.as_deref()?)))
    }
}

impl History {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        let (settings, district) = app.district(&self.slug)?;
        let Some((kind, key)) = self.of.kind_and_key() else {
            bail!("say whose history: --student, --teacher, --class or --school");
        };
        let found = find_histories(&district, kind, key)?;
        if found.is_empty() {
            let keys = match kind {
                EntityKind::Student | EntityKind::Teacher => "e-mail or SIS number",
                EntityKind::Class | EntityKind::School => "id",
            };
            bail!(
                "{} has no {} with the {keys} '{key}' and never had: look for the spelling in \
                 `homeroom roster export {} --format flat --out -`",
                self.slug,
                kind.as_str(),
                self.slug
            );
        }
        output.result(&found, || {
            let texts = found.iter().map(|history| text(history, &settings.time_zone)).collect::<Vec<_>>();
            texts.join("\n")
        })?;
        Ok(Exit::Done)
    }
}

/// The changes, under a line for each run or undo that made some.
fn text(history: &Document, time_zone: &Zone) -> String {
    let active = if history.active { "in the roster" } else { "not in the roster now" };
    let mut text =
        format!("{} {}, {}: {active}\n", history.kind.as_str(), history.number, named(&history.named));
    let together = |one: &HistoryEntry, next: &HistoryEntry| one.by == next.by;
    for changes in history.changes.chunk_by(together) {
        let HistoryEntry { at, by, .. } = &changes[0];
        let at = at.map_or_else(|| "time not noted".into(), |at| time_zone.show(at));
        let run = by.run.map_or_else(|| "no longer known".into(), |run| run.to_string());
        let upload = by.upload.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        let act = match by.act {
            CauseKind::Run => "run",
            CauseKind::Undo => "undo of run",
            CauseKind::Redo => "put back in place: run",
        };
        writeln!(text, "  {at}  {act} {run}{upload}").expect("a String takes all text");
        for change in changes {
            writeln!(text, "    {}", in_words(history.kind, &change.happened))
                .expect("a String takes all text");
        }
    }
    text
}

fn in_words(kind: EntityKind, happened: &HistoryEvent) -> String {
    let of_class = kind == EntityKind::Class;
    match happened {
        HistoryEvent::Created { values } => {
            let value =
                |FieldValue { field, value }: &FieldValue| format!("{} {}", field.in_words(), shown(value));
            format!("created: {}", values.iter().map(value).collect::<Vec<_>>().join(", "))
        }
        HistoryEvent::Changed { field, from, to } => {
            format!("{}: {} → {}", field.in_words(), shown(from), shown(to))
        }
        HistoryEvent::Deactivated => "deactivated".into(),
        HistoryEvent::Reactivated => "reactivated".into(),
        HistoryEvent::Joined { with } if of_class => format!("joined by {}", named(with)),
        HistoryEvent::Joined { with } => format!("joined class {}", named(with)),
        HistoryEvent::Left { with } if of_class => format!("left by {}", named(with)),
        HistoryEvent::Left { with } => format!("left class {}", named(with)),
        HistoryEvent::BeganTeaching { with } if of_class => format!("taught by {}", named(with)),
        HistoryEvent::BeganTeaching { with } => format!("teaches class {}", named(with)),
        HistoryEvent::EndedTeaching { with } if of_class => format!("no longer taught by {}", named(with)),
        HistoryEvent::EndedTeaching { with } => format!("no longer teaches class {}", named(with)),
    }
}

fn named(named: &EntityName) -> String {
    let EntityName { key, name } = named;
    terminal_safe(&if name.is_empty() { key.clone() } else { format!("{key} ({name})") })
}

fn shown(value: &str) -> String {
    if value.is_empty() { "nothing".into() } else { terminal_safe(value) }
}
