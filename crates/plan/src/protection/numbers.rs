//! Protects what rejected rows name: stored entities and links that must not be removed in this run.

use hashbrown::{HashMap, HashSet};

use homeroom_model::entity::{ClassNumber, Entity, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{EnrollmentLink, Link, Person, TeachingLink};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use super::named_classes::{FoundClasses, find_classes};
use super::named_people::{FoundPeople, StoredPeople, find_people};
use crate::pins::LeftOut;

/// Entities that stay active, and links that stay in force.
#[derive(Default)]
pub(crate) struct ProtectedNumbers {
    pub(crate) schools: HashSet<SchoolNumber>,
    pub(crate) classes: HashSet<ClassNumber>,
    pub(crate) teachers: HashSet<TeacherNumber>,
    pub(crate) students: HashSet<StudentNumber>,
    pub(crate) teachings: HashSet<TeachingLink>,
    pub(crate) enrollments: HashSet<EnrollmentLink>,
}

/// Active entities by key; people by SIS id, address, Clever id and user name.
type NumberByKey<'s, N> = HashMap<&'s str, N>;

impl ProtectedNumbers {
    pub(crate) fn new(stored: &StoredRoster, protected: &Protected) -> ProtectedNumbers {
        if protected.is_empty() {
            return ProtectedNumbers::default();
        }
        let text = |text| stored.texts.get(text);
        let schools = by_key(&stored.schools, |school| [text(school.key)]);
        let classes = by_key(&stored.classes, |class| [text(class.key)]);
        let keys = |Person { sis_id, email, clever_id, .. }: Person| [sis_id, email, clever_id].map(text);
        let teachers = by_key(&stored.teachers, |teacher| keys(teacher.person));
        let students = by_key(&stored.students, |student| {
            let [sis_id, email, clever_id] = keys(student.person);
            [sis_id, email, clever_id, text(student.username)]
        });
        let mut numbers = ProtectedNumbers {
            schools: named(protected, &schools, ProtectedAs::School),
            classes: named(protected, &classes, ProtectedAs::Class),
            teachers: named(protected, &teachers, ProtectedAs::Teacher),
            students: named(protected, &students, ProtectedAs::Student),
            ..ProtectedNumbers::default()
        };
        let found = find_classes(stored, protected);
        let in_doubt = found.values().filter(|class| class.is_key_in_doubt);
        numbers.classes.extend(in_doubt.flat_map(|class| &class.numbers));
        let rows = Rows { protected, classes: &classes, found: &found };
        let of_students = StoredPeople {
            stored,
            list: &stored.students,
            links: &stored.enrollments,
            by_key: &students,
            person: |student| student.person,
            grade: |student| student.grade,
        };
        let kept = rows.links(
            &of_students,
            protected.enrollments(),
            [ProtectedAs::ClassOfUnknownStudent, ProtectedAs::StudentOfUnknownClass],
        );
        numbers.enrollments = kept.links;
        numbers.students.extend(kept.people);
        let of_teachers = StoredPeople {
            stored,
            list: &stored.teachers,
            links: &stored.teachings,
            by_key: &teachers,
            person: |teacher| teacher.person,
            grade: |_| None,
        };
        let kept = rows.links(
            &of_teachers,
            protected.teachings(),
            [ProtectedAs::ClassOfUnknownTeacher, ProtectedAs::TeacherOfUnknownClass],
        );
        numbers.teachings = kept.links;
        numbers.teachers.extend(kept.people);
        numbers.add_ends(stored);
        numbers
    }

    /// Without people whom a pin leaves out: they go, whatever names them.
    pub(crate) fn without(mut self, left_out: &LeftOut) -> ProtectedNumbers {
        self.teachers.retain(|number| !left_out.teachers.contains(number));
        self.students.retain(|number| !left_out.students.contains(number));
        self.teachings.retain(|link| !left_out.teachers.contains(&link.person));
        self.enrollments.retain(|link| !left_out.students.contains(&link.person));
        self
    }

    /// A link that stays needs its class and its person, a class its school.
    fn add_ends(&mut self, stored: &StoredRoster) {
        for link in &self.enrollments {
            self.classes.insert(link.class);
            self.students.insert(link.person);
        }
        for link in &self.teachings {
            self.classes.insert(link.class);
            self.teachers.insert(link.person);
        }
        for class in stored.classes.iter().filter(|class| self.classes.contains(&class.number)) {
            self.schools.insert(class.values.school);
        }
    }
}

/// What rejected rows name, and what is stored of their classes.
struct Rows<'r> {
    protected: &'r Protected,
    classes: &'r NumberByKey<'r, ClassNumber>,
    found: &'r FoundClasses<'r>,
}

