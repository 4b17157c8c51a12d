//! The JSON of a check; with `--against`, also the plan between the two files.

use std::collections::BTreeMap;

use homeroom_model::check_report::CheckReport;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::hold::Held;
use homeroom_model::rekey::{MatchedBy, Proposal, ProposalReviews};
use homeroom_model::run::RunReport;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CheckDocument<'d> {
    #[serde(flatten)]
    check: &'d CheckReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'d Held>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<&'d BTreeMap<MatchedBy, Counts>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rekeys: Option<&'d [Proposal]>,
    #[serde(rename = "verdicts", skip_serializing_if = "Option::is_none")]
    reviews: Option<&'d ProposalReviews>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<&'d [String]>,
}

impl<'d> CheckDocument<'d> {
    pub(super) fn new(check: &'d CheckReport, preview: Option<&'d RunReport>) -> CheckDocument<'d> {
        CheckDocument {
            check,
            plan: preview.and_then(|preview| preview.plan),
            held: preview.and_then(|preview| preview.held.as_ref()),
            matched: preview.map(|preview| &preview.matched),
            rekeys: preview.map(|preview| preview.rekeys.as_slice()),
            reviews: preview.map(|preview| &preview.reviews).filter(|reviews| !reviews.is_empty()),
            messages: preview.map(|preview| preview.messages.as_slice()),
        }
    }
}
