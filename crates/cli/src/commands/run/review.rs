//! `homeroom run strike` and `homeroom run accept`: reviews of a held run's proposals.

use clap::Args;
use homeroom_model::proposal_name::ProposalName;
use homeroom_model::rekey::ProposalReviews;
use homeroom_sync::{Task, queue_decision};

use super::decision::carry_out;
use super::selection::{ReasonArg, RunSelection};
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Strike {
    #[command(flatten)]
    review: Review,
}

#[derive(Args)]
pub(crate) struct Accept {
    #[command(flatten)]
    review: Review,
}

#[derive(Args)]
struct Review {
    #[command(flatten)]
    run: RunSelection,
    /// The proposals, as the run lists them: by id, like student-417, or by the keys of both, like ann@x.org=ann@y.org
    #[arg(required = true, value_name = "ID|FROM=TO")]
    proposals: Vec<ProposalName>,
    #[command(flatten)]
    reason: ReasonArg,
}

impl Strike {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let rejected = self.review.proposals.clone();
        self.review.run(app, output, ProposalReviews { rejected, ..ProposalReviews::default() })
    }
}

impl Accept {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let accepted = self.review.proposals.clone();
        self.review.run(app, output, ProposalReviews { accepted, ..ProposalReviews::default() })
    }
}

impl Review {
    fn run(&self, app: &App, output: &Output, reviews: ProposalReviews) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let district = self.reason.given_for(&district);
        let job = queue_decision(&district, Task::ReviewProposals(number, reviews))?;
        carry_out(app, output, &district, number, job)
    }
}
