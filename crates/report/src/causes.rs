//! Findings grouped by code, worst first.

use std::collections::BTreeMap;

use homeroom_model::check_report::CheckReport;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;

/// The most examples of a cause.
const MAX_EXAMPLES: usize = 5;

/// A finding code of a check, with its count and examples.
pub struct Cause<'f> {
    /// The code.
    pub code: FindingCode,
    /// How often it was found.
    pub count: u64,
    /// The first findings.
    pub examples: Vec<&'f Finding>,
}

/// The causes of a check by severity, then the most frequent first.
pub fn causes(check: &CheckReport) -> Vec<Cause<'_>> {
    let mut examples = BTreeMap::<FindingCode, Vec<&Finding>>::new();
    for finding in &check.findings {
        let of_code = examples.entry(finding.code).or_default();
        if of_code.len() < MAX_EXAMPLES {
            of_code.push(finding);
        }
    }
    let mut causes = check
        .finding_counts
        .iter()
        .map(|(code, count)| Cause {
            code: *code,
            count: *count,
            examples: examples.remove(code).unwrap_or_default(),
        })
        .collect::<Vec<_>>();
    causes.sort_by_key(|cause| (cause.code.severity(), std::cmp::Reverse(cause.count)));
    causes
}
