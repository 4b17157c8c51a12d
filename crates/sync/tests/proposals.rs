//! Proposals wait until someone decides, and a decision about two records is remembered, on both engines.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use harness::{TestDistrict, class, districts, wanted};
use homeroom_model::entity::EntityRef;
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::time::DAY;
use homeroom_sync::Task;
use homeroom_testkit::{Enrolled, flat_csv};

/// The file of a class after a change of domain, in which student 3 has the name of this version.
fn moved(rows: &[Enrolled], version: u8) -> Vec<u8> {
    let text = String::from_utf8(flat_csv(rows)).unwrap();
    let text = text.replace("students.lincoln.example.org", "pupils.example.org");
    let name = if version == 0 { "Stu,Dent3v1".into() } else { format!("Zoltan{version},Quackenbush") };
    text.replace("Stu,Dent3v1", &name).into_bytes()
}

fn accepted(id: EntityRef) -> ProposalReviews {
    ProposalReviews { accepted: vec![id.into()], ..ProposalReviews::default() }
}

fn rejected(id: EntityRef) -> ProposalReviews {
    ProposalReviews { rejected: vec![id.into()], ..ProposalReviews::default() }
}

fn now(lincoln: &TestDistrict, run: &Run) -> Run {
    lincoln.district.runs_get(run.number).unwrap()
}

/// The proposal about student 3.
fn about_3(run: &Run) -> EntityRef {
    run.report.rekeys.iter().find(|proposal| proposal.from.starts_with("s3@")).unwrap().id
}

#[test]
fn what_waits_is_superseded_again_and_again_and_becomes_one_person() {
    for lincoln in districts() {
        let rows = class(0..40);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let before = lincoln.ids().into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        lincoln.sync(&moved(&rows, 0), RunKind::Live);
        let nights = if lincoln.test.engine == "sqlite" { 200 } else { 20 };
        for night in 1..=nights {
            // Every other night the file is cut off, and then the student is there under yet another name.
            let file = moved(if night % 2 == 0 { &rows } else { &rows[10..] }, night);
            let run = lincoln.sync(&file, RunKind::Live);
            assert!(matches!(run.state, RunState::Held | RunState::Unchanged), "{:?}", run.report);
        }
        let last = moved(&rows, 250);
        let run = lincoln.sync(&last, RunKind::Live);
        assert_eq!(run.state, RunState::Held);
        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
        assert_eq!(lincoln.export(), wanted(&last), "{}", lincoln.test.engine);
        let after = lincoln.ids().into_iter().map(|(_, id)| id).collect::<Vec<_>>();
        assert_eq!(after, before, "everyone is who they were");
        assert_eq!(lincoln.district.pending_proposals_list().unwrap(), []);
    }
}

#[test]
fn nothing_waits_any_more_once_a_file_has_everyone_under_their_own_keys() {
    for lincoln in districts() {
        let rows = class(0..40);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let run = lincoln.sync(&moved(&rows, 0), RunKind::Live);
        lincoln.decide(Task::Discard(run.number, vec![])).unwrap();
        let waiting = || lincoln.district.pending_proposals_list().unwrap().len();
        assert_eq!(waiting(), 40, "{}", lincoln.test.engine);
        lincoln.sync(&flat_csv(&class(1..41)), RunKind::Live);
        assert_eq!(waiting(), 1, "only about the one who is not in the file");
    }
}

#[test]
fn a_rejected_pair_is_not_proposed_again_in_another_file() {
    for lincoln in districts() {
        let rows = class(0..40);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let run = lincoln.sync(&moved(&rows, 0), RunKind::Live);
        let id = about_3(&run);
        lincoln.decide(Task::ReviewProposals(run.number, rejected(id))).unwrap();
        lincoln.decide(Task::Discard(run.number, vec![])).unwrap();
        lincoln.test.clock.advance(DAY);
        let next = lincoln.sync(&moved(&class(0..41), 0), RunKind::Live);
        assert_eq!((next.state, next.report.rekeys.len()), (RunState::Held, 39), "{}", lincoln.test.engine);
        assert!(next.report.rekeys.iter().all(|proposal| proposal.id != id));
    }
}

#[test]
fn an_accepted_pair_stays_one_whatever_the_next_file_makes_of_the_rest() {
    for lincoln in districts() {
        let rows = class(0..40);
        lincoln.sync(&flat_csv(&rows), RunKind::Live);
        let run = lincoln.sync(&moved(&rows, 0), RunKind::Live);
        let id = about_3(&run);
        let unknown = EntityRef { number: 4_000, ..id };
        let refused = lincoln.decide(Task::ReviewProposals(run.number, accepted(unknown))).unwrap_err();
        assert!(refused.contains("; it has student-") && refused.contains("and 20 more"), "{refused}");
        lincoln.decide(Task::ReviewProposals(run.number, rejected(id))).unwrap();
        lincoln.decide(Task::ReviewProposals(run.number, accepted(id))).unwrap();
        assert_eq!(now(&lincoln, &run).report.reviews.accepted, [id.into()], "a strike is reverted");
        lincoln.decide(Task::Discard(run.number, vec![])).unwrap();

        // Alone under the new domain: nothing but the decision says that they are the same.
        let file = String::from_utf8(flat_csv(&rows)).unwrap();
        let file = file.replace("s3@students.lincoln.example.org", "s3@pupils.example.org");
        let run = lincoln.sync(file.as_bytes(), RunKind::Live);
        assert_eq!((run.state, run.report.plan.unwrap().rekey.students), (RunState::Applied, 1));
        assert_eq!(lincoln.ids().len(), 40, "{}", lincoln.test.engine);
    }
}

