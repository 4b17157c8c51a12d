//! A district that changes in every way that districts change.
//!
//! Tests of other crates use it, too.

#![allow(dead_code, reason = "each file of tests uses its part")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use proptest::prelude::*;

/// Names that no rule takes for each other.
const FIRST: [&str; 24] = [
    "Ava", "Benno", "Chloe", "Dmitri", "Esme", "Fergus", "Gwen", "Hugo", "Ines", "Jamal", "Keiko", "Lorcan",
    "Mwangi", "Noor", "Olga", "Pablo", "Quentin", "Rhys", "Sunniva", "Tomasz", "Umberto", "Vesna", "Wendell",
    "Yusuf",
];
const LAST: [&str; 24] = [
    "Abernathy",
    "Bukowski",
    "Carvalho",
    "Dimitrov",
    "Eastwood",
    "Fitzgerald",
    "Gutierrez",
    "Hakimi",
    "Ibragimov",
    "Jorgensen",
    "Kowalczyk",
    "Lindqvist",
    "Mbeki",
    "Nakashima",
    "Oyelaran",
    "Przybylski",
    "Quispe",
    "Rasmussen",
    "Szabo",
    "Tchaikovsky",
    "Uchida",
    "Vandenberg",
    "Wojtyla",
    "Zimmermann",
];

#[derive(Clone, Debug)]
struct Pupil {
    /// Who it is, whatever they are called.
    who: usize,
    first: usize,
    last: usize,
    /// The address before the `@`.
    local: String,
    number: u32,
    grade: u8,
    /// Numbers of classes.
    classes: BTreeSet<u8>,
}

/// A change between two files.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// A pupil leaves.
    Leave(usize),
    /// A pupil comes, to a class.
    Come(u8),
    /// A pupil takes another last name, and an address with it.
    Marry(usize),
    /// A pupil gets another address.
    Address(usize),
    /// A pupil goes from their first class to another.
    Move(usize, u8),
    /// Everyone gets another domain.
    Domain,
    /// All classes get other ids.
    ClassIds,
    /// The SIS loses the zeros in front of its numbers, or finds them again.
    Zeros,
    /// The SIS gives all pupils new numbers.
    Numbers,
    /// A school's rows are missing.
    SchoolMissing(u8),
    /// A class has other pupils.
    TurnOver(u8),
    /// Everyone goes to the next grade.
    Grades,
    /// A pupil leaves and another one gets the address.
    PassOn(usize),
    /// A class has another teacher.
    Teacher(u8),
    /// A school gets another id.
    SchoolId(u8),
}

impl Op {
    /// Whether things keep the keys by which a file names them.
    pub(crate) fn keeps_keys(&self) -> bool {
        !matches!(
            self,
            Op::Marry(_)
                | Op::Address(_)
                | Op::Domain
                | Op::ClassIds
                | Op::Zeros
                | Op::Numbers
                | Op::SchoolId(_)
                | Op::PassOn(_)
        )
    }
}

pub(crate) fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        6 => any::<usize>().prop_map(Op::Leave),
        4 => any::<u8>().prop_map(Op::Come),
        2 => any::<usize>().prop_map(Op::Marry),
        2 => any::<usize>().prop_map(Op::Address),
        3 => (any::<usize>(), any::<u8>()).prop_map(|(who, class)| Op::Move(who, class)),
        1 => Just(Op::Domain),
        1 => Just(Op::ClassIds),
        1 => Just(Op::Zeros),
        1 => Just(Op::Numbers),
        1 => any::<u8>().prop_map(Op::SchoolMissing),
        1 => any::<u8>().prop_map(Op::TurnOver),
        1 => Just(Op::Grades),
        2 => any::<usize>().prop_map(Op::PassOn),
        1 => any::<u8>().prop_map(Op::Teacher),
        1 => any::<u8>().prop_map(Op::SchoolId),
    ];
    proptest::collection::vec(op, 0..8)
}

/// The district.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pupils: Vec<Pupil>,
    /// Everyone who was ever here, by every name they had.
    known: HashMap<String, usize>,
    /// Who had an address that was passed on: first and last names.
    holders: HashMap<String, Vec<(usize, usize)>>,
    next: usize,
    schools: u8,
    classes: u8,
    with_numbers: bool,
    domain: u32,
    class_ids: u32,
    zeros: bool,
    renumbered: u32,
    missing: Option<u8>,
    teachers: BTreeMap<u8, u32>,
    school_ids: BTreeMap<u8, u32>,
}

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    (1..40_usize, 1..4_u8, 1..9_u8, any::<bool>(), 0..1_000_usize).prop_map(
        |(pupils, schools, classes, with_numbers, salt)| {
            let mut world = World::empty(schools, classes.max(schools), with_numbers, salt);
            for at in 0..pupils {
                let class = (at * 7 + salt) as u8;
                let pupil = world.new_pupil(class);
                world.pupils.push(pupil);
            }
            world
        },
    )
}

