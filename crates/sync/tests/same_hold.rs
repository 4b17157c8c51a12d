//! The same file again while its changes wait, and runs whose place another one has taken, on both engines.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use harness::{TestDistrict, class, districts};
use homeroom_model::fuse::Fuse;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::time::DAY;
use homeroom_sync::Task;
use homeroom_testkit::flat_csv;
use jiff::SignedDuration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn now(lincoln: &TestDistrict, run: &Run) -> Run {
    lincoln.district.runs_get(run.number).unwrap()
}

/// A district of 100 students, and a held run of a file that has half of them.
fn half_is_held(lincoln: &TestDistrict) -> Run {
    lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
    lincoln.test.clock.advance(SECOND);
    let run = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
    assert_eq!(run.state, RunState::Held);
    lincoln.test.clock.advance(DAY);
    run
}

#[test]
fn the_same_file_again_is_the_same_hold() {
    for lincoln in districts() {
        let held = half_is_held(&lincoln);
        for _ in 0..3 {
            let again = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
            assert_eq!((again.state, again.report.same_as), (RunState::Unchanged, Some(held.id)));
            assert!(again.report.messages[0].contains("still wait until 16 Sep 2026"), "{again:?}");
            assert_eq!(now(&lincoln, &held), held, "with its end, {}", lincoln.test.engine);
            let refused = lincoln.decide(Task::Approve(again.number, vec![])).unwrap_err();
            assert!(refused.contains(&format!("decide about run {}", held.id)), "{refused}");
            lincoln.test.clock.advance(DAY);
        }
        lincoln.decide(Task::Approve(held.number, vec![])).unwrap();
        assert_eq!(lincoln.ids().len(), 50);
        let again = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        assert_eq!((again.state, again.report.same_as), (RunState::Unchanged, None), "it is applied now");
    }
}

#[test]
fn the_same_file_is_another_hold_once_the_settings_have_changed() {
    for lincoln in districts() {
        let held = half_is_held(&lincoln);
        lincoln.change_settings(|settings| settings.policy.set_fuse(Fuse::Class, "off").unwrap());
        let again = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        assert_eq!((again.state, again.report.same_as), (RunState::Held, None));
        assert_eq!(now(&lincoln, &held).state, RunState::Superseded, "{}", lincoln.test.engine);
        lincoln.test.clock.advance(DAY);
        lincoln.decide(Task::Discard(again.number, vec![])).unwrap();
        let again = lincoln.sync(&flat_csv(&class(0..50)), RunKind::Live);
        assert_eq!(again.state, RunState::Held, "and once it was discarded");
    }
}

#[test]
fn a_superseded_run_leads_to_the_one_to_decide_about() {
    for lincoln in districts() {
        let old = half_is_held(&lincoln);
        let new = lincoln.sync(&flat_csv(&class(0..40)), RunKind::Live);
        let newest = lincoln.sync(&flat_csv(&class(0..30)), RunKind::Live);
        assert_eq!((now(&lincoln, &old).state, newest.state), (RunState::Superseded, RunState::Held));
        for superseded in [&old, &new] {
            let refused = lincoln.decide(Task::Approve(superseded.number, vec![])).unwrap_err();
            assert!(refused.contains("superseded") && refused.contains(&newest.id.to_string()), "{refused}");
        }
        let good = lincoln.sync(&flat_csv(&class(0..100)), RunKind::Live);
        let refused = lincoln.decide(Task::Discard(old.number, vec![])).unwrap_err();
        assert!(refused.contains(&format!("run {} is applied", good.id)), "{refused}");
    }
}
