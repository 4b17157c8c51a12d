//! What the rejected rows of a file name: none of it is removed in this run.

use hashbrown::HashSet;

use crate::string_arena::{StrId, StringArena};
use crate::string_index::StringIndex;

/// As what a rejected row names a key.
///
/// A row can be rejected because one of its keys is unreadable; then it is not known which student (or teacher) it was about,
/// so every link of the class it names is kept, and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum ProtectedAs {
    /// A school.
    School = 1,
    /// A class.
    Class = 1 << 1,
    /// A teacher, by address or SIS number.
    Teacher = 1 << 2,
    /// A student, by address or SIS number.
    Student = 1 << 3,
    /// A class whose student could not be read: every enrollment of it is kept, and everyone in it.
    ClassOfUnknownStudent = 1 << 4,
    /// A class whose teacher could not be read: every teaching of it is kept, and its teachers.
    ClassOfUnknownTeacher = 1 << 5,
    /// A student whose class could not be read: every enrollment of theirs is kept, and its class.
    StudentOfUnknownClass = 1 << 6,
    /// A teacher whose class could not be read: every teaching of theirs is kept, and its class.
    TeacherOfUnknownClass = 1 << 7,
    /// A text in a row whose cells cannot be told: it may be the key of anything. Whatever has it is kept, with every link of
    /// its own.
    Anything = 1 << 8,
}

/// Keys that rejected rows name, as they would be in the roster (trimmed, addresses in lower case). Each is kept once.
#[derive(Clone, Debug, Default)]
pub struct Protected {
    texts: StringArena,
    keys: Vec<StrId>,
    index: StringIndex,
    /// For each key everything that it is named as, one bit each.
    named: Vec<u16>,
    /// Class and student.
    enrollments: HashSet<(u32, u32)>,
    /// Class and teacher.
    teachings: HashSet<(u32, u32)>,
}

impl Protected {
    /// Notes that a row names a key; an empty one is none.
    pub fn name(&mut self, what: ProtectedAs, key: &str) {
        if !key.is_empty() {
            let number = self.number(key);
            self.named[number as usize] |= what as u16;
        }
    }

    /// Notes that a row names both a class and a student in it.
    pub fn name_enrollment(&mut self, class: &str, student: &str) {
        let pair = (self.number(class), self.number(student));
        self.enrollments.insert(pair);
    }

    /// Notes that a row names both a class and a teacher of it.
    pub fn name_teaching(&mut self, class: &str, teacher: &str) {
        let pair = (self.number(class), self.number(teacher));
        self.teachings.insert(pair);
    }

    fn number(&mut self, key: &str) -> u32 {
        let Protected { texts, keys, index, named, .. } = self;
        let next = keys.len() as u32;
        let text_of = |number: u32| keys.get(number as usize).map_or(key, |text| texts.get(*text));
        let number = index.get_or_insert(key, next, text_of);
        if number == next {
            keys.push(texts.push(key));
            named.push(0);
        }
        number
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(self.keys[number as usize])
    }

    /// The keys that are named as this.
    pub fn keys(&self, what: ProtectedAs) -> impl Iterator<Item = &str> {
        let is_named = move |named: &u16| named & what as u16 != 0;
        let keys = self.keys.iter().zip(&self.named).filter(move |(_, named)| is_named(named));
        keys.map(|(key, _)| self.texts.get(*key))
    }

    /// Class and student of rows that name both.
    pub fn enrollments(&self) -> impl Iterator<Item = (&str, &str)> {
        self.enrollments.iter().map(|(class, student)| (self.text(*class), self.text(*student)))
    }

    /// Class and teacher of rows that name both.
    pub fn teachings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.teachings.iter().map(|(class, teacher)| (self.text(*class), self.text(*teacher)))
    }

    /// Whether a key is named as this.
    pub fn names(&self, what: ProtectedAs, key: &str) -> bool {
        let number = self.index.get(key, |number| self.text(number));
        number.is_some_and(|number| self.named[number as usize] & what as u16 != 0)
    }

    /// Adds what the rejected rows of another file name.
    pub fn append(&mut self, other: &Protected) {
        for (key, named) in other.keys.iter().zip(&other.named) {
            let number = self.number(other.texts.get(*key));
            self.named[number as usize] |= named;
        }
        other.enrollments().for_each(|(class, student)| self.name_enrollment(class, student));
        other.teachings().for_each(|(class, teacher)| self.name_teaching(class, teacher));
    }

    /// Whether no row was rejected.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Protected, ProtectedAs};

    #[test]
    fn a_key_is_known_by_everything_it_is_named_as() {
        let mut protected = Protected::default();
        assert!(protected.is_empty());
        protected.name(ProtectedAs::Class, "7");
        protected.name(ProtectedAs::School, "7");
        protected.name(ProtectedAs::Student, "");
        protected.name_enrollment("7", "ann@x.org");
        let mut whole = Protected::default();
        whole.name(ProtectedAs::Teacher, "tess@x.org");
        whole.append(&protected);
        assert!(whole.names(ProtectedAs::Class, "7") && whole.names(ProtectedAs::School, "7"));
        assert!(!whole.names(ProtectedAs::Student, "7") && !whole.names(ProtectedAs::Student, "ann@x.org"));
        assert_eq!(whole.keys(ProtectedAs::Teacher).collect::<Vec<_>>(), ["tess@x.org"]);
        assert_eq!(whole.enrollments().collect::<Vec<_>>(), [("7", "ann@x.org")]);
        assert_eq!((whole.teachings().count(), whole.keys(ProtectedAs::Anything).count()), (0, 0));
    }
}
