//! Writes `findings.csv`: every finding of a check, for a spreadsheet.

use std::collections::HashMap;
use std::io::{self, Write};

use homeroom_model::csv_safety::{BYTE_ORDER_MARK, escape_formula};
use homeroom_model::finding::Findings;

/// Writes `findings.csv`: a line for each kept finding, then a line for each code that has more findings than are kept.
pub fn write_findings(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut csv = csv::Writer::from_writer(out);
    let is_set = findings.kept().iter().any(|finding| finding.file.is_some());
    if is_set {
        csv.write_field("file")?;
    }
    csv.write_record(["line", "column", "code", "severity", "value", "message", "remedy", "proposed"])?;
    let mut written = HashMap::<_, u64>::new();
    for finding in findings.kept() {
        *written.entry(finding.code).or_default() += 1;
        let line = finding.line.map(|line| line.to_string()).unwrap_or_default();
        if is_set {
            csv.write_field(escape_formula(finding.file.as_deref().unwrap_or_default()))?;
        }
        csv.write_record([
            &line,
            &escape_formula(finding.column.as_deref().unwrap_or_default()),
            finding.code.as_str(),
            finding.code.severity().as_str(),
            &escape_formula(&finding.value),
            &escape_formula(&finding.message),
            finding.code.remedy(),
            &escape_formula(finding.proposed.as_deref().unwrap_or_default()),
        ])?;
    }
    for (code, count) in findings.counts() {
        let more = count - written.get(code).copied().unwrap_or(0);
        if more > 0 {
            let message = format!("{more} more rows have this finding.");
            if is_set {
                csv.write_field("")?;
            }
            csv.write_record([
                "",
                "",
                code.as_str(),
                code.severity().as_str(),
                "",
                &message,
                code.remedy(),
                "",
            ])?;
        }
    }
    csv.flush()
}
