//! A plan: the exact list of changes from the stored roster to the one in an upload. Plain data.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::{Add, Sub};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::Kind;
use crate::rekey::{How, Proposal};
use crate::roster::{Class, Link, Person, School, Student};
use crate::stored::FormerKey;
use crate::texts::Texts;

/// Something with the number it has, or gets, in its district and kind.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<V> {
    /// The number.
    pub number: u32,
    /// Its values after the change; text in the plan's `texts`, a class's school by number.
    pub values: V,
}

/// The changes of one kind of thing. Each number stands in at most one list.
#[derive(Clone, Debug)]
pub struct Changes<V> {
    /// New ones.
    pub create: Vec<Numbered<V>>,
    /// Active ones whose values change.
    pub update: Vec<Numbered<V>>,
    /// Active ones that are not in the file.
    pub deactivate: Vec<u32>,
    /// Inactive ones that are in the file again, with the values they get.
    pub reactivate: Vec<Numbered<V>>,
    /// Active ones that are in the file under new keys, with the values they get: recognised by evidence.
    pub rekey: Vec<Numbered<V>>,
    /// How many active ones stay as they are.
    pub unchanged: u64,
}

/// The changes of teachings or enrollments, by the numbers of class and person.
#[derive(Clone, Debug, Default)]
pub struct LinkChanges {
    /// New ones.
    pub create: Vec<Link>,
    /// Those that end.
    pub deactivate: Vec<Link>,
    /// Ended ones that are in force again.
    pub reactivate: Vec<Link>,
    /// How many stay.
    pub unchanged: u64,
}

impl<V> Default for Changes<V> {
    fn default() -> Self {
        Changes {
            create: vec![],
            update: vec![],
            deactivate: vec![],
            reactivate: vec![],
            rekey: vec![],
            unchanged: 0,
        }
    }
}

impl<V> Changes<V> {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty()
            && self.update.is_empty()
            && self.deactivate.is_empty()
            && self.reactivate.is_empty()
            && self.rekey.is_empty()
    }

    /// All that get values, whatever the change.
    pub fn valued(&self) -> impl Iterator<Item = &Numbered<V>> {
        self.create.iter().chain(&self.update).chain(&self.reactivate).chain(&self.rekey)
    }
}

impl LinkChanges {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.deactivate.is_empty() && self.reactivate.is_empty()
    }
}

/// The changes from one version of a district's roster.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The version of the stored roster that it was made from; applying it to another is refused.
    pub base_version: i64,
    /// The text of the values below.
    pub texts: Arc<Texts>,
    /// Schools.
    pub schools: Changes<School>,
    /// Classes.
    pub classes: Changes<Class>,
    /// Teachers.
    pub teachers: Changes<Person>,
    /// Students.
    pub students: Changes<Student>,
    /// Teachings.
    pub teachings: LinkChanges,
    /// Enrollments.
    pub enrollments: LinkChanges,
    /// Keys that are replaced by others and remembered.
    pub former_keys: Vec<FormerKey>,
    /// How each known thing that changes was found.
    pub found: FoundBy,
    /// What was recognised by evidence, and what else might be one.
    pub proposals: Vec<Proposal>,
}

/// Numbers of stored things with how they were found, sorted by number.
#[derive(Clone, Debug, Default)]
pub struct FoundBy {
    /// Schools.
    pub schools: Vec<(u32, How)>,
    /// Classes.
    pub classes: Vec<(u32, How)>,
    /// Teachers.
    pub teachers: Vec<(u32, How)>,
    /// Students.
    pub students: Vec<(u32, How)>,
}

impl FoundBy {
    /// How a thing was found; `None` when it was not.
    pub fn how(&self, kind: Kind, number: u32) -> Option<How> {
        let list = match kind {
            Kind::School => &self.schools,
            Kind::Class => &self.classes,
            Kind::Teacher => &self.teachers,
            Kind::Student => &self.students,
        };
        list.binary_search_by_key(&number, |(number, _)| *number).ok().map(|at| list[at].1)
    }
}