/// The file of a class in which student 3 has this first name, and an address of its own.
fn nelson(rows: &[Enrolled], first_name: &str) -> Vec<u8> {
    let text = String::from_utf8(flat_csv(rows)).unwrap();
    let address = if first_name == "Mike" { "n.17" } else { "m.17" };
    let cells = format!("{first_name},Nelson,{address}@");
    text.replace("Stu,Dent3v1,s3@", &cells).into_bytes()
}

/// A held run about student 3 alone.
fn asked(lincoln: &TestDistrict) -> Run {
    let rows = class(0..40);
    lincoln.sync(&nelson(&rows, "Michael"), RunKind::Live);
    let run = lincoln.sync(&nelson(&rows, "Mike"), RunKind::Live);
    assert_eq!((run.state, run.report.rekeys.len()), (RunState::Held, 1), "{:?}", run.report);
    run
}

fn review(lincoln: &TestDistrict, run: &Run, reviews: ProposalReviews) -> Result<(), String> {
    lincoln.decide(Task::ReviewProposals(run.number, reviews))
}

fn id_of(lincoln: &TestDistrict, address: &str) -> Option<String> {
    lincoln.ids().into_iter().find(|(email, _)| email.starts_with(address)).map(|(_, id)| id)
}

#[test]
fn the_last_answer_applies_the_run_and_an_approval_finds_nothing_left() {
    for lincoln in districts() {
        let run = asked(&lincoln);
        let before = id_of(&lincoln, "m.17@").unwrap();
        let by_keys = run.report.rekeys[0].from.clone() + "=" + &run.report.rekeys[0].to;
        let accepted = ProposalReviews { accepted: vec![by_keys.parse().unwrap()], ..Default::default() };
        review(&lincoln, &run, accepted.clone()).unwrap();
        let done = now(&lincoln, &run);
        assert_eq!((done.state, id_of(&lincoln, "n.17@")), (RunState::Applied, Some(before.clone())));
        assert_eq!(done.report.held.unwrap().if_approved, "");
        lincoln.decide(Task::Approve(run.number, vec![])).unwrap();
        assert!(review(&lincoln, &run, accepted).unwrap_err().contains("nothing to decide"), "once");

        // Undone, and in the file again: the answer stands until it is forgotten.
        lincoln.decide(Task::Undo(run.number)).unwrap();
        assert_eq!(id_of(&lincoln, "m.17@"), Some(before.clone()), "{}", lincoln.test.engine);
        let again = lincoln.sync(&nelson(&class(0..40), "Mike"), RunKind::Live);
        assert_eq!((again.state, id_of(&lincoln, "n.17@")), (RunState::Applied, Some(before)));
        lincoln.decide(Task::Undo(again.number)).unwrap();
        let decided = lincoln.district.decided_pairs().unwrap();
        lincoln.district.decided_pairs_forget(&decided.iter().cloned().collect::<Vec<_>>()).unwrap();
        let asked_again = lincoln.sync(&nelson(&class(0..40), "Mike"), RunKind::Live);
        assert_eq!((asked_again.state, asked_again.report.rekeys.len()), (RunState::Held, 1));
    }
}

#[test]
fn a_rejected_pair_is_two_people_for_good() {
    for lincoln in districts() {
        let run = asked(&lincoln);
        let before = id_of(&lincoln, "m.17@").unwrap();
        review(&lincoln, &run, rejected(run.report.rekeys[0].id)).unwrap();
        assert_eq!(now(&lincoln, &run).state, RunState::Applied, "{}", lincoln.test.engine);
        let new = id_of(&lincoln, "n.17@").unwrap();
        assert_ne!(new, before);
        // The new one leaves, the old one comes back, and both change places again; others come and go meanwhile.
        lincoln.sync(&nelson(&class(0..41), "Michael"), RunKind::Live);
        assert_eq!((id_of(&lincoln, "m.17@"), id_of(&lincoln, "n.17@")), (Some(before), None));
        let run = lincoln.sync(&nelson(&class(1..41), "Mike"), RunKind::Live);
        assert_eq!((run.state, id_of(&lincoln, "n.17@")), (RunState::Applied, Some(new)), "{:?}", run.report);
    }
}

#[test]
fn what_waits_is_still_asked_after_a_night_without_either() {
    for lincoln in districts() {
        let run = asked(&lincoln);
        let id = run.report.rekeys[0].id;
        let without = class(0..40).into_iter().filter(|row| row.student != 3).collect::<Vec<_>>();
        lincoln.sync(&flat_csv(&without), RunKind::Live);
        let back = lincoln.sync(&nelson(&class(0..40), "Mike"), RunKind::Live);
        assert_eq!(back.state, RunState::Held, "{}: {:?}", lincoln.test.engine, back.report);
        assert_eq!(back.report.rekeys.iter().map(|proposal| proposal.id).collect::<Vec<_>>(), [id]);
        let refused = review(&lincoln, &run, accepted(id)).unwrap_err();
        assert!(refused.contains(&format!("decide about run {}", back.id)), "{refused}");
        review(&lincoln, &back, accepted(id)).unwrap();
        assert_eq!(lincoln.district.roster_load().unwrap().students.len(), 40, "nobody is there twice");
    }
}