/// Links that stay, and people who were found by what rows say of them.
struct KeptLinks<N> {
    links: HashSet<Link<N>>,
    people: HashSet<N>,
}

impl Rows<'_> {
    /// The links of one kind of people that stay. `pairs` are the keys of classes and people that rows name together; `unknown` are the
    /// classes whose person, and the people whose class, no row names.
    fn links<'p, V: Entity>(
        &self,
        people: &StoredPeople<'_, V>,
        pairs: impl Iterator<Item = (&'p str, &'p str)>,
        unknown: [ProtectedAs; 2],
    ) -> KeptLinks<V::Number> {
        let FoundPeople { mut links, people: found, mut classes } =
            find_people(people, self.protected, self.found);
        let [of_class, of_person] = unknown;
        links.extend(named_links(self.classes, people.by_key, pairs));
        classes.extend(named(self.protected, self.classes, of_class));
        // A class whose key is in doubt stays with its people.
        let in_doubt = self.found.values().filter(|class| class.is_key_in_doubt);
        classes.extend(in_doubt.flat_map(|class| &class.numbers));
        let mut everywhere = named(self.protected, people.by_key, of_person);
        everywhere.extend(&found);
        KeptLinks { links: protected_links(people.links, &links, &classes, &everywhere), people: found }
    }
}

fn named<N: EntityNumber>(
    protected: &Protected,
    numbers: &NumberByKey<'_, N>,
    what: ProtectedAs,
) -> HashSet<N> {
    let keys = protected.keys(what).chain(protected.keys(ProtectedAs::Anything));
    keys.filter_map(|key| numbers.get(key).copied()).collect()
}

/// The first of the keys says most: what is one person's number and another's user name is the number.
fn by_key<'s, V: Entity, const N: usize>(
    list: &'s [Stored<V>],
    keys: impl Fn(&'s V) -> [&'s str; N],
) -> NumberByKey<'s, V::Number> {
    let mut numbers = NumberByKey::new();
    for at in 0..N {
        for stored in list.iter().filter(|stored| stored.active) {
            let key = keys(&stored.values)[at];
            if !key.is_empty() {
                numbers.entry(key).or_insert(stored.number);
            }
        }
    }
    numbers
}

fn named_links<'p, P: EntityNumber>(
    classes: &NumberByKey<'_, ClassNumber>,
    people: &NumberByKey<'_, P>,
    pairs: impl Iterator<Item = (&'p str, &'p str)>,
) -> HashSet<Link<P>> {
    let link = |(class, person)| Some(Link { class: *classes.get(class)?, person: *people.get(person)? });
    pairs.filter_map(link).collect()
}

/// Links in force that are named, or whose class or person is in a row whose other side could not be read.
fn protected_links<P: EntityNumber>(
    stored: &[StoredLink<P>],
    named: &HashSet<Link<P>>,
    classes: &HashSet<ClassNumber>,
    people: &HashSet<P>,
) -> HashSet<Link<P>> {
    let stays = |link: &Link<P>| {
        named.contains(link) || classes.contains(&link.class) || people.contains(&link.person)
    };
    stored.iter().filter(|stored| stored.active && stays(&stored.link)).map(|stored| stored.link).collect()
}
