//! What a rejected row names stays: which stored things and links must not be removed in this run.

use hashbrown::{HashMap, HashSet};

use homeroom_model::entity::{ClassNumber, Entity, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{EnrollmentLink, Link, Person, TeachingLink};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use crate::pins::LeftOut;

/// Numbers that stay active, and links that stay in force.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) schools: HashSet<SchoolNumber>,
    pub(crate) classes: HashSet<ClassNumber>,
    pub(crate) teachers: HashSet<TeacherNumber>,
    pub(crate) students: HashSet<StudentNumber>,
    pub(crate) teachings: HashSet<TeachingLink>,
    pub(crate) enrollments: HashSet<EnrollmentLink>,
}

/// Active things by key; of people by the SIS's number and by address.
type Numbers<'s, N> = HashMap<&'s str, N>;

impl Kept {
    pub(crate) fn new(stored: &StoredRoster, protected: &Protected) -> Kept {
        if protected.is_empty() {
            return Kept::default();
        }
        let text = |text| stored.texts.get(text);
        let schools = numbers(&stored.schools, |school| [text(school.key), ""]);
        let classes = numbers(&stored.classes, |class| [text(class.key), ""]);
        let keys = |person: &Person| [text(person.sis_id), text(person.email)];
        let teachers = numbers(&stored.teachers, |teacher| keys(&teacher.person));
        let students = numbers(&stored.students, |student| keys(&student.person));
        let mut kept = Kept {
            schools: named(protected, &schools, ProtectedAs::School),
            classes: named(protected, &classes, ProtectedAs::Class),
            teachers: named(protected, &teachers, ProtectedAs::Teacher),
            students: named(protected, &students, ProtectedAs::Student),
            ..Kept::default()
        };
        kept.enrollments = links(
            &stored.enrollments,
            &pairs(&classes, &students, protected.enrollments()),
            &named(protected, &classes, ProtectedAs::ClassOfUnknownStudent),
            &named(protected, &students, ProtectedAs::StudentOfUnknownClass),
        );
        kept.teachings = links(
            &stored.teachings,
            &pairs(&classes, &teachers, protected.teachings()),
            &named(protected, &classes, ProtectedAs::ClassOfUnknownTeacher),
            &named(protected, &teachers, ProtectedAs::TeacherOfUnknownClass),
        );
        kept.complete(stored);
        kept
    }

    /// Whoever is left out by hand does not stay, whatever names them.
    pub(crate) fn without(mut self, left_out: &LeftOut) -> Kept {
        self.teachers.retain(|number| !left_out.teachers.contains(number));
        self.students.retain(|number| !left_out.students.contains(number));
        self.teachings.retain(|link| !left_out.teachers.contains(&link.person));
        self.enrollments.retain(|link| !left_out.students.contains(&link.person));
        self
    }

    /// A link that stays needs its class and person, a class its school.
    fn complete(&mut self, stored: &StoredRoster) {
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

fn named<N: EntityNumber>(protected: &Protected, numbers: &Numbers<'_, N>, what: ProtectedAs) -> HashSet<N> {
    let keys = protected.keys(what).chain(protected.keys(ProtectedAs::Anything));
    keys.filter_map(|key| numbers.get(key).copied()).collect()
}

fn numbers<'s, V: Entity>(
    list: &'s [Stored<V>],
    keys: impl Fn(&'s V) -> [&'s str; 2],
) -> Numbers<'s, V::Number> {
    let active = list.iter().filter(|one| one.active);
    active
        .flat_map(|one| keys(&one.values).map(|key| (key, one.number)))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

fn pairs<'p, P: EntityNumber>(
    classes: &Numbers<'_, ClassNumber>,
    people: &Numbers<'_, P>,
    pairs: impl Iterator<Item = (&'p str, &'p str)>,
) -> HashSet<Link<P>> {
    let link = |(class, person)| Some(Link { class: *classes.get(class)?, person: *people.get(person)? });
    pairs.filter_map(link).collect()
}

/// Links in force that are named, or whose class or person is among those whose other side could not be read.
fn links<P: EntityNumber>(
    stored: &[StoredLink<P>],
    named: &HashSet<Link<P>>,
    classes: &HashSet<ClassNumber>,
    people: &HashSet<P>,
) -> HashSet<Link<P>> {
    let stays = |link: &Link<P>| {
        named.contains(link) || classes.contains(&link.class) || people.contains(&link.person)
    };
    stored.iter().filter(|one| one.active && stays(&one.link)).map(|one| one.link).collect()
}
