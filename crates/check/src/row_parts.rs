//! The distinct parts of a file's rows. A flat row has a class part and a student part; each distinct part is validated once.

use homeroom_model::column::Column;
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::roster::Person;
use homeroom_model::string_arena::{StrId, StringArena};

/// School, teacher and class of a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClassPart {
    pub(crate) school: StrId,
    pub(crate) school_name: StrId,
    pub(crate) class: StrId,
    pub(crate) class_name: StrId,
    pub(crate) teacher: Person,
}

/// The distinct parts of one kind: class parts or student parts of a flat file, or the rows of one file of a set.
#[derive(Default)]
pub(crate) struct RowParts<P> {
    pub(crate) texts: StringArena,
    pub(crate) values: Vec<P>,
    /// For each of the values what else is known about it.
    pub(crate) notes: Vec<PartNotes>,
}

/// What is known about a part apart from its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartNotes {
    pub(crate) occurrences: Occurrences,
    pub(crate) findings: Vec<PartFinding>,
    pub(crate) rejected: bool,
    /// Whether its person is a placeholder, so that its rows are accepted without a person.
    pub(crate) is_placeholder: bool,
    /// Whether it has a grade, understood or not.
    pub(crate) has_grade: bool,
}

/// Where a part occurs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Occurrences {
    /// How many rows have it.
    pub(crate) rows: u32,
    pub(crate) first_line: u32,
    pub(crate) last_line: u32,
}

impl Occurrences {
    /// Counts one more row.
    pub(crate) fn add(&mut self, line: u32) {
        if self.rows == 0 {
            self.first_line = line;
        }
        self.rows += 1;
        self.last_line = line;
    }
}

/// A finding about a part; it is reported for every row that has the part.
#[derive(Clone, Debug)]
pub(crate) struct PartFinding {
    pub(crate) code: FindingCode,
    pub(crate) column: Column,
    pub(crate) value: Box<str>,
    pub(crate) message: Box<str>,
    pub(crate) proposed: Option<Box<str>>,
}

impl PartFinding {
    pub(crate) fn new(
        code: FindingCode,
        column: Column,
        value: &str,
        message: impl Into<Box<str>>,
    ) -> PartFinding {
        PartFinding { code, column, value: value.into(), message: message.into(), proposed: None }
    }

    /// The same with the value that we would write there.
    pub(crate) fn proposing(self, proposed: &str) -> PartFinding {
        PartFinding { proposed: Some(proposed.into()), ..self }
    }
}

impl PartNotes {
    /// Adds a finding, and rejects the part if the code rejects rows.
    pub(crate) fn add(&mut self, finding: PartFinding) {
        self.rejected |= finding.code.severity() == Severity::RejectRow;
        self.findings.push(finding);
    }

    /// Whether it has a finding with this code.
    pub(crate) fn has(&self, code: FindingCode) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }
}
