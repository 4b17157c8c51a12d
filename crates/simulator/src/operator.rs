//! The person who decides about holds, by the truth: right proposals are accepted and wrong ones rejected before the rest is approved.

use std::collections::BTreeMap;

use homeroom_model::entity::{ClassNumber, EntityNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Proposal, ProposalReviews};

use crate::file::NightFile;
use crate::judge::Judge;
use crate::truth::{PersonId, Role};
use homeroom_model::Column;

/// What to say about the proposals of a held run.
pub(crate) fn review(proposals: &[Proposal], judge: &Judge, sent: &NightFile) -> ProposalReviews {
    let people = people_by_key(sent);
    let classes = sent.rows.iter().map(|row| (row.cell(Column::ClassId), row.class));
    let classes = classes.collect::<BTreeMap<_, _>>();
    let mut reviews = ProposalReviews::default();
    for proposal in proposals {
        let in_file = |role| people.get(&(role, proposal.to.to_lowercase())).copied();
        let (is, in_file) = match proposal.id.kind {
            EntityKind::Teacher => (judge.owners.owner(proposal.id), in_file(Role::Teacher)),
            EntityKind::Student => (judge.owners.owner(proposal.id), in_file(Role::Student)),
            EntityKind::Class => {
                let class = judge.class_owners.owner(ClassNumber::from_u32(proposal.id.number));
                (class, classes.get(proposal.to.as_str()).copied())
            }
            EntityKind::School => continue,
        };
        let is_right = in_file.is_some() && in_file == is;
        match (is_right, proposal.confidence) {
            (true, Confidence::Doubtful) => reviews.accepted.push(proposal.id.into()),
            (false, Confidence::Probable | Confidence::Certain) => reviews.rejected.push(proposal.id.into()),
            _ => {}
        }
    }
    reviews
}

fn people_by_key(sent: &NightFile) -> BTreeMap<(Role, String), PersonId> {
    let mut people = BTreeMap::new();
    for row in &sent.rows {
        let keys = [
            (Role::Student, row.student, [Column::StudentEmail, Column::StudentId]),
            (Role::Teacher, row.teacher, [Column::TeacherEmail, Column::TeacherId]),
        ];
        for (role, person, columns) in keys {
            for (column, person) in columns.into_iter().filter_map(|column| Some((column, person?))) {
                people.insert((role, row.cell(column).to_lowercase()), person);
            }
        }
    }
    people
}
