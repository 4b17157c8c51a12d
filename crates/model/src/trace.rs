//! Why a student is, or is not, in the roster or in a class: the steps from the person to the result.

use serde::Serialize;

use crate::ids::RunId;
use crate::word::string_enum;

string_enum!(
    /// The subject of a step, in the order of a trace.
    TracePart {
        /// The student in the stored roster.
        Person = "person",
        /// The run that counts.
        Run = "run",
        /// The lines of the file about them.
        Line = "line",
        /// The findings of the check in these lines.
        Rule = "rule",
        /// The answer.
        Result = "result",
    }
);

/// A step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceStep {
    /// The subject.
    #[serde(rename = "stop")]
    pub part: TracePart,
    /// A sentence.
    pub text: String,
    /// The line of the file, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The code of a finding, or the name of a fuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// The answer, with the steps that lead to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// E-mail address or SIS id, as it was asked for.
    pub student: String,
    /// The `class_id`, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Whether they are in the roster now, and in the class when one was asked for.
    pub is_there: bool,
    /// The answer in a sentence or two.
    pub answer: String,
    /// A decision that would change the answer.
    #[serde(skip)]
    pub next_step: Option<NextStep>,
    /// The steps that lead to the answer.
    pub steps: Vec<TraceStep>,
}

/// A decision that would change the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Approve or discard what this run holds.
    Decide(RunId),
    /// Redo this run, which was undone.
    Redo(RunId),
}
