//! `homeroom history`: everything that happened to one school, class, teacher or student.

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

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct History {
    /// The district
    slug: Slug,
    #[command(flatten)]
    entity: EntityArgs,
}

/// The entity that has or had this key, also after it has left the roster.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct EntityArgs {
    /// A student, by current or former e-mail address or SIS id
    #[arg(long, value_name = "KEY")]
    student: Option<String>,
    /// A teacher, by current or former e-mail address or SIS id
    #[arg(long, value_name = "KEY")]
    teacher: Option<String>,
    /// A class, by current or former class_id
    #[arg(long, value_name = "ID")]
    class: Option<String>,
    /// A school, by current or former school_id
    #[arg(long, value_name = "ID")]
    school: Option<String>,
}

impl EntityArgs {
    /// Its kind and key.
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
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        let (settings, district) = app.district(&self.slug)?;
        let Some((kind, key)) = self.entity.kind_and_key() else {
            bail!("name an entity: --student, --teacher, --class or --school");
        };
        let found = find_histories(&district, kind, key)?;
        if found.is_empty() {
            let keys = match kind {
                EntityKind::Student | EntityKind::Teacher => "e-mail address or SIS id",
                EntityKind::Class | EntityKind::School => "id",
            };
            bail!(
                "{} never had a {} with the {keys} '{key}': check the spelling in \
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

/// The changes, grouped by the run, undo or redo that made them.
fn text(history: &Document, time_zone: &Zone) -> String {
    let active = if history.active { "in the roster" } else { "not in the roster now" };
    let mut text =
        format!("{} {}, {}: {active}\n", history.kind.as_str(), history.number, entity_text(&history.named));
    let same_cause = |entry: &HistoryEntry, next: &HistoryEntry| entry.cause == next.cause;
    for changes in history.changes.chunk_by(same_cause) {
        let HistoryEntry { at, cause, .. } = &changes[0];
        let at = at.map_or_else(|| "time unknown".into(), |at| time_zone.show(at));
        let run = cause.run.map_or_else(|| "no longer known".into(), |run| run.to_string());
        let upload = cause.upload.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        let act = match cause.kind {
            CauseKind::Run => "run",
            CauseKind::Undo => "undo of run",
            CauseKind::Redo => "redo of run",
        };
        let by =
            cause.by.as_ref().map(|by| format!(", {}", terminal_safe(&by.in_words()))).unwrap_or_default();
        writeln!(text, "  {at}  {act} {run}{upload}{by}").expect("a String takes all text");
        for change in changes {
            writeln!(text, "    {}", event_text(history.kind, &change.event))
                .expect("a String takes all text");
        }
    }
    text
}

fn event_text(kind: EntityKind, event: &HistoryEvent) -> String {
    let of_class = kind == EntityKind::Class;
    match event {
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
        HistoryEvent::Joined { with } if of_class => format!("joined by {}", entity_text(with)),
        HistoryEvent::Joined { with } => format!("joined class {}", entity_text(with)),
        HistoryEvent::Left { with } if of_class => format!("left by {}", entity_text(with)),
        HistoryEvent::Left { with } => format!("left class {}", entity_text(with)),
        HistoryEvent::BeganTeaching { with } if of_class => format!("taught by {}", entity_text(with)),
        HistoryEvent::BeganTeaching { with } => format!("teaches class {}", entity_text(with)),
        HistoryEvent::EndedTeaching { with } if of_class => {
            format!("no longer taught by {}", entity_text(with))
        }
        HistoryEvent::EndedTeaching { with } => format!("no longer teaches class {}", entity_text(with)),
    }
}

fn entity_text(name: &EntityName) -> String {
    let EntityName { key, name } = name;
    terminal_safe(&if name.is_empty() { key.clone() } else { format!("{key} ({name})") })
}

fn shown(value: &str) -> String {
    if value.is_empty() { "nothing".into() } else { terminal_safe(value) }
}
