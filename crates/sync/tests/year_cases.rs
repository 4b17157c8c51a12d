//! Nights that depend on those before them: the files of each folder of `year_cases` in their order, as live runs on their days on both
//! engines. `want.json` says what must be so after the last one.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use harness::{TestDistrict, districts};
use homeroom_model::entity::EntityRef;
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::time::days;
use homeroom_sync::Task;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

/// What must be so after the last file. Holds of the files before it are approved, unless they are to be discarded.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Want {
    files: Vec<String>,
    /// The files whose holds are discarded.
    discard: Vec<String>,
    /// The day of each file; without them, one after the other.
    days: Vec<Date>,
    school_year: Option<String>,
    /// The states that the last run may have.
    state: Vec<RunState>,
    /// A part of what a fuse of the last run says.
    said: Option<String>,
    /// The keys of a proposal of the last run that is accepted.
    accept: Option<(String, String)>,
    /// Approve what the last run holds, this many days later.
    approve: bool,
    approve_after_days: u32,
    /// The last run leaves the hold of the one before it as it was.
    same_hold: bool,
    active_students: Option<usize>,
    active: Vec<String>,
    inactive: Vec<String>,
    /// Addresses of the same person after the first file and after the last.
    same_id: Vec<(String, String)>,
    /// Addresses of which nobody has the account of the first file.
    other_id: Vec<String>,
    /// Addresses of people, each with the id of a class that they are in, or teach; and of one in which they are not.
    links: Vec<(String, String)>,
    no_links: Vec<(String, String)>,
    /// Addresses of people, each with a name.
    names: Vec<(String, String)>,
    /// Ids of classes that the last run creates.
    new_classes: Vec<String>,
}

/// The numbers of active entities of a kind by their keys.
fn active(lincoln: &TestDistrict, kind: EntityKind) -> BTreeMap<String, u32> {
    let stored = lincoln.district.roster_load().unwrap();
    let text = |id| stored.texts.get(id).to_owned();
    match kind {
        EntityKind::Class => {
            let classes = stored.classes.iter().filter(|class| class.active);
            classes.map(|class| (text(class.values.key), class.number.0)).collect()
        }
        _ => {
            let students = stored.students.iter().filter(|student| student.active);
            students.map(|student| (text(student.values.person.email), student.number.0)).collect()
        }
    }
}

fn approve(lincoln: &TestDistrict, run: &Run) {
    lincoln.decide(Task::Approve(run.number, vec![])).unwrap_or_else(|refused| panic!("{refused}"));
}

/// Moves the clock to a day.
fn go_to(lincoln: &TestDistrict, day: Date) {
    let then = format!("{day}T18:00:00Z").parse::<Timestamp>().unwrap();
    lincoln.test.clock.advance(then.duration_since(lincoln.test.store.now()));
}

fn accept(lincoln: &TestDistrict, run: &Run, (from, to): &(String, String)) {
    let found = run.report.rekeys.iter().find(|proposal| proposal.from == *from && proposal.to == *to);
    let accepted = vec![found.unwrap_or_else(|| panic!("{:?}", run.report.rekeys)).id.into()];
    let reviews = ProposalReviews { accepted, ..ProposalReviews::default() };
    lincoln.decide(Task::ReviewProposals(run.number, reviews)).unwrap_or_else(|refused| panic!("{refused}"));
}

fn play(lincoln: &TestDistrict, folder: &Path) {
    let want = serde_json::from_slice::<Want>(&fs::read(folder.join("want.json")).unwrap()).unwrap();
    if let Some(start) = &want.school_year {
        lincoln.change_settings(|settings| settings.policy.set_school_year(start).unwrap());
    }
    let mut runs = Vec::<Run>::new();
    let mut first_students = BTreeMap::new();
    let mut classes_before = BTreeMap::new();
    for (at, file) in want.files.iter().enumerate() {
        match want.days.get(at) {
            Some(day) => go_to(lincoln, *day),
            None => lincoln.test.clock.advance(days(1)),
        }
        classes_before = active(lincoln, EntityKind::Class);
        let run = lincoln.sync(&fs::read(folder.join(file)).unwrap(), RunKind::Live);
        let is_last = at + 1 == want.files.len();
        if run.state == RunState::Held && !is_last && !want.same_hold {
            if want.discard.contains(file) {
                lincoln
                    .decide(Task::Discard(run.number, vec![]))
                    .unwrap_or_else(|refused| panic!("{refused}"));
            } else {
                approve(lincoln, &run);
            }
        }
        runs.push(run);
        if at == 0 {
            first_students = active(lincoln, EntityKind::Student);
        }
    }
    let last = runs.last().unwrap();
    assert!(want.state.is_empty() || want.state.contains(&last.state), "{}: {:?}", last.state, last.report);
    if let Some(said) = &want.said {
        let fuses = last.report.held.iter().flat_map(|held| &held.fuses).collect::<Vec<_>>();
        assert!(fuses.iter().any(|blown| blown.message.contains(said)), "{fuses:?}");
    }
    if let Some(keys) = &want.accept {
        accept(lincoln, last, keys);
    }
    if want.approve {
        lincoln.test.clock.advance(days(want.approve_after_days));
        approve(lincoln, last);
    }
    if want.same_hold {
        let held = &runs[runs.len() - 2];
        assert_eq!(
            (last.report.same_as, lincoln.district.runs_get(held.number).unwrap()),
            (Some(held.id), held.clone())
        );
    }
    check_students(lincoln, &want, &first_students, last);
    check_links(lincoln, &want);
    let classes = active(lincoln, EntityKind::Class);
    for key in &want.new_classes {
        let new = classes.get(key).unwrap_or_else(|| panic!("no class {key}"));
        assert!(!classes_before.values().any(|number| number == new), "{key} is an old class");
    }
}

