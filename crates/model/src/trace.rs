//! Why someone is, or is not, in the roster or in a class: the way from the person to the result, step by step.

use serde::Serialize;

use crate::ids::RunId;
use crate::word::string_enum;

string_enum!(
    /// What a step of a trace speaks of, in this order.
    TracePart {
        /// Who they are in the stored roster.
        Person = "person",
        /// Which run counts.
        Run = "run",
        /// What the file has of them.
        Line = "line",
        /// What a rule says of it.
        Rule = "rule",
        /// What came of it.
        Result = "result",
    }
);

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceStep {
    /// What it speaks of.
    pub stop: TracePart,
    /// A sentence.
    pub text: String,
    /// The line of the file, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The code of a finding, or the name of a fuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// The answer, with its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// E-mail address or SIS number, as it was asked for.
    pub student: String,
    /// The `class_id`, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Whether they are in the roster now, and in the class when one was asked for.
    pub is_there: bool,
    /// The answer in a sentence or two.
    pub answer: String,
    /// What a person can do about it, when a decision would change the answer.
    #[serde(skip)]
    pub next_step: Option<NextStep>,
    /// How we know.
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