impl Plan {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.schools.is_empty()
            && self.classes.is_empty()
            && self.teachers.is_empty()
            && self.students.is_empty()
            && self.teachings.is_empty()
            && self.enrollments.is_empty()
            && self.former_keys.is_empty()
    }

    /// A sum over what it does to schools, classes and people, and which links it ends, whatever the order and whatever numbers new
    /// things get: that of two parts is that of their whole. For telling whether a plan is still the one that was shown.
    pub fn digest(&self) -> u64 {
        fn of<V>(kind: Kind, changes: &Changes<V>, words: impl Fn(&V) -> String) -> u64 {
            let lists = [&changes.update, &changes.reactivate, &changes.rekey];
            let known = lists
                .into_iter()
                .zip(1_u8..)
                .flat_map(|(list, what)| list.iter().map(move |one| (what, one.number, &one.values)));
            let all = changes.create.iter().map(|one| (0, 0, &one.values)).chain(known);
            let valued = all.map(|(what, number, values)| hash(&(kind, what, number, words(values))));
            let gone = changes.deactivate.iter().map(|number| hash(&(kind, 4_u8, *number)));
            valued.chain(gone).fold(0, u64::wrapping_add)
        }
        let text = |text| self.texts.get(text);
        let person = |one: &Person| {
            [one.sis_id, one.email, one.first_name, one.last_name, one.clever_id].map(text).join("\0")
        };
        let student = |one: &Student| {
            let grade = one.grade.map_or("", |grade| grade.code());
            format!("{}\0{}\0{grade}", person(&one.person), text(one.username))
        };
        let ends = |links: &LinkChanges, kind: Kind| {
            links.deactivate.iter().map(|link| hash(&(kind, 5_u8, link))).fold(0, u64::wrapping_add)
        };
        [
            of(Kind::School, &self.schools, |one| [one.key, one.name].map(text).join("\0")),
            of(Kind::Class, &self.classes, |one| [one.key, one.name].map(text).join("\0")),
            of(Kind::Teacher, &self.teachers, person),
            of(Kind::Student, &self.students, student),
            ends(&self.teachings, Kind::Teacher),
            ends(&self.enrollments, Kind::Student),
        ]
        .into_iter()
        .fold(0, u64::wrapping_add)
    }

    /// How much it changes, in the shape of a run's JSON.
    pub fn counts(&self) -> PlanCounts {
        let count = |of: &dyn Fn(&dyn ListLengths) -> usize| Counts {
            schools: of(&self.schools) as u64,
            classes: of(&self.classes) as u64,
            teachers: of(&self.teachers) as u64,
            students: of(&self.students) as u64,
            teachings: of(&self.teachings) as u64,
            enrollments: of(&self.enrollments) as u64,
        };
        PlanCounts {
            create: count(&|list| list.lengths()[0]),
            update: count(&|list| list.lengths()[1]),
            deactivate: count(&|list| list.lengths()[2]),
            reactivate: count(&|list| list.lengths()[3]),
            rekey: count(&|list| list.lengths()[4]),
            unchanged: count(&|list| list.lengths()[5]),
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Lengths of create, update, deactivate, reactivate, rekey, unchanged.
trait ListLengths {
    fn lengths(&self) -> [usize; 6];
}

impl<V> ListLengths for Changes<V> {
    fn lengths(&self) -> [usize; 6] {
        [
            self.create.len(),
            self.update.len(),
            self.deactivate.len(),
            self.reactivate.len(),
            self.rekey.len(),
            self.unchanged as usize,
        ]
    }
}

impl ListLengths for LinkChanges {
    fn lengths(&self) -> [usize; 6] {
        [self.create.len(), 0, self.deactivate.len(), self.reactivate.len(), 0, self.unchanged as usize]
    }
}

/// A number for each of the six kinds of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Schools.
    pub schools: u64,
    /// Classes.
    pub classes: u64,
    /// Teachers.
    pub teachers: u64,
    /// Students.
    pub students: u64,
    /// Teacher-class pairs.
    pub teachings: u64,
    /// Student-class pairs.
    pub enrollments: u64,
}

impl Counts {
    /// The six numbers with their names, in the order in which they are shown.
    pub fn named(&self) -> [(&'static str, u64); 6] {
        [
            ("schools", self.schools),
            ("classes", self.classes),
            ("teachers", self.teachers),
            ("students", self.students),
            ("teachings", self.teachings),
            ("enrollments", self.enrollments),
        ]
    }

    /// All six together.
    pub fn total(&self) -> u64 {
        self.named().iter().map(|(_, count)| count).sum()
    }

    /// The number of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        match kind {
            Kind::School => self.schools,
            Kind::Class => self.classes,
            Kind::Teacher => self.teachers,
            Kind::Student => self.students,
        }
    }

    fn with(self, other: Counts, join: fn(u64, u64) -> u64) -> Counts {
        Counts {
            schools: join(self.schools, other.schools),
            classes: join(self.classes, other.classes),
            teachers: join(self.teachers, other.teachers),
            students: join(self.students, other.students),
            teachings: join(self.teachings, other.teachings),
            enrollments: join(self.enrollments, other.enrollments),
        }
    }
}

