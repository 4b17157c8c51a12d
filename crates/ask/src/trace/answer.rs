//! Answers why a student is, or is not, in the roster or in a class.

use homeroom_check::Checked;
use homeroom_model::district::District;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::Severity;
use homeroom_model::pin::{Pin, PinChange};
use homeroom_model::roster::Person;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::trace::NextStep;

use super::file_lines::FileLines;
use super::held_change::HeldChange;
use super::subject::{Subject, is_class};

/// Whether a student is there, and why.
pub(super) struct Answer {
    pub(super) is_there: bool,
    pub(super) text: String,
    /// A decision that would change the answer.
    pub(super) next_step: Option<NextStep>,
}

/// The facts from which the answer follows.
pub(super) struct Facts<'s> {
    pub(super) subject: &'s Subject<'s>,
    pub(super) settings: &'s District,
    /// The run that counts.
    pub(super) run: &'s Run,
    pub(super) checked: &'s Checked,
    pub(super) scanned: &'s FileLines,
    pub(super) pins: &'s [Pin],
    pub(super) held: Option<HeldChange>,
}

/// Why a student is, or is not, there.
#[derive(Clone, Copy)]
enum Reason<'f> {
    FileRejected,
    ChangeHeld(&'f HeldChange),
    LineRejected(&'f Finding),
    /// The pin is reason enough.
    Pinned,
    KeptByRejectedRows,
    FromEarlierFile,
    NoSuchClass,
    NotInFile,
    InFile,
    OnlyTested,
    Undone,
    ChangedSince,
}

impl Facts<'_> {
    pub(super) fn answer(&self) -> Answer {
        let is_there = self.subject.is_there();
        let verb = if is_there { "is" } else { "is not" };
        let place = match self.subject.class {
            Some(class) => format!("in class {class}"),
            None => "in the roster".into(),
        };
        let mut sentences = vec![format!("{} {verb} {place}.", self.subject.key)];
        let pin = self.pins.iter().find(|pin| self.is_about(pin));
        let reason = self.reason(pin);
        sentences.extend(self.in_words(reason));
        if let Some(pin) = pin {
            sentences.push(format!(
                "Pin {} counts: {}, by {}.",
                pin.number,
                pin.change.in_words(),
                pin.owner
            ));
        }
        let next_step = match reason {
            Reason::ChangeHeld(_) => Some(NextStep::Decide(self.run.id)),
            Reason::Undone => Some(NextStep::Redo(self.run.id)),
            _ => None,
        };
        Answer { is_there, text: sentences.join(" "), next_step }
    }

    fn reason(&self, pin: Option<&Pin>) -> Reason<'_> {
        if self.run.state == RunState::Rejected {
            return Reason::FileRejected;
        }
        if let Some(held) = &self.held {
            return Reason::ChangeHeld(held);
        }
        let mut findings = self.scanned.findings(self.checked);
        if let Some(finding) = findings.find(|finding| finding.code.severity() == Severity::RejectRow) {
            return Reason::LineRejected(finding);
        }
        if pin.is_some() {
            return Reason::Pinned;
        }
        let is_there = self.subject.is_there();
        if !self.subject.is_in_file(&self.checked.roster) {
            return match self.subject.class {
                _ if is_there && self.checked.report.rows_rejected > 0 => Reason::KeptByRejectedRows,
                _ if is_there => Reason::FromEarlierFile,
                Some(class) if !self.has_class(class) => Reason::NoSuchClass,
                _ => Reason::NotInFile,
            };
        }
        match self.run.state {
            _ if is_there => Reason::InFile,
            _ if self.run.kind == RunKind::Test => Reason::OnlyTested,
            RunState::Tested => Reason::OnlyTested,
            RunState::Undone => Reason::Undone,
            _ => Reason::ChangedSince,
        }
    }

    fn in_words(&self, reason: Reason<'_>) -> Option<String> {
        Some(match reason {
            Reason::Pinned => return None,
            Reason::FileRejected => self.rejected_file(),
            Reason::ChangeHeld(held) => held_text(held),
            Reason::LineRejected(finding) => self.rejected_line(finding),
            Reason::KeptByRejectedRows => {
                "The run's file does not have them; they are kept as they were, because nothing that a rejected row names \
                 is removed."
                    .into()
            }
            Reason::FromEarlierFile => {
                "The run's file does not have them; they come from an earlier one.".into()
            }
            Reason::NoSuchClass => {
                "There is no such class, in the file or in the roster: check its class_id.".into()
            }
            Reason::NotInFile => self.not_in_file(),
            Reason::InFile => "The file has them.".into(),
            Reason::OnlyTested => format!(
                "The file has them, but the run was a test: nothing was applied (the district is {}).",
                self.settings.stage
            ),
            Reason::Undone => "The file has them, but the run was undone.".into(),
            Reason::ChangedSince => {
                "The file has them and the run was applied; its history has what was decided about it since."
                    .into()
            }
        })
    }

    fn rejected_file(&self) -> String {
        let mut findings = self.checked.findings.kept().iter();
        let first = findings.find(|finding| finding.code.severity() == Severity::RejectFile);
        let cause = first.map_or("see its findings.".to_owned(), |finding| {
            format!("{} {}", finding.message, finding.code.remedy())
        });
        format!("The newest file was rejected as a whole, so nothing was changed: {cause}")
    }

    fn rejected_line(&self, finding: &Finding) -> String {
        let kept = match self.subject.is_there() {
            true => " They are kept as they were, because a rejected row names them.",
            false => "",
        };
        let (place, remedy) = (finding.place(), finding.code.remedy());
        format!("{place} was left out: {} {remedy}{kept}", finding.message)
    }

    fn not_in_file(&self) -> String {
        let of_class = self.subject.class.map(|class| format!(" in class {class}")).unwrap_or_default();
        let namesake = match self.scanned.namesakes.is_empty() {
            true => "",
            false => " The same name is listed with another address.",
        };
        format!("The file has no row for them{of_class}.{namesake} Add them to the export.")
    }

    /// Whether the file or the roster has such a class.
    fn has_class(&self, class_id: &str) -> bool {
        let (stored, wanted) = (self.subject.stored, &self.checked.roster);
        stored.classes.iter().any(|class| is_class(stored.texts.get(class.values.key), class_id))
            || wanted.classes.iter().any(|class| is_class(wanted.texts.get(class.key), class_id))
    }

    fn is_about(&self, pin: &Pin) -> bool {
        let Subject { stored, student, .. } = self.subject;
        let is_theirs = |key: &str| {
            let has_key = |person: &Person| {
                stored.texts.get(person.email) == key || stored.texts.get(person.sis_id) == key
            };
            key == self.subject.key || student.is_some_and(|student| has_key(&student.values.person))
        };
        match &pin.change {
            PinChange::ExtraStudent { class, student, .. } => {
                is_theirs(&student.key) && self.subject.class.is_none_or(|asked| asked == class)
            }
            PinChange::Excluded { person } => is_theirs(person),
            PinChange::CoTeacher { .. } | PinChange::ClassName { .. } => false,
        }
    }
}

fn held_text(held: &HeldChange) -> String {
    let fuse = held.fuse.as_ref().map(|blown| format!(" ({} fuse: {})", blown.fuse, blown.message));
    let proposal = held.proposal.as_ref();
    let proposal =
        proposal.map(|proposal| format!(" It is proposal {}: {}.", proposal.id, proposal.in_words()));
    format!(
        "A change waits for a decision: {}{}.{}",
        held.waiting.in_words(),
        fuse.unwrap_or_default(),
        proposal.unwrap_or_default()
    )
}