impl World {
    fn empty(schools: u8, classes: u8, with_numbers: bool, salt: usize) -> World {
        World {
            pupils: vec![],
            known: HashMap::new(),
            holders: HashMap::new(),
            next: salt,
            schools,
            classes,
            with_numbers,
            domain: 0,
            class_ids: 0,
            zeros: true,
            renumbered: 0,
            missing: None,
            teachers: BTreeMap::new(),
            school_ids: BTreeMap::new(),
        }
    }

    /// A district of so many pupils, with namesakes.
    pub(crate) fn large(pupils: usize) -> World {
        let mut world = World::empty(3, 200, false, 0);
        for at in 0..pupils {
            let mut pupil = world.new_pupil((at % 200) as u8);
            pupil.classes.insert((at * 13 % 200) as u8);
            world.pupils.push(pupil);
        }
        world
    }

    /// Someone who was never here before.
    fn new_pupil(&mut self, class: u8) -> Pupil {
        let who = self.next;
        self.next += 1;
        let (first, last) = self.unused_name(who, who % FIRST.len());
        let local = format!("{}.{}.{who}", FIRST[first], LAST[last]).to_lowercase();
        let mut classes = BTreeSet::from([class % self.classes]);
        if who.is_multiple_of(3) {
            classes.insert((class as usize * 5 + who) as u8 % self.classes);
        }
        Pupil { who, first, last, local, number: who as u32 * 17 + 100, grade: (who % 12) as u8 + 1, classes }
    }

    /// A name that nobody had, while there are any.
    fn unused_name(&mut self, who: usize, first: usize) -> (usize, usize) {
        for at in 0..LAST.len() {
            let last = (who * 5 + at) % LAST.len();
            if let std::collections::hash_map::Entry::Vacant(place) =
                self.known.entry(format!("{} {}", FIRST[first], LAST[last]))
            {
                place.insert(who);
                return (first, last);
            }
        }
        (first, who % LAST.len())
    }

    /// Who has or had this name.
    pub(crate) fn who(&self, name: &str) -> Option<usize> {
        self.known.get(name).copied()
    }

    pub(crate) fn change(&mut self, ops: &[Op]) {
        self.missing = None;
        for op in ops {
            let count = self.pupils.len().max(1);
            let at = |number: &usize| *number % count;
            match op {
                Op::Leave(who) if self.pupils.len() > 1 => drop(self.pupils.remove(at(who))),
                Op::Come(class) => {
                    let pupil = self.new_pupil(*class);
                    self.pupils.push(pupil);
                }
                Op::Marry(who) if !self.pupils.is_empty() => {
                    let (who, first) = (at(who), self.pupils[at(who)].first);
                    let (_, last) = self.unused_name(self.pupils[who].who, first);
                    let pupil = &mut self.pupils[who];
                    pupil.last = last;
                    pupil.local = format!("{}.{}.{}", FIRST[first], LAST[last], pupil.who).to_lowercase();
                }
                Op::Address(who) if !self.pupils.is_empty() => self.pupils[at(who)].local.push('x'),
                Op::Move(who, class) if !self.pupils.is_empty() => {
                    let classes = self.classes;
                    let pupil = &mut self.pupils[at(who)];
                    pupil.classes.pop_first();
                    pupil.classes.insert(class % classes);
                }
                Op::Domain => self.domain += 1,
                Op::ClassIds => self.class_ids += 1,
                Op::Zeros => self.zeros = !self.zeros,
                Op::Numbers => self.renumbered += 1,
                Op::SchoolMissing(school) => self.missing = Some(school % self.schools),
                Op::TurnOver(class) => {
                    let class = class % self.classes;
                    let before = self.pupils.len();
                    self.pupils.retain(|pupil| !pupil.classes.contains(&class));
                    for _ in self.pupils.len()..before {
                        let pupil = self.new_pupil(class);
                        self.pupils.push(pupil);
                    }
                }
                Op::Grades => self.pupils.iter_mut().for_each(|pupil| pupil.grade = pupil.grade % 12 + 1),
                Op::PassOn(who) if !self.pupils.is_empty() => {
                    let gone = self.pupils.remove(at(who));
                    let class = gone.classes.first().copied().unwrap_or(0);
                    let mut pupil = self.new_pupil(class);
                    // Clearly someone else than all who had it: with one of the names alike it would be a correction.
                    let holders = self.holders.entry(gone.local.clone()).or_default();
                    holders.push((gone.first, gone.last));
                    if holders.iter().all(|(first, last)| pupil.first != *first && pupil.last != *last) {
                        pupil.local = gone.local;
                    }
                    self.pupils.push(pupil);
                }
                Op::Teacher(class) => *self.teachers.entry(class % self.classes).or_default() += 1,
                Op::SchoolId(school) => *self.school_ids.entry(school % self.schools).or_default() += 1,
                Op::Leave(_) | Op::Marry(_) | Op::Address(_) | Op::Move(..) | Op::PassOn(_) => {}
            }
        }
    }

