//! A judge that finds nothing proves nothing: each kind of fault is planted, and must be found.

use homeroom_check::check_alone;
use homeroom_model::entity::{EntityNumber, StudentNumber};
use homeroom_model::grade::Grade;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use super::finding::Fault;
use super::night::Judge;
use super::truth::Truth;
use crate::file::NightFile;
use crate::style::Style;
use crate::truth::{PersonId, World};

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

    /// What the judge finds now that the world is another, when a step has done this to the roster.
    fn next_night(
        &mut self,
        change: impl FnOnce(&mut World),
        step: impl FnOnce(&mut StoredRoster),
    ) -> Vec<Fault> {
        change(&mut self.world);
        self.world.remember();
        self.export = NightFile::export(&self.world);
        step(&mut self.stored);
        let truth = Truth::new(&self.world, &self.export);
        let found = self.judge.night(&truth, &self.export, &self.stored);
        found.into_iter().map(|finding| finding.fault).collect()
    }

    fn morning(&mut self) -> Vec<Fault> {
        let truth = Truth::new(&self.world, &self.export);
        self.judge.morning(&truth).into_iter().map(|finding| finding.fault).collect()
    }

    /// A student and the position of their account.
    fn a_student(&self) -> (PersonId, usize) {
        let student = self.world.any_student();
        (student, self.position(student))
    }

    fn position(&self, student: PersonId) -> usize {
        let number = self.judge.owners.by_person()[&student].first().unwrap().number;
        self.stored.students.iter().position(|stored| stored.number.as_u32() == number).unwrap()
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

#[test]
fn a_class_in_another_school_or_under_another_name_is_found() {
    let moved = District::new().found_after(|stored| {
        stored.classes[0].values.school = stored.classes.last().unwrap().values.school;
    });
    assert_eq!(moved, [Fault::WrongPlace]);
    let renamed = District::new()
        .found_after(|stored| stored.classes[0].values.name = stored.texts.push("Underwater Basket Weaving"));
    assert_eq!(renamed, [Fault::WrongValue]);
    let school =
        District::new().found_after(|stored| stored.schools[0].values.name = stored.texts.push("Westfield"));
    assert_eq!(school, [Fault::WrongValue]);
    let foreign = District::new().found_after(|stored| {
        stored.schools[0].values.key = stored.texts.push("999");
    });
    assert!(foreign.contains(&Fault::WrongPlace), "{foreign:?}");
}

#[test]
fn a_class_of_last_year_that_goes_on_for_this_years_is_in_a_wrong_place() {
    let mut district = District::new();
    district.stored.classes[0].active = false;
    assert_eq!(district.next_night(|_| {}, |_| {}), [Fault::LostAccess; 1]);
    let key = district.stored.texts.get(district.stored.classes[0].values.key).to_owned();
    let year = |world: &mut World| {
        let class = world.classes.iter().position(|class| class.key == key).unwrap();
        let mut next = world.classes[class].clone();
        next.name.push_str(" of the next year");
        world.classes[class].open = false;
        world.classes.push(next);
        let next = world.classes.len() - 1;
        for person in &mut world.people {
            if person.classes.remove(&class) {
                person.classes.insert(next);
            }
        }
    };
    let found = district.next_night(year, |stored| {
        stored.classes[0].active = true;
        stored.classes[0].values.name = stored.texts.push("Homeroom 0-1 of the next year");
    });
    assert_eq!(found, [Fault::WrongPlace]);
}

#[test]
fn a_person_who_is_split_is_split_once_and_may_become_one_again() {
    let mut district = District::new();
    let (_, at) = district.a_student();
    let old = district.stored.students[at].number;
    let new = StudentNumber::from_u32(district.stored.students.last().unwrap().number.as_u32() + 1);
    let exchange = |stored: &mut StoredRoster, from: StudentNumber, to: StudentNumber| {
        for student in &mut stored.students {
            student.active = student.number == to || student.active && student.number != from;
        }
        stored
            .enrollments
            .iter_mut()
            .filter(|stored| stored.link.person == from)
            .for_each(|enrollment| enrollment.link.person = to);
    };
    let split = district.next_night(
        |_| {},
        |stored| {
            stored.students.push(Stored { number: new, ..stored.students[at] });
            exchange(stored, old, new);
        },
    );
    assert_eq!(split, [Fault::WrongSplit], "neither a removal nor lost access: there is an account");
    assert_eq!(district.next_night(|_| {}, |stored| exchange(stored, new, old)), []);
    assert_eq!(district.morning(), []);
}

#[test]
fn an_account_that_goes_on_for_a_newcomer_of_the_same_name_and_address_is_a_wrong_merge() {
    let mut district = District::new();
    let (senior, at) = district.a_student();
    let newcomer = |world: &mut World| {
        world.people[senior].here = false;
        let name = (world.first_name(senior), world.last_name(senior));
        let id = world.enroll_as(0, name);
        world.people[id].email = world.people[senior].email.clone();
        world.people[id].sis_id = world.people[senior].sis_id.clone();
        world.people[id].clever_id = world.people[senior].clever_id.clone();
    };
    let found =
        district.next_night(newcomer, |stored| stored.students[at].values.grade = Grade::from_code("KG"));
    assert!(found.contains(&Fault::WrongMerge), "{found:?}");
}

#[test]
fn a_leaver_whose_removal_waits_is_no_namesake() {
    let mut district = District::new();
    let (senior, _) = district.a_student();
    let namesake = |world: &mut World| {
        world.people[senior].here = false;
        world.enroll_as(0, (world.first_name(senior), world.last_name(senior)));
    };
    let number = district.judge.owners.by_person()[&senior].first().unwrap().number;
    let found = district.next_night(namesake, |stored| {
        let classes = stored.enrollments.iter_mut().filter(|stored| stored.link.person.as_u32() == number);
        classes.for_each(|enrollment| enrollment.active = false);
    });
    assert_eq!(found, []);
}

#[test]
fn a_newcomer_who_is_here_is_no_stranger_though_the_rest_is_held() {
    let mut district = District::new();
    let mut new = None;
    district.next_night(|world| new = Some(world.enroll(3)), |_| {});
    let (person, texts) = (district.world.people[new.unwrap()].clone(), &mut district.stored.texts);
    let mut values = district.stored.students[0].values;
    values.person.sis_id = texts.push(&person.sis_id);
    values.person.email = texts.push(&person.email);
    values.person.clever_id = texts.push(&person.clever_id);
    values.person.first_name = texts.push(&person.first);
    values.person.last_name = texts.push(&person.last);
    values.username = texts.push(&person.username);
    values.grade = Grade::from_code("03");
    let number = StudentNumber::from_u32(district.stored.students.last().unwrap().number.as_u32() + 1);
    district.stored.students.push(Stored { number, active: true, values });
    assert_eq!(district.next_night(|_| {}, |_| {}), []);
}

#[test]
fn what_is_not_taken_over_is_told_in_the_morning_once() {
    let mut district = District::new();
    let (student, _) = district.a_student();
    let changed = |world: &mut World| {
        world.people[student].last = "Quackenbush".to_owned();
        let class = *world.people[student].classes.first().unwrap();
        world.people[student].classes.remove(&class);
    };
    assert_eq!(district.next_night(changed, |_| {}), []);
    let found = district.morning();
    assert!(found.contains(&Fault::StaleValue) && found.contains(&Fault::StaleAccess), "{found:?}");
    assert_eq!(district.next_night(|_| {}, |_| {}), []);
    assert_eq!(district.morning(), []);
}

#[test]
fn addresses_of_twins_may_be_put_right_and_not_be_exchanged_again() {
    let mut district = District::new();
    let (one, at) = district.a_student();
    let (other, beside) = std::iter::repeat_with(|| district.a_student()).find(|(id, _)| *id != one).unwrap();
    let exchange = |stored: &mut StoredRoster| {
        let email = stored.students[at].values.person.email;
        stored.students[at].values.person.email = stored.students[beside].values.person.email;
        stored.students[beside].values.person.email = email;
    };
    let put_right = |world: &mut World| {
        let emails = (world.people[other].email.clone(), world.people[one].email.clone());
        (world.people[one].email, world.people[other].email) = emails;
    };
    assert_eq!(district.next_night(put_right, exchange), []);
    assert_eq!(district.next_night(|_| {}, exchange), [Fault::WrongMerge; 2]);
}

#[test]
fn an_old_name_that_comes_back_is_a_wrong_value() {
    let mut district = District::new();
    let (student, at) = district.a_student();
    let old = district.stored.students[at].values.person.last_name;
    let married = district.next_night(
        |world| world.people[student].last = "Quackenbush".to_owned(),
        |stored| stored.students[at].values.person.last_name = stored.texts.push("Quackenbush"),
    );
    assert_eq!(married, []);
    let back = district.next_night(|_| {}, |stored| stored.students[at].values.person.last_name = old);
    assert_eq!(back, [Fault::WrongValue]);
}
