//! A finding of the check about one place in a file, and the collection of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::finding_code::{FindingCode, Severity};

/// One finding. The severity and remedy follow from the code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// Its code.
    pub code: FindingCode,
    /// The file of a set; `None` for a single file.
    #[serde(default)]
    pub file: Option<Box<str>>,
    /// The physical line where the record begins, the header being line 1; `None` for the whole file.
    pub line: Option<u32>,
    /// The column by its standard name, or as the file calls it.
    pub column: Option<Cow<'static, str>>,
    /// The value in the file; empty when there is none.
    pub value: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The value that we would write there, if we know one.
    #[serde(default)]
    pub proposed: Option<String>,
}

impl Finding {
    /// A finding about the whole file.
    pub fn of_file(code: FindingCode, value: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding {
            code,
            file: None,
            line: None,
            column: None,
            value: value.into(),
            message: message.into(),
            proposed: None,
        }
    }

    /// A finding about one line.
    pub fn of_line(
        code: FindingCode,
        line: u32,
        value: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        Finding { line: Some(line), ..Finding::of_file(code, value, message) }
    }

    /// Where it is, in words: `line 12`, `students.csv, line 12`; empty for the whole file.
    pub fn place(&self) -> String {
        match (&self.file, self.line) {
            (None, None) => String::new(),
            (None, Some(line)) => format!("line {line}"),
            (Some(file), None) => file.to_string(),
            (Some(file), Some(line)) => format!("{file}, line {line}"),
        }
    }

    /// The same finding, in a column.
    pub fn in_column(self, column: impl Into<Cow<'static, str>>) -> Finding {
        Finding { column: Some(column.into()), ..self }
    }

    /// The same finding, with the value that we would write.
    pub fn proposing(self, proposed: impl Into<String>) -> Finding {
        Finding { proposed: Some(proposed.into()), ..self }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let more = usize::from(self.proposed.is_some()) + usize::from(self.file.is_some());
        let mut out = serializer.serialize_struct("Finding", 7 + more)?;
        out.serialize_field("code", &self.code)?;
        out.serialize_field("severity", &self.code.severity())?;
        if let Some(file) = &self.file {
            out.serialize_field("file", file)?;
        }
        out.serialize_field("line", &self.line)?;
        out.serialize_field("column", &self.column)?;
        out.serialize_field("value", &self.value)?;
        out.serialize_field("message", &self.message)?;
        out.serialize_field("remedy", self.code.remedy())?;
        if let Some(proposed) = &self.proposed {
            out.serialize_field("proposed", proposed)?;
        }
        out.end()
    }
}

/// All findings of a check. Counts are exact; only the first findings of each code are kept.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<FindingCode, u64>,
}

impl Findings {
    /// Findings of one code that are kept at most, for `findings.csv`.
    pub const KEPT_PER_CODE: u64 = 100_000;
    /// Findings of one code that the JSON of a check shows at most.
    pub const SHOWN_PER_CODE: usize = 1_000;
    /// Findings that are kept at most, apart from those that reject the file.
    const KEPT: usize = 200_000;
    /// The longest value that is kept, in characters.
    const LONGEST_VALUE: usize = 200;

    /// Counts a finding; `finding` is called only when it is kept.
    pub fn add(&mut self, code: FindingCode, finding: impl FnOnce() -> Finding) {
        let count = self.counts.entry(code).or_insert(0);
        *count += 1;
        // What rejects a file is found last, and must be reported.
        let has_room = self.kept.len() < Self::KEPT || code.severity() == Severity::RejectFile;
        if *count <= Self::KEPT_PER_CODE && has_room {
            let mut finding = finding();
            debug_assert_eq!(finding.code, code, "a finding is counted under its own code");
            if let Some((at, _)) = finding.value.char_indices().nth(Self::LONGEST_VALUE) {
                finding.value.truncate(at);
                finding.value.push('…');
            }
            self.kept.push(finding);
        }
    }

    /// Adds a finding that already exists.
    pub fn add_whole(&mut self, finding: Finding) {
        self.add(finding.code, || finding);
    }

    /// Adds the findings of another check.
    pub fn append(&mut self, other: Findings) {
        let Findings { kept, mut counts } = other;
        for finding in kept {
            if let Some(count) = counts.get_mut(&finding.code) {
                *count -= 1;
            }
            self.add_whole(finding);
        }
        for (code, not_kept) in counts {
            *self.counts.entry(code).or_insert(0) += not_kept;
        }
    }

    /// The same findings, all of one file of a set.
    pub fn in_file(mut self, file: &str) -> Findings {
        self.kept.iter_mut().for_each(|finding| finding.file = Some(file.into()));
        self
    }

    /// The exact count of a code.
    pub fn count(&self, code: FindingCode) -> u64 {
        self.counts.get(&code).copied().unwrap_or(0)
    }

    /// Every code that was found, with its exact count.
    pub fn counts(&self) -> &BTreeMap<FindingCode, u64> {
        &self.counts
    }

    /// The kept findings. After [`Findings::sort`] the whole file comes first, then line by line.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// Puts the kept findings in the order of the file.
    pub fn sort(&mut self) {
        self.kept.sort_by(|a, b| {
            (&a.file, a.line, a.code.severity(), a.code, &a.column).cmp(&(
                &b.file,
                b.line,
                b.code.severity(),
                b.code,
                &b.column,
            ))
        });
    }

    /// The kept findings that the JSON of a check shows: at most [`Findings::SHOWN_PER_CODE`] of each code.
    pub fn shown(&self) -> Vec<Finding> {
        let mut shown = BTreeMap::<FindingCode, usize>::new();
        let within = |finding: &&Finding| {
            let count = shown.entry(finding.code).or_insert(0);
            *count += 1;
            *count <= Self::SHOWN_PER_CODE
        };
        self.kept.iter().filter(within).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Findings};
    use crate::finding_code::FindingCode;

    #[test]
    fn appended_findings_are_counted_beyond_what_is_kept() {
        let found = |code, count: u64| {
            let mut findings = Findings::default();
            for line in 0..count {
                findings.add(code, || Finding::of_line(code, line as u32, "", ""));
            }
            findings
        };
        let mut findings = found(FindingCode::DuplicateRow, 3);
        findings.append(found(FindingCode::DuplicateRow, Findings::KEPT_PER_CODE + 7));
        findings.append(found(FindingCode::NameMissing, 2));
        assert_eq!(findings.count(FindingCode::DuplicateRow), Findings::KEPT_PER_CODE + 10);
        assert_eq!(findings.count(FindingCode::NameMissing), 2);
        assert_eq!(findings.kept().len() as u64, Findings::KEPT_PER_CODE + 2);
        assert_eq!(findings.counts().len(), 2, "codes that were not found are not listed");
    }

    #[test]
    fn what_rejects_a_file_is_kept_however_many_findings_there_are() {
        let mut findings = Findings::default();
        for code in [FindingCode::RowTooFewCells, FindingCode::NameMissing, FindingCode::DuplicateRow] {
            for line in 0..Findings::KEPT_PER_CODE {
                findings.add(code, || Finding::of_line(code, line as u32, "", ""));
            }
        }
        assert_eq!(findings.kept().len(), Findings::KEPT);
        findings.add_whole(Finding::of_file(FindingCode::TooManyRowsRejected, "", ""));
        findings.sort();
        assert_eq!(findings.shown()[0].code, FindingCode::TooManyRowsRejected);
    }
}
