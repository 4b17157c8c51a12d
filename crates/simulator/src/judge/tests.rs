//! A judge that finds nothing proves nothing: each kind of fault is planted, and must be found.

use homeroom_check::check_alone;
use homeroom_model::entity::{EntityNumber, StudentNumber};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use super::finding::Fault;
use super::night::Judge;
use super::truth::Truth;
use crate::file::NightFile;
use crate::style::Style;
use crate::truth::World;

/// A district whose first load was right.
struct District {
    world: World,
    export: NightFile,
    stored: StoredRoster,
    judge: Judge,
}

impl District {
    fn new() -> District {
        let world = World::new(5, Style::Clever, 200);
        let export = NightFile::export(&world);
        let checked = check_alone(&export.csv(), "").unwrap();
        assert_eq!(checked.report.rows_rejected, 0, "{:?}", checked.report.findings);
        let stored = StoredRoster::from_roster(checked.roster, checked.report.rows);
        let mut judge = Judge::default();
        let truth = Truth::new(&world, &export);
        assert_eq!(judge.night(&truth, &export, &stored), [], "the first load is right");
        assert_eq!(judge.morning(&truth), []);
        District { world, export, stored, judge }
    }

    /// What the judge finds when a step has done this to the roster.
    fn found_after(mut self, wrong: impl FnOnce(&mut StoredRoster)) -> Vec<Fault> {
        wrong(&mut self.stored);
        let truth = Truth::new(&self.world, &self.export);
        let found = self.judge.night(&truth, &self.export, &self.stored);
        found.into_iter().map(|finding| finding.fault).collect()
    }

    /// What it finds in the morning when the world has changed and the roster has not.
    fn found_in_the_morning(mut self, change: impl FnOnce(&mut World)) -> Vec<Fault> {
        change(&mut self.world);
        self.export = NightFile::export(&self.world);
        let truth = Truth::new(&self.world, &self.export);
        assert_eq!(self.judge.night(&truth, &self.export, &self.stored), []);
        self.judge.morning(&truth).into_iter().map(|finding| finding.fault).collect()
    }
}

#[test]
fn nothing_is_found_when_nothing_happens() {
    assert_eq!(District::new().found_after(|_| {}), []);
    assert_eq!(District::new().found_in_the_morning(|_| {}), []);
}

#[test]
fn an_account_with_the_key_or_the_name_of_another_is_a_wrong_merge() {
    let address = District::new().found_after(|stored| {
        stored.students[3].values.person.email = stored.students[9].values.person.email
    });
    assert_eq!(address, [Fault::WrongMerge]);
    let across_roles = District::new().found_after(|stored| {
        stored.teachers[3].values.person.email = stored.students[9].values.person.email
    });
    assert_eq!(across_roles, [Fault::WrongMerge]);
    let whole = District::new().found_after(|stored| stored.students[3].values = stored.students[9].values);
    assert!(
        whole.len() >= 4 && whole.iter().filter(|fault| **fault == Fault::WrongMerge).count() >= 4,
        "{whole:?}"
    );
}

#[test]
fn an_account_of_someone_who_has_left_that_goes_on_for_another_is_a_wrong_merge() {
    let mut district = District::new();
    let leaver = district.world.any_student();
    district.world.people[leaver].here = false;
    district.export = NightFile::export(&district.world);
    let truth = Truth::new(&district.world, &district.export);
    let number = district.judge.owners.by_person()[&leaver].first().unwrap().number;
    let at = district.stored.students.iter().position(|student| student.number.as_u32() == number).unwrap();
    district.stored.students[at].active = false;
    assert_eq!(district.judge.night(&truth, &district.export, &district.stored), []);
    assert_eq!(
        district.found_after(|stored| stored.students[at].active = true)[0],
        Fault::WrongMerge,
        "no row of the file is about the one who has left"
    );
}

#[test]
fn a_second_account_is_a_wrong_split() {
    let found = District::new().found_after(|stored| {
        let number = StudentNumber::from_u32(stored.students.last().unwrap().number.as_u32() + 1);
        stored.students.push(Stored { number, ..stored.students[4] });
    });
    assert_eq!(found, [Fault::WrongSplit]);
}

#[test]
fn closing_an_account_of_somebody_who_is_here_is_a_wrong_removal() {
    let found = District::new().found_after(|stored| stored.students[4].active = false);
    assert!(found.contains(&Fault::WrongRemoval) && found.contains(&Fault::LostAccess), "{found:?}");
}

#[test]
fn a_teacher_who_gains_or_loses_a_class_is_found() {
    let gained = District::new().found_after(|stored| {
        let mut link = stored.teachings[0].link;
        // One of another school.
        link.person = stored.teachings.last().unwrap().link.person;
        stored.teachings.push(StoredLink { link, active: true });
    });
    assert_eq!(gained, [Fault::WrongAccess]);
    let lost = District::new().found_after(|stored| stored.teachings[0].active = false);
    assert_eq!(lost, [Fault::LostAccess]);
}

#[test]
fn an_account_for_nobody_of_the_district_is_a_stranger() {
    let found = District::new().found_after(|stored| {
        let number = StudentNumber::from_u32(stored.students.last().unwrap().number.as_u32() + 1);
        let mut values = stored.students[4].values;
        values.username = stored.texts.push("nobody1");
        values.person = values.person.map_texts(|_| stored.texts.push("nobody"));
        stored.students.push(Stored { number, active: true, values });
    });
    assert_eq!(found, [Fault::Stranger]);
}

#[test]
fn a_damaged_or_emptied_value_is_a_wrong_value() {
    let damaged = District::new()
        .found_after(|stored| stored.students[2].values.person.first_name = stored.texts.push("????"));
    assert_eq!(damaged, [Fault::WrongValue]);
    let emptied =
        District::new().found_after(|stored| stored.students[2].values.username = stored.texts.push(""));
    assert_eq!(emptied, [Fault::WrongValue]);
    let grade = District::new().found_after(|stored| stored.students[2].values.grade = None);
    assert_eq!(grade, [Fault::WrongValue]);
}

#[test]
fn who_has_left_and_is_still_active_and_who_has_come_and_is_not_are_told_in_the_morning() {
    let stale = District::new().found_in_the_morning(|world| {
        let leaver = world.any_student();
        world.people[leaver].here = false;
    });
    assert_eq!(stale, [Fault::StaleAccess]);
    assert!(District::new().found_in_the_morning(|world| _ = world.enroll(3)).contains(&Fault::Missing));
}
