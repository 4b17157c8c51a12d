//! What a file's rejected rows name, by key and by name: nothing of it is removed in this run.

use hashbrown::HashSet;

use crate::named::{NamedClass, NamedPerson};
use crate::string_arena::{StrId, StringArena};
use crate::string_index::StringIndex;

/// What a key in a rejected row identifies.
///
/// When a row is rejected because one of its keys is unreadable, it is not known which student (or teacher) it was about. Then every
/// link of its class is kept, and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum ProtectedAs {
    /// A school.
    School = 1,
    /// A class.
    Class = 1 << 1,
    /// A teacher, by SIS id, address or Clever id.
    Teacher = 1 << 2,
    /// A student, by SIS id, address, Clever id or user name.
    Student = 1 << 3,
    /// A class whose student could not be read: every enrollment of it is kept, and everyone in it.
    ClassOfUnknownStudent = 1 << 4,
    /// A class whose teacher could not be read: every teaching of it is kept, and its teachers.
    ClassOfUnknownTeacher = 1 << 5,
    /// A student whose class could not be read: every enrollment of theirs is kept, and its class.
    StudentOfUnknownClass = 1 << 6,
    /// A teacher whose class could not be read: every teaching of theirs is kept, and its class.
    TeacherOfUnknownClass = 1 << 7,
    /// A text in a row whose cells cannot be told apart: it may be any entity's key. Every entity that has it is kept, with all its
    /// links.
    Anything = 1 << 8,
}

/// The keys and names in rejected rows, as they would be in the roster (trimmed, addresses in lower case), each once.
#[derive(Clone, Debug, Default)]
pub struct Protected {
    texts: StringArena,
    keys: Vec<StrId>,
    index: StringIndex,
    /// For each key everything that it identifies, one bit each.
    identified: Vec<u16>,
    /// Class and student.
    enrollments: HashSet<(u32, u32)>,
    /// Class and teacher.
    teachings: HashSet<(u32, u32)>,
    classes: HashSet<NamedClass<u32>>,
    people: HashSet<NamedPerson<u32>>,
}

impl Protected {
    /// Adds a key of a rejected row; an empty key is ignored.
    pub fn protect(&mut self, what: ProtectedAs, key: &str) {
        if !key.is_empty() {
            let number = self.number(key);
            self.identified[number as usize] |= what as u16;
        }
    }

    /// Adds a class and a student of a rejected row.
    pub fn protect_enrollment(&mut self, class: &str, student: &str) {
        let pair = (self.number(class), self.number(student));
        self.enrollments.insert(pair);
    }

    /// Adds a class and a teacher of a rejected row.
    pub fn protect_teaching(&mut self, class: &str, teacher: &str) {
        let pair = (self.number(class), self.number(teacher));
        self.teachings.insert(pair);
    }

    /// Adds the class of a rejected row.
    pub fn protect_class(&mut self, class: NamedClass<&str>) {
        let class = class.map(|text| self.number(text));
        self.classes.insert(class);
    }

    /// Adds a person of a rejected row.
    pub fn protect_person(&mut self, person: NamedPerson<&str>) {
        let person = person.map(|text| self.number(text));
        self.people.insert(person);
    }

    fn number(&mut self, key: &str) -> u32 {
        let Protected { texts, keys, index, identified, .. } = self;
        let next = keys.len() as u32;
        let text_of = |number: u32| keys.get(number as usize).map_or(key, |text| texts.get(*text));
        let number = index.get_or_insert(key, next, text_of);
        if number == next {
            keys.push(texts.push(key));
            identified.push(0);
        }
        number
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(self.keys[number as usize])
    }

    /// The keys that identify this.
    pub fn keys(&self, what: ProtectedAs) -> impl Iterator<Item = &str> {
        let is_named = move |identified: &u16| identified & what as u16 != 0;
        let keys = self.keys.iter().zip(&self.identified).filter(move |(_, identified)| is_named(identified));
        keys.map(|(key, _)| self.texts.get(*key))
    }

    /// Class and student of the rows that have both.
    pub fn enrollments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.enrollments.iter().map(|(class, student)| (self.text(*class), self.text(*student)))
    }

    /// Class and teacher of the rows that have both.
    pub fn teachings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.teachings.iter().map(|(class, teacher)| (self.text(*class), self.text(*teacher)))
    }

    /// The classes of the rows.
    pub fn classes(&self) -> impl Iterator<Item = NamedClass<&str>> {
        self.classes.iter().map(|class| class.map(|text| self.text(text)))
    }

    /// The people in the rows.
    pub fn people(&self) -> impl Iterator<Item = NamedPerson<&str>> {
        self.people.iter().map(|person| person.map(|text| self.text(text)))
    }

    /// Whether a key identifies this.
    pub fn protects(&self, what: ProtectedAs, key: &str) -> bool {
        let number = self.index.get(key, |number| self.text(number));
        number.is_some_and(|number| self.identified[number as usize] & what as u16 != 0)
    }

    /// Adds the keys of another file's rejected rows.
    pub fn append(&mut self, other: &Protected) {
        for (key, identified) in other.keys.iter().zip(&other.identified) {
            let number = self.number(other.texts.get(*key));
            self.identified[number as usize] |= identified;
        }
        other.enrollments().for_each(|(class, student)| self.protect_enrollment(class, student));
        other.teachings().for_each(|(class, teacher)| self.protect_teaching(class, teacher));
        other.classes().for_each(|class| self.protect_class(class));
        other.people().for_each(|person| self.protect_person(person));
    }

    /// Whether no row was rejected.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Protected, ProtectedAs};
    use crate::ids::EntityKind;
    use crate::named::{NamedClass, NamedPerson};

    #[test]
    fn a_key_is_found_as_everything_that_it_identifies() {
        let mut protected = Protected::default();
        assert!(protected.is_empty());
        protected.protect(ProtectedAs::Class, "7");
        protected.protect(ProtectedAs::School, "7");
        protected.protect(ProtectedAs::Student, "");
        protected.protect_enrollment("7", "ann@x.org");
        let mut whole = Protected::default();
        whole.protect(ProtectedAs::Teacher, "tess@x.org");
        whole.append(&protected);
        assert!(whole.protects(ProtectedAs::Class, "7") && whole.protects(ProtectedAs::School, "7"));
        assert!(
            !whole.protects(ProtectedAs::Student, "7") && !whole.protects(ProtectedAs::Student, "ann@x.org")
        );
        assert_eq!(whole.keys(ProtectedAs::Teacher).collect::<Vec<_>>(), ["tess@x.org"]);
        assert_eq!(whole.enrollments().collect::<Vec<_>>(), [("7", "ann@x.org")]);
        assert_eq!((whole.teachings().count(), whole.keys(ProtectedAs::Anything).count()), (0, 0));
    }
    #[test]
    fn people_and_classes_are_kept_as_the_rows_describe_them() {
        let class = NamedClass { school: "1", key: "7", name: "Math", ..NamedClass::default() };
        let ann = NamedPerson {
            kind: EntityKind::Student,
            sis_id: "",
            email: "office@x.org",
            first_name: "Ann",
            last_name: "Lee",
            grade: None,
            class,
        };
        let mut protected = Protected::default();
        protected.protect_person(ann);
        protected.protect_person(ann);
        protected.protect_class(class);
        let mut whole = Protected::default();
        whole.protect(ProtectedAs::Class, "8");
        whole.append(&protected);
        assert_eq!(whole.people().collect::<Vec<_>>(), [ann]);
        assert_eq!(whole.classes().collect::<Vec<_>>(), [class]);
        assert!(!whole.is_empty() && !protected.is_empty());
    }
}
