//! Writes a trace step by step.

use homeroom_check::Checked;
use homeroom_model::entity::{ByNumber, StudentNumber};
use homeroom_model::ids::RunNumber;
use homeroom_model::roster::Student;
use homeroom_model::run::Run;
use homeroom_model::stored::{Stored, StoredLink};
use homeroom_model::trace::{Trace, TracePart, TraceStep};
use homeroom_store::{DistrictStore, StoreError};

use super::answer::Answer;
use super::file_lines::FileLines;
use super::subject::Subject;

/// The steps of a trace so far.
#[derive(Default)]
pub(super) struct TraceDraft {
    steps: Vec<TraceStep>,
}

impl TraceDraft {
    fn add(&mut self, part: TracePart, text: impl Into<String>) {
        self.steps.push(TraceStep { part, text: text.into(), line: None, rule: None });
    }

    /// The trace of `subject`, whose last step is the answer.
    pub(super) fn finish(mut self, subject: &Subject<'_>, answer: Answer) -> Trace {
        let Answer { is_there, text: answer, next_step } = answer;
        self.add(TracePart::Result, answer.clone());
        Trace {
            student: subject.key.clone(),
            class: subject.class.map(str::to_owned),
            is_there,
            answer,
            next_step,
            steps: self.steps,
        }
    }

    pub(super) fn add_student(
        &mut self,
        district: &DistrictStore,
        subject: &Subject<'_>,
    ) -> Result<(), StoreError> {
        let Some(student) = subject.student else {
            let text = format!("Nobody in the stored roster has or had the key {}.", subject.key);
            self.add(TracePart::Person, text);
            return Ok(());
        };
        self.add(TracePart::Person, student_text(district, subject, student)?);
        if student.active {
            let classes = classes_of(subject, student);
            let text = match classes.as_slice() {
                [] => "In no class.".to_owned(),
                classes => format!("In the classes {}.", classes.join(", ")),
            };
            self.add(TracePart::Person, text);
        }
        Ok(())
    }

    /// `newer` is a later run that was only tested.
    pub(super) fn add_run(&mut self, run: &Run, newer: Option<&Run>) {
        let at = run.finished_at.map(|at| at.to_string()).unwrap_or_default();
        let text = format!(
            "The run that counts is {} of {} ({}, {at}): {}.",
            run.id, run.upload.name, run.kind, run.state
        );
        self.add(TracePart::Run, text);
        if let Some(newer) = newer {
            let text = format!(
                "A newer file was only tested: run {} of {} ({}).",
                newer.id, newer.upload.name, newer.state
            );
            self.add(TracePart::Run, text);
        }
    }

    pub(super) fn add_lines(&mut self, subject: &Subject<'_>, scanned: &FileLines) {
        if scanned.is_set {
            self.add(TracePart::Line, "The file is a set of several files: see its findings for lines.");
            return;
        }
        for (line, class) in &scanned.lines {
            self.add_line(*line, format!("Line {line} names them in class {class}."));
        }
        if scanned.lines.is_empty() {
            let text = match (subject.class, scanned.rows) {
                (Some(class), 1..) => {
                    format!("{} rows name them, none of them in class {class}.", scanned.rows)
                }
                _ => format!("No row has the key {}.", subject.key),
            };
            self.add(TracePart::Line, text);
        }
        if scanned.rows == 0 {
            for (line, email) in &scanned.namesakes {
                self.add_line(*line, format!("Line {line} has the same name with the address '{email}'."));
            }
        }
    }

    fn add_line(&mut self, line: u32, text: String) {
        self.steps.push(TraceStep { part: TracePart::Line, text, line: Some(line), rule: None });
    }

    pub(super) fn add_findings(&mut self, checked: &Checked, scanned: &FileLines) {
        for finding in scanned.findings(checked) {
            let text = format!("{}: {} {}", finding.code, finding.message, finding.code.remedy());
            let rule = Some(finding.code.to_string());
            self.steps.push(TraceStep { part: TracePart::Rule, text, line: finding.line, rule });
        }
    }
}

/// The student's name and activity, and the runs that created and last changed them.
fn student_text(
    district: &DistrictStore,
    subject: &Subject<'_>,
    student: &Stored<Student>,
) -> Result<String, StoreError> {
    let (first, last) = subject.name().unwrap_or_default();
    let key = subject.stored.texts.get(student.values.person.key());
    let state = if student.active { "active" } else { "not active" };
    let (created, changed) = district.student_runs(student.number)?;
    let mut text = format!(
        "{first} {last} ({key}) is student {} and {state}; created by {}",
        student.number,
        run_text(district, created)?
    );
    if changed != created {
        let what = if student.active { "last changed" } else { "removed" };
        text.push_str(&format!(", {what} by {}", run_text(district, changed)?));
    }
    Ok(text + ".")
}

fn run_text(district: &DistrictStore, number: RunNumber) -> Result<String, StoreError> {
    Ok(match district.runs_find(number)? {
        Some(run) => {
            let at = run.finished_at.map(|at| at.to_string()).unwrap_or_default();
            format!("run {} ({}) of {at}", run.id, run.upload.name)
        }
        None => "an undo".to_owned(),
    })
}

/// The ids of the classes they are in.
fn classes_of<'s>(subject: &Subject<'s>, student: &Stored<Student>) -> Vec<&'s str> {
    let stored = subject.stored;
    let class_key = |enrollment: &StoredLink<StudentNumber>| {
        Some(stored.texts.get(stored.classes.by_number(enrollment.link.class)?.values.key))
    };
    let enrollments = stored.enrollments.iter();
    enrollments
        .filter(|enrollment| enrollment.active && enrollment.link.person == student.number)
        .filter_map(class_key)
        .collect()
}
