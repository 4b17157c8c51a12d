//! Protects what rejected rows name: stored entities and links that must not be removed in this run.

use hashbrown::{HashMap, HashSet};

use homeroom_model::entity::{ClassNumber, Entity, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{EnrollmentLink, Link, Person, TeachingLink};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

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

/// Active entities by key; people by SIS id and by address.
type NumberByKey<'s, N> = HashMap<&'s str, N>;

impl ProtectedNumbers {
    pub(crate) fn new(stored: &StoredRoster, protected: &Protected) -> ProtectedNumbers {
        if protected.is_empty() {
            return ProtectedNumbers::default();
        }
        let text = |text| stored.texts.get(text);
        let schools = by_key(&stored.schools, |school| [text(school.key), ""]);
        let classes = by_key(&stored.classes, |class| [text(class.key), ""]);
        let keys = |person: &Person| [text(person.sis_id), text(person.email)];
        let teachers = by_key(&stored.teachers, |teacher| keys(&teacher.person));
        let students = by_key(&stored.students, |student| keys(&student.person));
        let mut numbers = ProtectedNumbers {
            schools: named(protected, &schools, ProtectedAs::School),
            classes: named(protected, &classes, ProtectedAs::Class),
            teachers: named(protected, &teachers, ProtectedAs::Teacher),
            students: named(protected, &students, ProtectedAs::Student),
            ..ProtectedNumbers::default()
        };
        numbers.enrollments = protected_links(
            &stored.enrollments,
            &named_links(&classes, &students, protected.enrollments()),
            &named(protected, &classes, ProtectedAs::ClassOfUnknownStudent),
            &named(protected, &students, ProtectedAs::StudentOfUnknownClass),
        );
        numbers.teachings = protected_links(
            &stored.teachings,
            &named_links(&classes, &teachers, protected.teachings()),
            &named(protected, &classes, ProtectedAs::ClassOfUnknownTeacher),
            &named(protected, &teachers, ProtectedAs::TeacherOfUnknownClass),
        );
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

fn named<N: EntityNumber>(
    protected: &Protected,
    numbers: &NumberByKey<'_, N>,
    what: ProtectedAs,
) -> HashSet<N> {
    let keys = protected.keys(what).chain(protected.keys(ProtectedAs::Anything));
    keys.filter_map(|key| numbers.get(key).copied()).collect()
}

fn by_key<'s, V: Entity>(
    list: &'s [Stored<V>],
    keys: impl Fn(&'s V) -> [&'s str; 2],
) -> NumberByKey<'s, V::Number> {
    let active = list.iter().filter(|stored| stored.active);
    active
        .flat_map(|stored| keys(&stored.values).map(|key| (key, stored.number)))
        .filter(|(key, _)| !key.is_empty())
        .collect()
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
