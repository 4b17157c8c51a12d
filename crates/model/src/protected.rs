//! What the rejected rows of a file name: none of it is removed in this run.

use hashbrown::HashSet;

/// Keys that rejected rows name, as they would be in the roster (trimmed, addresses in lower case).
///
/// A row can be rejected because one of its keys is unreadable; then it is not known which student
/// (or teacher) it was about, so every link of the class it names is kept, and the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// School keys.
    pub schools: HashSet<Box<str>>,
    /// Class keys.
    pub classes: HashSet<Box<str>>,
    /// Teacher keys: addresses and SIS numbers.
    pub teachers: HashSet<Box<str>>,
    /// Student keys: addresses and SIS numbers.
    pub students: HashSet<Box<str>>,
    /// (class key, student key) of rows that name both.
    pub enrollments: HashSet<(Box<str>, Box<str>)>,
    /// (class key, teacher key) of rows that name both.
    pub teachings: HashSet<(Box<str>, Box<str>)>,
    /// Class keys of rows whose student could not be read: every enrollment of these classes, and everyone
    /// in them, is kept.
    pub classes_with_unknown_student: HashSet<Box<str>>,
    /// Class keys of rows whose teacher could not be read: every teaching of these classes is kept, and
    /// their teachers.
    pub classes_with_unknown_teacher: HashSet<Box<str>>,
    /// Student keys of rows whose class could not be read: every enrollment of theirs is kept, and its class.
    pub students_with_unknown_class: HashSet<Box<str>>,
    /// Teacher keys of rows whose class could not be read: every teaching of theirs is kept, and its class.
    pub teachers_with_unknown_class: HashSet<Box<str>>,
    /// What stands in rows whose cells cannot be told: each text may be the key of anything. Whatever has such a key is
    /// kept, with every link of its own.
    pub of_anything: HashSet<Box<str>>,
}

impl Protected {
    /// Adds what the rejected rows of another file name.
    pub fn append(&mut self, other: Protected) {
        self.schools.extend(other.schools);
        self.classes.extend(other.classes);
        self.teachers.extend(other.teachers);
        self.students.extend(other.students);
        self.enrollments.extend(other.enrollments);
        self.teachings.extend(other.teachings);
        self.classes_with_unknown_student.extend(other.classes_with_unknown_student);
        self.classes_with_unknown_teacher.extend(other.classes_with_unknown_teacher);
        self.students_with_unknown_class.extend(other.students_with_unknown_class);
        self.teachers_with_unknown_class.extend(other.teachers_with_unknown_class);
        self.of_anything.extend(other.of_anything);
    }

    /// Whether no row was rejected.
    pub fn is_empty(&self) -> bool {
        *self == Protected::default()
    }
}
