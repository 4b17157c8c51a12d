//! The laws of planning, for rosters that change in every way that districts change them. In memory; the tests of `homeroom-sync` prove
//! the same laws on both databases.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

mod in_memory;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use homeroom_check::check_alone;
use homeroom_model::Policy;
use homeroom_model::entity::{ClassNumber, EntityNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::hold::Held;
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{KeyMove, Plan};
use homeroom_model::protected::Protected;
use homeroom_model::roster::Person;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_plan::{Approval, Limits, PlanInputs, PlanParts, plan, split};
use homeroom_testkit::world::{World, WorldChange, changes, worlds};
use in_memory::applied::applied;
use proptest::prelude::*;

/// Cases of each law; together they are tens of thousands of rosters.
const CASES: u32 = 3_000;

fn roster(csv: &str) -> homeroom_check::Checked {
    let checked = check_alone(&csv.as_bytes().to_vec(), "").unwrap();
    assert_eq!(
        checked.report.rows_rejected, 0,
        "the world writes good rows: {:?}\n{csv}",
        checked.report.findings
    );
    checked
}

fn stored(csv: &str) -> StoredRoster {
    let checked = roster(csv);
    StoredRoster::from_roster(checked.roster, checked.report.rows)
}

fn planned(stored: &StoredRoster, csv: &str) -> Plan {
    plan(stored, roster(csv).roster, &Protected::default(), &PlanInputs::default()).plan
}

fn limits(policy: Policy, seats: u64, csv: &str) -> Limits {
    let rows = csv.lines().count() as u64 - 1;
    Limits { policy, seats, rows, ..Limits::default() }
}

/// Everything active, in words, without numbers.
fn in_words(stored: &StoredRoster) -> BTreeSet<String> {
    let text = |text: StrId| stored.texts.get(text);
    let (mut schools, mut classes, mut teachers, mut students) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for school in stored.schools.iter().filter(|school| school.active) {
        let words = format!("school {} {}", text(school.values.key), text(school.values.name));
        schools.insert(school.number, words);
    }
    for class in stored.classes.iter().filter(|class| class.active) {
        let school = schools.get(&class.values.school).map_or("NO SCHOOL", String::as_str);
        let words = format!("class {} {} in {school}", text(class.values.key), text(class.values.name));
        classes.insert(class.number, words);
    }
    let person = |person: &Person| {
        [person.sis_id, person.email, person.first_name, person.last_name].map(text).join(" ")
    };
    for teacher in stored.teachers.iter().filter(|teacher| teacher.active) {
        teachers.insert(teacher.number, format!("teacher {}", person(&teacher.values.person)));
    }
    for student in stored.students.iter().filter(|student| student.active) {
        let grade = student.values.grade.map_or("-", |grade| grade.code());
        students.insert(student.number, format!("student {} {grade}", person(&student.values.person)));
    }
    fn in_force<P: EntityNumber>(
        links: &[StoredLink<P>],
        classes: &BTreeMap<ClassNumber, String>,
        people: &BTreeMap<P, String>,
    ) -> Vec<String> {
        let links = links.iter().filter(|stored| stored.active).map(|stored| {
            let class = classes.get(&stored.link.class).map_or("NO CLASS", String::as_str);
            let person = people.get(&stored.link.person).map_or("NOBODY", String::as_str);
            format!("{person} at {class}")
        });
        links.collect()
    }
    let mut all = in_force(&stored.teachings, &classes, &teachers);
    all.extend(in_force(&stored.enrollments, &classes, &students));
    let places = schools.into_values().chain(classes.into_values());
    places.chain(teachers.into_values()).chain(students.into_values()).chain(all).collect()
}

/// Keys of active entities are unique, as the database demands.
fn assert_keys_are_unique(stored: &StoredRoster) {
    fn check<'t>(texts: &'t StringArena, what: &str, keys: impl Iterator<Item = StrId>) {
        let mut seen = BTreeSet::<&'t str>::new();
        for key in keys.map(|key| texts.get(key)).filter(|key| !key.is_empty()) {
            assert!(seen.insert(key), "two active {what} have the key {key}");
        }
    }
    let texts = &stored.texts;
    check(
        texts,
        "schools",
        stored.schools.iter().filter(|school| school.active).map(|school| school.values.key),
    );
    check(texts, "classes", stored.classes.iter().filter(|class| class.active).map(|class| class.values.key));
    let teachers =
        || stored.teachers.iter().filter(|teacher| teacher.active).map(|teacher| teacher.values.person);
    check(texts, "teachers", teachers().map(|person| person.email));
    check(texts, "teachers", teachers().map(|person| person.sis_id));
    let students =
        || stored.students.iter().filter(|student| student.active).map(|student| student.values.person);
    check(texts, "students", students().map(|person| person.email));
    check(texts, "students", students().map(|person| person.sis_id));
}