/// Who is active, and who still has the account of the first day.
fn check_students(lincoln: &TestDistrict, want: &Want, first_students: &BTreeMap<String, u32>, last: &Run) {
    let students = active(lincoln, EntityKind::Student);
    if let Some(count) = want.active_students {
        assert_eq!(students.len(), count, "{:?}", last.report);
    }
    for email in &want.active {
        assert!(students.contains_key(email), "{email} is not active: {:?}", last.report);
    }
    for email in &want.inactive {
        assert!(!students.contains_key(email), "{email} is active: {:?}", last.report);
    }
    for email in &want.other_id {
        let before = first_students.get(email);
        assert!(before.is_some() && students.get(email) != before, "{email}: {:?}", last.report);
    }
    for (before, after) in &want.same_id {
        let (before, after) = (first_students.get(before), students.get(after));
        assert!(before.is_some() && before == after, "{before:?} is not {after:?}: {:?}", last.report);
    }
}

/// Who is in which class, and what they are called. People without a SIS id have their address as their key.
fn check_links(lincoln: &TestDistrict, want: &Want) {
    let stored = lincoln.district.roster_load().unwrap();
    let key = |entity: EntityRef| stored.key_and_name(entity).unwrap().0.to_owned();
    let teachings = stored.teachings.iter().filter(|link| link.active).map(|link| link.link);
    let teachings = teachings.map(|link| (key(link.person.into()), key(link.class.into())));
    let enrollments = stored.enrollments.iter().filter(|link| link.active).map(|link| link.link);
    let enrollments = enrollments.map(|link| (key(link.person.into()), key(link.class.into())));
    let links = teachings.chain(enrollments).collect::<BTreeSet<_>>();
    let students = stored.students.iter().map(|student| stored.key_and_name(student.number.into()).unwrap());
    let names = students.map(|(key, name)| (key.to_owned(), name)).collect::<BTreeSet<_>>();
    for named in &want.names {
        assert!(names.contains(named), "{named:?} is missing");
    }
    for link in &want.links {
        assert!(links.contains(link), "{link:?} is missing");
    }
    for link in &want.no_links {
        assert!(!links.contains(link), "{link:?} is there");
    }
}

macro_rules! cases {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/year_cases").join(stringify!($name));
                for lincoln in districts() {
                    play(&lincoln, &folder);
                }
            }
        )*

        #[test]
        fn every_folder_is_a_test() {
            let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/year_cases")).unwrap();
            let mut names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
            names.sort();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

cases! {
    a_class_is_dragged_over_rows_of_the_next_one
    a_class_is_replaced_a_few_each_night
    a_class_whose_students_are_all_others_waits_and_can_be_approved
    a_doubled_export_does_not_make_the_next_one_short
    a_doubtful_proposal_is_accepted
    a_few_leavers_each_night_are_applied
    a_first_name_slips_amid_rows_that_are_left_out
    a_hold_of_the_old_year_is_approved_in_the_new_one
    a_school_empties_into_another_with_new_class_ids
    a_student_is_back_with_an_address_of_another_rule
    a_student_is_dragged_over_the_rows_of_others
    a_student_who_was_missing_for_a_day_is_back
    a_substitute_for_a_day_is_taken_back
    a_teacher_gets_another_class_each_night
    a_teacher_is_dragged_down_over_another_school
    a_teachers_cells_are_dragged_too_far
    a_tenth_fewer_each_night_waits
    a_tenth_fewer_in_a_month_is_applied
    a_twin_has_the_address_of_the_other_who_is_missing
    addresses_of_twins_are_exchanged_while_the_file_of_last_year_waits
    an_approved_loss_is_not_counted_again
    an_ended_class_id_is_a_new_class_in_the_new_year
    an_old_file_with_another_row_waits
    domain_changed_while_someone_was_away
    ids_and_names_of_some_classes_are_exchanged
    leavers_of_long_ago_are_all_back
    numbers_padded_while_someone_was_away
    the_address_of_a_leaver_goes_to_one_whose_name_is_in_another_alphabet
    the_addresses_of_namesakes_are_exchanged
    the_file_of_last_week_again_waits
    the_same_file_again_is_the_same_hold
    the_teachers_of_a_school_are_missing
    twins_with_like_names_share_an_address
}