    fn school_of(&self, class: u8) -> u8 {
        class % self.schools
    }

    fn school_id(&self, school: u8) -> String {
        format!("S{school}{}", "-new".repeat(self.school_ids.get(&school).copied().unwrap_or(0) as usize))
    }

    /// Adds pupils without numbers, of whom none has a namesake.
    pub(crate) fn add_strangers(&mut self, count: usize) {
        self.with_numbers = false;
        for at in 0..count {
            let pupil = self.new_pupil(at as u8);
            self.pupils.push(pupil);
        }
    }

    /// Gives the last pupils another address.
    pub(crate) fn give_other_addresses(&mut self, count: usize) {
        self.pupils.iter_mut().rev().take(count).for_each(|pupil| pupil.local.push('x'));
    }

    /// Lets so many of the pupils before them go.
    pub(crate) fn let_go(&mut self, count: usize) {
        let stay = self.pupils.len() - count;
        self.pupils.drain(..count.min(stay));
    }

    /// The students of each class that is in the file, by who they are; while classes keep their ids.
    pub(crate) fn students_of_classes(&self) -> BTreeMap<String, BTreeSet<usize>> {
        let mut classes = BTreeMap::<String, BTreeSet<usize>>::new();
        for pupil in &self.pupils {
            for class in pupil.classes.iter().filter(|class| Some(self.school_of(**class)) != self.missing) {
                classes.entry(format!("C{class}")).or_default().insert(pupil.who);
            }
        }
        classes
    }

    /// The students of each school that is in the file, by who they are.
    pub(crate) fn students_of_schools(&self) -> BTreeMap<String, BTreeSet<usize>> {
        let mut schools = BTreeMap::<String, BTreeSet<usize>>::new();
        for pupil in &self.pupils {
            for class in pupil.classes.iter().filter(|class| Some(self.school_of(**class)) != self.missing) {
                schools.entry(self.school_id(self.school_of(*class))).or_default().insert(pupil.who);
            }
        }
        if schools.is_empty() {
            // The file's only row: see below.
            schools.insert(self.school_id(0), BTreeSet::from([usize::MAX]));
        }
        schools
    }

    /// The file.
    pub(crate) fn csv(&self) -> String {
        let mut csv = String::from(
            "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,student_first_name,\
             student_last_name,student_email,student_grade_level",
        );
        csv.push_str(if self.with_numbers { ",student_id\n" } else { "\n" });
        let mut row = |pupil: &Pupil, class: u8| {
            let school = self.school_of(class);
            let teacher = usize::from(class) + 97 * self.teachers.get(&class).copied().unwrap_or(0) as usize;
            let class_id = if self.class_ids == 0 {
                format!("C{class}")
            } else {
                format!("K{}x{class}", self.class_ids)
            };
            write!(
                csv,
                "{},School {school},t{teacher}@x.org,{},{},{class_id},Class {class},{},{},{}@d{}.org,{:02}",
                self.school_id(school),
                FIRST[teacher % 24],
                LAST[teacher / 24 % 24],
                FIRST[pupil.first],
                LAST[pupil.last],
                pupil.local,
                self.domain,
                pupil.grade,
            )
            .unwrap();
            if self.with_numbers {
                let number = pupil.number + self.renumbered * 5_000_011;
                if self.zeros { write!(csv, ",{number:010}") } else { write!(csv, ",{number}") }.unwrap();
            }
            csv.push('\n');
        };
        let mut any = false;
        for pupil in &self.pupils {
            for class in pupil.classes.iter().filter(|class| Some(self.school_of(**class)) != self.missing) {
                row(pupil, *class);
                any = true;
            }
        }
        if !any {
            // A file needs a row.
            let someone = Pupil {
                who: 0,
                first: 0,
                last: 0,
                local: "someone".into(),
                number: 7,
                grade: 1,
                classes: BTreeSet::new(),
            };
            row(&someone, 0);
        }
        csv
    }
}