fn names(stored: &StoredRoster) -> HashMap<StudentNumber, String> {
    let name = |student: &Stored<homeroom_model::roster::Student>| {
        let person = &student.values.person;
        (
            student.number,
            format!("{} {}", stored.texts.get(person.first_name), stored.texts.get(person.last_name)),
        )
    };
    stored.students.iter().map(name).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn applying_a_plan_gives_the_wanted_roster_and_planning_again_gives_nothing(world in worlds(), changes in changes()) {
        let a = stored(&world.csv());
        let mut later = world;
        later.change(&changes);
        let b = later.csv();
        let parts = split(planned(&a, &b), &a, &limits(Policy::default(), u64::MAX, &b), &Approval::All);
        prop_assert!(parts.risky.is_empty() && parts.held.fuses.is_empty(), "what is approved does not wait");
        let after = applied(&a, &parts.safe);
        assert_keys_are_unique(&after);
        prop_assert_eq!(in_words(&after), in_words(&stored(&b)));
        let again = planned(&after, &b);
        prop_assert!(again.is_empty() && again.proposals.is_empty(), "{:?}", again.counts());
    }

    #[test]
    fn both_parts_make_up_the_whole_and_can_be_applied_in_either_order(
        world in worlds(), changes in changes(), seats in prop_oneof![Just(u64::MAX), 1..60_u64], strict in any::<bool>(), wait_all in any::<bool>(),
    ) {
        let a = stored(&world.csv());
        let mut later = world;
        later.change(&changes);
        let b = later.csv();
        let mut policy = Policy { wait_all, ..Policy::default() };
        if strict {
            for fuse in [Fuse::District, Fuse::School, Fuse::Class, Fuse::Identity, Fuse::Reach, Fuse::Keys, Fuse::Blank, Fuse::Update] {
                policy.set_fuse(fuse, "1/1").unwrap();
            }
        }
        let limits = limits(policy, seats, &b);
        let whole = planned(&a, &b);
        let counts = whole.counts();
        let PlanParts { safe, risky, held, .. } = split(whole, &a, &limits, &Approval::None);
        prop_assert_eq!(safe.counts().changes() + risky.counts().changes(), counts.changes());
        prop_assert_eq!(held.fuses.is_empty(), risky.is_empty(), "what waits has a reason, and a reason holds something");
        let by_school = held.schools.iter().map(|school| school.counts.changes().total()).sum::<u64>();
        prop_assert_eq!(by_school, risky.counts().changes().total(), "every held change belongs to one school");

        let first = applied(&a, &safe);
        assert_keys_are_unique(&first);
        let there = in_words(&first);
        prop_assert!(!there.iter().any(|words| words.contains("NOBODY") || words.contains("NO CLASS")), "{:?}", there);
        let second = applied(&a, &risky);
        assert_keys_are_unique(&second);
        let both = in_words(&applied(&first, &risky));
        prop_assert_eq!(&both, &in_words(&applied(&second, &safe)));
        let approved = split(planned(&a, &b), &a, &limits, &Approval::All).safe;
        prop_assert_eq!(&both, &in_words(&applied(&a, &approved)));

        // Approving leaves exactly the rest: of the same file on the roster as it is then.
        let rest = split(planned(&first, &b), &first, &limits, &Approval::All).safe;
        prop_assert_eq!(&both, &in_words(&applied(&first, &rest)));
        // The part of one school can be released, and the others after it.
        if let Some(school) = held.schools.first() {
            let released = Approval::Schools(vec![school.school.clone()]);
            let some = split(planned(&first, &b), &first, &limits, &released).safe;
            let then = applied(&first, &some);
            assert_keys_are_unique(&then);
            let rest = split(planned(&then, &b), &then, &limits, &Approval::All).safe;
            prop_assert_eq!(&both, &in_words(&applied(&then, &rest)));
        }
    }

    #[test]
    fn ids_never_move_from_one_person_to_another(world in worlds(), changes in changes(), more in changes()) {
        let mut now = stored(&world.csv());
        let mut world = world;
        for changes in [changes, more] {
            world.change(&changes);
            let b = world.csv();
            let before = names(&now);
            // What goes ahead by itself; whether a proposal is right is for a person to say.
            let parts = split(planned(&now, &b), &now, &limits(Policy::default(), u64::MAX, &b), &Approval::None);
            now = applied(&now, &parts.safe);
            let after = names(&now);
            for (number, name) in &before {
                let (was, is) = (world.identity_of(name), world.identity_of(&after[number]));
                prop_assert_eq!(was, is, "student {} was {} and is {}", number, name, &after[number]);
            }
        }
    }

    #[test]
    fn row_order_and_duplicate_rows_do_not_change_a_plan(world in worlds(), changes in changes(), seed in any::<u64>()) {
        let a = stored(&world.csv());
        let mut later = world;
        later.change(&changes);
        let b = later.csv();
        let mut lines = b.lines().collect::<Vec<_>>();
        let header = lines.remove(0);
        let mut shuffled = lines.clone();
        let count = shuffled.len();
        for at in 0..count {
            shuffled.swap(at, (seed.rotate_left(at as u32 % 64) as usize ^ at) % count);
        }
        shuffled.extend(lines.iter().step_by(3));
        let other = format!("{header}\r\n{}\r\n", shuffled.join("\r\n"));
        let utf_16 = other.encode_utf16().fold(vec![0xFF, 0xFE], |mut bytes, unit| {
            bytes.extend(unit.to_le_bytes());
            bytes
        });
        let same = check_alone(&utf_16, "").unwrap();
        let (first, second) = (planned(&a, &b), plan(&a, same.roster, &Protected::default(), &PlanInputs::default()).plan);
        prop_assert_eq!(first.counts(), second.counts());
        prop_assert_eq!(&first.proposals, &second.proposals);
        prop_assert_eq!(in_words(&applied(&a, &first)), in_words(&applied(&a, &second)));
    }

    #[test]
    fn fuses_blow_beyond_their_limits_and_never_within_them(world in worlds(), changes in changes(), percent in 5..60_u32, floor in 1..8_u32) {
        let before = world.clone();
        let a = stored(&world.csv());
        let mut later = world;
        later.change(&changes);
        let b = later.csv();
        let mut policy = Policy::default();
        let setting = format!("{percent}/{floor}");
        for fuse in [Fuse::District, Fuse::School, Fuse::Class, Fuse::Update] {
            policy.set_fuse(fuse, &setting).unwrap();
        }
        // It says everything else that would be said.
        policy.set_fuse(Fuse::File, "off").unwrap();
        let whole = planned(&a, &b);
        let counts = whole.counts();
        let held = split(whole, &a, &limits(policy, u64::MAX, &b), &Approval::None).held;
        let beyond = |count: u64, all: u64| count >= u64::from(floor) && count > 0 && count * 100 > all * u64::from(percent);
        let blown = |held: &Held, fuse: Fuse, scope: &str| held.fuses.iter().any(|blown| blown.fuse == fuse && blown.scope == scope);
        for kind in [EntityKind::Student, EntityKind::Teacher, EntityKind::Class] {
            let has_blown = blown(&held, Fuse::District, kind.plural());
            prop_assert_eq!(has_blown, beyond(counts.deactivate.get(kind), a.active_count(kind) as u64), "district, {}", kind.plural());
        }
        let changed = counts.update.students + counts.update.teachers;
        let people = (a.active_count(EntityKind::Student) + a.active_count(EntityKind::Teacher)) as u64;
        prop_assert_eq!(blown(&held, Fuse::Update, "people"), beyond(changed, people));
        // Schools and classes as the two files have them; without new keys, by which they could not be told here, and where everybody is
        // in a grade that follows.
        let years = changes.iter().filter(|change| matches!(change, WorldChange::Grades)).count();
        if counts.rekey.total() == 0 && changes.iter().all(WorldChange::keeps_keys) && years < 2 {
            let grades = later.grades();
            for (school, students) in before.students_of_schools() {
                let now = later.students_of_schools();
                let stay = now.get(&school).map_or(0, |now| students.intersection(now).count());
                let lost = (students.len() - stay) as u64;
                let vanishes = !now.contains_key(&school);
                let is_back = |student: &&usize| grades.get(*student).zip(before.grades().get(*student)).is_some_and(|(now, then)| now + 1 == *then);
                let back = students.iter().filter(is_back).count();
                let is_of_earlier_year = back >= 5 && back * 2 >= students.len();
                let expected = vanishes || is_of_earlier_year || beyond(lost, students.len() as u64);
                prop_assert_eq!(blown(&held, Fuse::School, &school), expected, "school {} loses {} of {}", school, lost, students.len());
            }
            let now = later.students_of_classes();
            for (class, students) in before.students_of_classes() {
                let Some(now) = now.get(&class) else { continue };
                let left = students.difference(now).count() as u64;
                let joined = now.difference(&students).count() as u64;
                let expected = left.min(joined) >= u64::from(floor) && beyond(left, students.len() as u64);
                // If many classes of a school turn over, they share one fuse.
                let of_class = |blown: &BlownFuse| blown.fuse == Fuse::Class && (blown.scope == class || blown.scope.starts_with('S'));
                let has_blown = held.fuses.iter().any(of_class);
                prop_assert!(has_blown || !expected, "class {}: {} left, {} joined of {}", class, left, joined, students.len());
                prop_assert!(!blown(&held, Fuse::Class, &class) || expected, "class {}: {} left, {} joined", class, left, joined);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn a_rejected_row_never_leads_to_a_removal(world in worlds(), damaged in proptest::collection::vec((any::<usize>(), 0..4_usize), 1..4)) {
        let csv = world.csv();
        let a = stored(&csv);
        let mut lines = csv.lines().map(str::to_owned).collect::<Vec<_>>();
        let rows = lines.len() - 1;
        // Up to a tenth of the rows; of more the file is rejected.
        for (at, how) in damaged.into_iter().take(rows / 10) {
            let line = &mut lines[1 + at % rows];
            *line = match how {
                0 => line.replacen('@', "", 1),
                1 => line.replace("@d0.org", "@@d0.org"),
                2 => line.replacen("School", "School \"\u{0}", 1),
                _ => format!("{line},,,too,many"),
            };
        }
        let b = check_alone(&lines.join("\n").into_bytes(), "").unwrap();
        let plan = plan(&a, b.roster, &b.protected, &PlanInputs::default()).plan;
        prop_assert_eq!(plan.counts().deactivate.total(), 0, "{:?}", plan.counts().deactivate);
    }

    #[test]
    fn the_identity_fuse_blows_when_many_removed_students_look_like_new_ones(world in worlds(), new in 1..12_usize, gone in 0..60_usize) {
        let mut before = world;
        before.add_strangers(gone + new);
        let a = stored(&before.csv());
        let mut later = before;
        // Some get another address, others leave: all of them are gone by their keys.
        later.give_other_addresses(new);
        later.remove_first(gone);
        let b = later.csv();
        let mut policy = Policy::default();
        for fuse in Fuse::ALL.into_iter().filter(|fuse| ![Fuse::Identity, Fuse::Seats].contains(fuse)) {
            policy.set_fuse(fuse, "off").unwrap();
        }
        let parts = split(planned(&a, &b), &a, &limits(policy, u64::MAX, &b), &Approval::None);
        let expected = new >= 5 && new * 100 >= (new + gone) * 5;
        let has_blown = parts.held.fuses.iter().any(|blown| blown.fuse == Fuse::Identity);
        prop_assert_eq!(has_blown, expected, "{} of {}", new, new + gone);
        let counts = parts.safe.counts();
        prop_assert_eq!(counts.create.students, 0, "nobody is created a second time");
        prop_assert_eq!(parts.held.counts.rekey.students + counts.rekey.students, new as u64);
    }
}

#[test]
fn the_seat_fuse_drops_no_active_student() {
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: CASES, ..ProptestConfig::default() });
    let given = (worlds(), changes(), 0..60_u64);
    runner
        .run(&given, |(world, changes, seats)| {
            let a = stored(&world.csv());
            let mut later = world;
            later.change(&changes);
            let b = later.csv();
            let mut policy = Policy::default();
            for fuse in Fuse::ALL.into_iter().filter(|fuse| *fuse != Fuse::Seats) {
                policy.set_fuse(fuse, "off").unwrap();
            }
            let whole = planned(&a, &b);
            let gone = whole.students.deactivate.clone();
            let parts = split(whole, &a, &limits(policy, seats, &b), &Approval::None);
            let dropped =
                parts.safe.students.deactivate.iter().filter(|number| !gone.contains(number)).count();
            prop_assert_eq!(dropped, 0, "only students who have left are removed");
            let active = applied(&a, &parts.safe).active_count(EntityKind::Student) as u64;
            prop_assert_eq!(parts.seats.after, active);
            let new = parts.safe.students.arriving().count();
            prop_assert!(active <= seats || new == 0, "{} active, {} seats, {} new", active, seats, new);
            let seats_fuse = parts.held.fuses.iter().any(|blown| blown.fuse == Fuse::Seats);
            let waiting = parts.risky.students.arriving().count();
            prop_assert_eq!(
                seats_fuse,
                waiting > 0 && parts.held.fuses.iter().all(|blown| blown.fuse != Fuse::Identity)
                    || seats_fuse
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_new_domain_of_many_students_is_recognized_quickly() {
    let world = World::large(4_000);
    let a = stored(&world.csv());
    let mut later = world;
    later.change(&[WorldChange::Domain]);
    let plan = planned(&a, &later.csv());
    let counts = plan.counts();
    assert_eq!((counts.rekey.students, counts.create.students, counts.deactivate.students), (4_000, 0, 0));
}

/// Who would get whose key, in short.
fn moves(before: &str, after: &str) -> Vec<String> {
    let a = stored(before);
    let one = |key: &KeyMove| format!("{} {} {} to {}", key.column.name(), key.key, key.from, key.to);
    planned(&a, after).key_moves.iter().map(one).collect()
}

const KEYS_HEADER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
student_first_name,student_last_name,student_email,student_grade_level,student_id,student_clever_id,student_username\n";

#[test]
fn keys_that_pass_to_others_are_listed_across_roles() {
    let row =
        |teacher: &str, student: &str| format!("S1,Oak Hill,{teacher}@x.org,Tess,Gray,C1,Reading,{student},");
    let ann = row("tess", "Ann,Lee,ann@x.org,5,901") + ",annlee\n";
    let bob = row("tess", "Bob,Ray,bob@x.org,5,902") + ",bobray\n";
    let before = format!("{KEYS_HEADER}{ann}{bob}");
    assert_eq!(moves(&before, &before), Vec::<String>::new());
    let swapped = before.replace("ann@", "x@").replace("bob@", "ann@").replace("x@x", "bob@x");
    assert_eq!(
        moves(&before, &swapped),
        ["student_email ann@x.org student-1 to student-2", "student_email bob@x.org student-2 to student-1"]
    );
    let user_names = before.replace("annlee", "x").replace("bobray", "annlee").replace(",x\n", ",bobray\n");
    assert_eq!(moves(&before, &user_names).len(), 2, "a user name is a key, too");
    let of_who_left = format!("{KEYS_HEADER}{ann}{}", row("tess", "Zed,Quark,bob@x.org,1,903") + ",zed\n");
    assert_eq!(moves(&before, &of_who_left), Vec::<String>::new(), "who leaves needs no address");
    let may_be_bob = format!("{KEYS_HEADER}{ann}{}", row("tess", "Bob,Quark,bob@x.org,1,903") + ",zed\n");
    assert_eq!(
        moves(&before, &may_be_bob),
        ["student_email bob@x.org student-2 to student-3"],
        "somebody who comes has a name of the one who leaves"
    );
    let mut later = stored(&before);
    later.students[1].active = false;
    assert_eq!(planned(&later, &of_who_left).key_moves, [], "who has left needs no address");
}

#[test]
fn teachers_and_students_may_have_number_ranges_of_their_own() {
    let row = |student: &str, number: u32| {
        format!(
            "1,S1,Oak Hill,tess@x.org,Tess,Gray,C1,Reading,{student},{student},{student}@x.org,5,{number},,\n"
        )
    };
    let header = format!("teacher_id,{KEYS_HEADER}");
    let before = format!("{header}{}{}", row("Ann", 1), row("Bob", 902));
    let after = before.clone()
        + &row("Cid", 3).replacen("1,S1", "3,S1", 1).replace("tess@", "tom@").replace("Tess", "Tom");
    assert_eq!(moves(&before, &after), Vec::<String>::new(), "1 is a teacher and a student already");
    let (before, after) = (before.replace(",5,1,", ",5,901,"), after.replace(",5,1,", ",5,901,"));
    let after = after.replace(",5,902,", ",5,1,");
    assert_eq!(
        moves(&before, &after),
        [
            "student_id 1 teacher-1 to student-2",
            "student_id 3 teacher-2 to student-3",
            "teacher_id 3 student-3 to teacher-2"
        ],
        "no number was shared until now"
    );
}
