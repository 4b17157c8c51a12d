//! Teachings and enrollments as the files of a set list them, and keys that no file lists.

use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::ProtectedAs;
use homeroom_model::roster::Person;

use crate::sets::entities::{Entities, EntityRows};
use crate::sets::set_report::SetReport;

/// A link between the rows of a class and a person.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowLink {
    pub(super) class: u32,
    pub(super) person: u32,
    /// The line of the link itself; 0 for a stored link.
    pub(super) line: u32,
}

/// The links of a set.
#[derive(Default)]
pub(super) struct Links {
    pub(super) teachings: Vec<RowLink>,
    pub(super) enrollments: Vec<RowLink>,
    /// The file that lists the enrollments.
    pub(super) file: String,
    pub(super) dangling: DanglingKeys,
    /// Whether the files hold changes only, and may name entities that they do not list.
    pub(super) changes_only: bool,
}

/// Keys that no file lists: in how many rows, and the first of them.
#[derive(Default)]
pub(super) struct DanglingKeys {
    pub(super) rows: u64,
    classes: Vec<String>,
    people: Vec<String>,
}

/// How many dangling keys are kept to see what they have in common.
const MAX_KEPT_KEYS: usize = 200;

/// A key in a column, which has the name of the specification.
#[derive(Clone, Copy)]
pub(super) struct KeyCell<'r> {
    pub(super) column: &'static str,
    pub(super) key: &'r str,
}

/// A row that names a class and a person.
pub(super) struct LinkRow<'r> {
    pub(super) file: &'r str,
    pub(super) line: u32,
    pub(super) class: KeyCell<'r>,
    pub(super) person: KeyCell<'r>,
}

impl LinkRow<'_> {
    /// The row of the class; if no file lists it, that is reported, and what the row names is protected.
    pub(super) fn find_class(
        &self,
        entities: &Entities,
        links: &mut Links,
        report: &mut SetReport,
    ) -> Option<u32> {
        let found = entities.classes.get(self.class.key);
        if found.is_none() {
            keep(&mut links.dangling.classes, self.class.key);
            links.dangling.rows += 1;
            self.report_unknown(self.class, "class", report);
        }
        found
    }

    /// The row of the person, as [`LinkRow::find_class`]. `noun` says what the person is.
    pub(super) fn find_person<P: Copy>(
        &self,
        people: &EntityRows<P>,
        noun: &str,
        links: &mut Links,
        report: &mut SetReport,
    ) -> Option<u32> {
        let found = people.get(self.person.key);
        if found.is_none() {
            keep(&mut links.dangling.people, self.person.key);
            links.dangling.rows += 1;
            self.report_unknown(self.person, noun, report);
        }
        found
    }

    /// The row of a class's teacher; if no file lists them, that is reported, and the class is accepted without this teacher.
    pub(super) fn find_teacher(&self, teachers: &EntityRows<Person>, report: &mut SetReport) -> Option<u32> {
        let (class, teacher) = (self.class.key, self.person.key);
        let found = teachers.get(teacher);
        if found.is_none() {
            let code = FindingCode::TeacherUnknown;
            report.add(self.file, code, || {
                let message =
                    format!("Class '{class}' names teacher '{teacher}', who is not in any of the files.");
                Finding::of_line(code, self.line, teacher, message).in_column(self.person.column)
            });
            report.protected.protect(ProtectedAs::Teacher, teacher);
            report.protected.protect_teaching(class, teacher);
        }
        found
    }

    fn report_unknown(&self, cell: KeyCell<'_>, noun: &str, report: &mut SetReport) {
        let code = FindingCode::ReferenceUnknown;
        report.add(self.file, code, || {
            let message = match cell.key {
                "" => format!("The row does not name a {noun}."),
                key => format!("The row names {noun} '{key}', which is not in any of the files."),
            };
            Finding::of_line(code, self.line, cell.key, message).in_column(cell.column)
        });
        self.reject(report);
    }

    /// Rejects the row: the stored link that it names stays, and so do its class and its person.
    fn reject(&self, report: &mut SetReport) {
        report.rejected += 1;
        let (protected, class, person) = (&mut report.protected, self.class.key, self.person.key);
        protected.protect(ProtectedAs::Student, person);
        protected.protect(ProtectedAs::Teacher, person);
        protected.protect(ProtectedAs::Class, class);
        match (class.is_empty(), person.is_empty()) {
            (false, false) => {
                protected.protect_enrollment(class, person);
                protected.protect_teaching(class, person);
            }
            (false, true) => {
                protected.protect(ProtectedAs::ClassOfUnknownStudent, class);
                protected.protect(ProtectedAs::ClassOfUnknownTeacher, class);
            }
            _ => {
                protected.protect(ProtectedAs::StudentOfUnknownClass, person);
                protected.protect(ProtectedAs::TeacherOfUnknownClass, person);
            }
        }
    }
}

fn keep(keys: &mut Vec<String>, key: &str) {
    if keys.len() < MAX_KEPT_KEYS && !key.is_empty() {
        keys.push(key.to_owned());
    }
}

impl DanglingKeys {
    /// Says which prefix the keys of one file have and those of the other lack: `Section_12` and `12`.
    pub(super) fn describe_prefix(&self, entities: &Entities) -> Option<String> {
        let classes = || entities.classes.by_key.keys().map(|key| &**key);
        let people =
            || entities.students.by_key.keys().chain(entities.teachers.by_key.keys()).map(|key| &**key);
        describe_prefix(&self.classes, classes).or_else(|| describe_prefix(&self.people, people))
    }
}

/// Which of the keys have the prefix.
#[derive(Clone, Copy)]
enum Prefixed<'k> {
    Listed(&'k str),
    Dangling(&'k str),
}

fn describe_prefix<'k, I: Iterator<Item = &'k str>>(
    dangling: &[String],
    listed: impl Fn() -> I,
) -> Option<String> {
    let first = dangling.first()?;
    let in_listed = || listed().find_map(|key| key.strip_suffix(first.as_str()).map(Prefixed::Listed));
    let in_dangling = || listed().find_map(|key| first.strip_suffix(key).map(Prefixed::Dangling));
    let found = in_listed().or_else(in_dangling)?;
    let (Prefixed::Listed(prefix) | Prefixed::Dangling(prefix)) = found;
    if prefix.is_empty() {
        return None;
    }
    let is_explained = |key: &&String| match found {
        Prefixed::Listed(_) => listed().any(|listed| listed.strip_prefix(prefix) == Some(key.as_str())),
        Prefixed::Dangling(_) => listed().any(|listed| key.strip_prefix(prefix) == Some(listed)),
    };
    if dangling.iter().filter(is_explained).count() * 2 < dangling.len() {
        return None;
    }
    Some(match found {
        Prefixed::Listed(_) => {
            format!("Its ids lack the prefix '{prefix}', which the other files have.")
        }
        Prefixed::Dangling(_) => format!("Its ids have the prefix '{prefix}', which the other files lack."),
    })
}
