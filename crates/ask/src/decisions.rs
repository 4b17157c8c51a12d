//! What people say about proposals, whether of a held run or of two files.

use hashbrown::HashMap;
use homeroom_model::decided_pair::{DecidedPair, DecidedPairs};
use homeroom_model::ids::RunId;
use homeroom_model::proposal_name::ProposalName;
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::{Proposal, ProposalReviews};
use homeroom_model::stored::StoredRoster;

use crate::planning::SplitPlan;

/// What follows from answers to proposals.
pub(crate) struct Decided {
    /// The answers, as decisions about pairs.
    pub(crate) new: Vec<DecidedPair>,
    /// All decisions, the new ones among them.
    pub(crate) all: DecidedPairs,
}

/// Finds the proposals that are accepted and rejected. Whoever is rejected may be proposed for another record, and what was rejected
/// before may be accepted after all: so `plan`, which plans with decisions, is asked again as long as it brings out what is named.
/// `earlier` are the decisions that stand already, and `proposals` those of the plan that follows from them.
///
/// # Errors
/// [`Refusal::NoSuchProposal`] when nothing has the name, and [`Refusal::AcceptedAndRejected`].
pub(crate) fn decide(
    (run, stored): (Option<RunId>, &StoredRoster),
    reviews: &ProposalReviews,
    earlier: &DecidedPairs,
    plan: &mut dyn FnMut(&DecidedPairs) -> SplitPlan,
) -> Result<Decided, Refusal> {
    if let Some(both) = reviews.rejected.iter().find(|name| reviews.accepted.contains(name)) {
        return Err(Refusal::AcceptedAndRejected { proposal: both.clone() });
    }
    let mut open = reviews.rejected.iter().map(|name| (name, false)).collect::<Vec<_>>();
    open.extend(reviews.accepted.iter().map(|name| (name, true)));
    let mut decided = Decided { new: vec![], all: earlier.clone() };
    let mut taken_back = false;
    let mut proposals = proposals_of(&plan(earlier));
    while !open.is_empty() {
        let left = decided.take_up(&proposals, &open)?;
        if left.len() == open.len() && taken_back {
            let (proposal, _) = left[0];
            let proposals = proposals.iter().map(|proposal| proposal.id).collect();
            return Err(Refusal::NoSuchProposal { run, proposal: proposal.clone(), proposals });
        }
        if left.len() == open.len() {
            // What was decided about them before is open again.
            decided.take_back(stored, &left);
            taken_back = true;
        }
        if !left.is_empty() {
            proposals = proposals_of(&plan(&decided.all));
        }
        open = left;
    }
    Ok(decided)
}

fn proposals_of(plan: &SplitPlan) -> Vec<Proposal> {
    plan.parts.safe.proposals.clone()
}

impl Decided {
    /// Notes the answers to these proposals; the names that are left.
    fn take_up<'n>(
        &mut self,
        proposals: &[Proposal],
        names: &[(&'n ProposalName, bool)],
    ) -> Result<Vec<(&'n ProposalName, bool)>, Refusal> {
        let by_id = proposals.iter().map(|proposal| (proposal.id, proposal)).collect::<HashMap<_, _>>();
        let find = |name: &ProposalName| match name {
            ProposalName::Id(id) => by_id.get(id).copied(),
            ProposalName::Keys { .. } => proposals.iter().find(|proposal| proposal.is_named(name)),
        };
        let mut left = Vec::new();
        let mut answers = HashMap::new();
        for (name, is_same) in names {
            let Some(proposal) = find(name) else {
                left.push((*name, *is_same));
                continue;
            };
            match answers.insert(proposal.id, *is_same) {
                None => {}
                Some(answer) if answer == *is_same => continue,
                Some(_) => return Err(Refusal::AcceptedAndRejected { proposal: (*name).clone() }),
            }
            let pair = if *is_same { DecidedPair::same(proposal) } else { DecidedPair::different(proposal) };
            self.all.add(pair.clone());
            self.new.push(pair);
        }
        Ok(left)
    }

    /// Forgets what was decided earlier about the pairs with these names.
    fn take_back(&mut self, stored: &StoredRoster, names: &[(&ProposalName, bool)]) {
        let new = std::mem::take(&mut self.new);
        self.all.forget(|pair| {
            let key = stored.key_and_name(pair.id).map_or("", |(key, _)| key);
            !new.contains(pair) && names.iter().any(|(name, _)| name.names(pair.id, key, &pair.key))
        });
        self.new = new;
    }
}