impl Add for Counts {
    type Output = Counts;

    fn add(self, other: Counts) -> Counts {
        self.with(other, u64::add)
    }
}

impl Sub for Counts {
    type Output = Counts;

    fn sub(self, other: Counts) -> Counts {
        self.with(other, u64::saturating_sub)
    }
}

/// How much a plan changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanCounts {
    /// New.
    pub create: Counts,
    /// Changed values.
    pub update: Counts,
    /// Deactivated or ended.
    pub deactivate: Counts,
    /// Active again.
    pub reactivate: Counts,
    /// New keys for known things.
    pub rekey: Counts,
    /// As they were.
    pub unchanged: Counts,
}

impl PlanCounts {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes().total() == 0
    }

    /// Everything that changes, by kind.
    pub fn changes(&self) -> Counts {
        self.create + self.update + self.deactivate + self.reactivate + self.rekey
    }
}

/// A blown fuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlownFuse {
    /// Which.
    pub fuse: Fuse,
    /// What it blew for: `students`, `rows`, a `school_id`, a `class_id` …
    pub scope: String,
    /// The numbers and the likely cause, in a sentence or two.
    pub message: String,
    /// At most ten of those concerned, by name and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

crate::district::words!(
    /// A limit on a plan.
    Fuse {
        /// Too large a share of the district would be deactivated.
        District = "district",
        /// A school would vanish, or lose too many students.
        School = "school",
        /// Too many students of a class are replaced.
        Class = "class",
        /// Removed people look like created ones.
        Identity = "identity",
        /// Too many people would be changed.
        Update = "update",
        /// The file is much shorter than the last, or ends in the middle of a row.
        Shrink = "shrink",
        /// More active students than seats.
        Seats = "seats",
    }
);

/// The held part of a plan, in the shape of a run's JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// New ones that wait.
    pub create: Counts,
    /// Changes that wait.
    pub update: Counts,
    /// Removals that wait.
    pub deactivate: Counts,
    /// Reactivations that wait.
    pub reactivate: Counts,
    /// New keys for known things that wait.
    #[serde(default)]
    pub rekey: Counts,
    /// Why.
    pub fuses: Vec<BlownFuse>,
    /// What waits, by school; each can be released or discarded on its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<HeldSchool>,
    /// When it expires, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The version of the roster that the held part belongs to.
    #[serde(default)]
    pub roster_version: i64,
    /// [`Plan::digest`] of the held part.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub digest: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Held {
    /// How much waits.
    pub fn counts(&self) -> PlanCounts {
        PlanCounts {
            create: self.create,
            update: self.update,
            deactivate: self.deactivate,
            reactivate: self.reactivate,
            rekey: self.rekey,
            unchanged: Counts::default(),
        }
    }
}

crate::district::words!(
    /// What became of the held part of a school.
    HeldState {
        /// Nobody has decided.
        Waiting = "waiting",
        /// It was applied.
        Released = "released",
        /// It was dropped.
        Discarded = "discarded",
    }
);

/// What waits in one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSchool {
    /// `school_id`; empty for what belongs to no school.
    pub school: String,
    /// Its name.
    pub name: String,
    /// How much.
    #[serde(flatten)]
    pub counts: PlanCounts,
    /// What became of it.
    pub state: HeldState,
}

/// Seats: one for each active student.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Of the licence.
    pub limit: u64,
    /// Active students before the run.
    pub before: u64,
    /// Active students after what the run applies at once.
    pub after: u64,
    /// Active students were everything applied that the file asks for; left out when that is `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<u64>,
    /// Students who wait for a seat, in the order in which they will get one; at most ten are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<String>,
    /// The last day on which the licence may be exceeded, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<jiff::civil::Date>,
    /// By school, where students wait or a limit is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<SchoolSeats>,
}

/// The seats of one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolSeats {
    /// `school_id`
    pub school: String,
    /// Its name.
    pub name: String,
    /// Its own limit, when it has one.
    pub limit: Option<u64>,
    /// Active students before the run.
    pub before: u64,
    /// Active students after what the run applies at once.
    pub after: u64,
    /// Students who wait for a seat.
    pub waiting: u64,
}
