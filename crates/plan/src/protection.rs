//! What a rejected row names stays: which stored things and links must not be removed in this run.

use hashbrown::{HashMap, HashSet};

use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{Link, Person};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use crate::pins::LeftOut;

/// Numbers that stay active, and links that stay in force.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) schools: HashSet<u32>,
    pub(crate) classes: HashSet<u32>,
    pub(crate) teachers: HashSet<u32>,
    pub(crate) students: HashSet<u32>,
    pub(crate) teachings: HashSet<Link>,
    pub(crate) enrollments: HashSet<Link>,
}

/// Active things by key; of people by the SIS's number and by address.
type Numbers<'s> = HashMap<&'s str, u32>;

impl Kept {
    pub(crate) fn new(stored: &StoredRoster, protected: &Protected) -> Kept {
        if protected.is_empty() {
            return Kept::default();
        }
        let text = |text| stored.texts.get(text);
        let schools = numbers(&stored.schools, |school| [text(school.key), ""]);
        let classes = numbers(&stored.classes, |class| [text(class.key), ""]);
        let keys = |person: &Person| [text(person.sis_id), text(person.email)];
        let teachers = numbers(&stored.teachers, keys);
        let students = numbers(&stored.students, |student| keys(&student.person));
        let named = |numbers: &Numbers<'_>, what: ProtectedAs| -> HashSet<u32> {
            let keys = protected.keys(what).chain(protected.keys(ProtectedAs::Anything));
            keys.filter_map(|key| numbers.get(key).copied()).collect()
        };
        let mut kept = Kept {
            schools: named(&schools, ProtectedAs::School),
            classes: named(&classes, ProtectedAs::Class),
            teachers: named(&teachers, ProtectedAs::Teacher),
            students: named(&students, ProtectedAs::Student),
            ..Kept::default()
        };
        kept.enrollments = links(
            &stored.enrollments,
            &pairs(&classes, &students, protected.enrollments()),
            &named(&classes, ProtectedAs::ClassOfUnknownStudent),
            &named(&students, ProtectedAs::StudentOfUnknownClass),
        );
        kept.teachings = links(
            &stored.teachings,
            &pairs(&classes, &teachers, protected.teachings()),
            &named(&classes, ProtectedAs::ClassOfUnknownTeacher),
            &named(&teachers, ProtectedAs::TeacherOfUnknownClass),
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

fn numbers<'s, V>(list: &'s [Stored<V>], keys: impl Fn(&'s V) -> [&'s str; 2]) -> Numbers<'s> {
    let active = list.iter().filter(|one| one.active);
    active
        .flat_map(|one| keys(&one.values).map(|key| (key, one.number)))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

fn pairs<'p>(
    classes: &Numbers<'_>,
    people: &Numbers<'_>,
    pairs: impl Iterator<Item = (&'p str, &'p str)>,
) -> HashSet<Link> {
    let link = |(class, person)| Some(Link { class: *classes.get(class)?, person: *people.get(person)? });
    pairs.filter_map(link).collect()
}

/// Links in force that are named, or whose class or person is among those whose other side could not be read.
fn links(
    stored: &[StoredLink],
    named: &HashSet<Link>,
    classes: &HashSet<u32>,
    people: &HashSet<u32>,
) -> HashSet<Link> {
    let stays =
        |link: &Link| named.contains(link) || classes.contains(&link.class) || people.contains(&link.person);
    stored.iter().filter(|one| one.active && stays(&one.link)).map(|one| one.link).collect()
}
