//! Who teaches and who is in which class, as the files of a set say it; and keys that lead nowhere.

use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::ProtectedAs;
use homeroom_model::roster::{Person, RosterLink};

use crate::sets::parts::{Parts, Rows};
use crate::sets::tables::Said;

/// A link by the rows of its class and its person, and the line that says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowLink {
    pub(super) link: RosterLink,
    pub(super) line: u32,
}

/// The links of a set.
#[derive(Default)]
pub(super) struct Links {
    pub(super) teachings: Vec<RowLink>,
    pub(super) enrollments: Vec<RowLink>,
    /// The file that holds the enrollments.
    pub(super) file: String,
    pub(super) dangling: Dangling,
    /// Whether the files hold changes only, and may name what they do not list.
    pub(super) partial: bool,
}

/// Keys that lead nowhere: how many, and the first of them.
#[derive(Default)]
pub(super) struct Dangling {
    pub(super) classes: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) rows: u64,
}

/// Keys that are kept to see what they have in common.
const KEPT: usize = 200;

/// A row that names a class and a person.
pub(super) struct Naming<'n> {
    pub(super) file: &'n str,
    pub(super) line: u32,
    /// The columns of the class and the person, as the specification calls them.
    pub(super) columns: (&'static str, &'static str),
    pub(super) class: &'n str,
    pub(super) person: &'n str,
}

impl Naming<'_> {
    /// The row of the class; when there is none, that is said, and what the row names is kept as it is.
    pub(super) fn class(&self, parts: &Parts, links: &mut Links, said: &mut Said) -> Option<u32> {
        let found = parts.classes.get(self.class);
        if found.is_none() {
            keep(&mut links.dangling.classes, self.class);
            self.leads_nowhere(self.columns.0, self.class, "class", links, said);
        }
        found
    }

    /// The row of the person, as [`Naming::class`].
    pub(super) fn person<H: Copy>(
        &self,
        people: &Rows<H>,
        what: &str,
        links: &mut Links,
        said: &mut Said,
    ) -> Option<u32> {
        let found = people.get(self.person);
        if found.is_none() {
            keep(&mut links.dangling.people, self.person);
            self.leads_nowhere(self.columns.1, self.person, what, links, said);
        }
        found
    }

    /// The row of a class's teacher; when there is none, that is said, and the class stands without it.
    pub(super) fn teacher(&self, teachers: &Rows<Person>, said: &mut Said) -> Option<u32> {
        let found = teachers.get(self.person);
        if found.is_none() {
            let code = FindingCode::TeacherUnknown;
            let message = format!(
                "Class '{}' names the teacher '{}', which none of the files lists.",
                self.class, self.person
            );
            said.say(
                self.file,
                || Finding::of_line(code, self.line, self.person, message).in_column(self.columns.1),
                code,
            );
            said.protected.name(ProtectedAs::Teacher, self.person);
            said.protected.name_teaching(self.class, self.person);
        }
        found
    }

    fn leads_nowhere(&self, column: &'static str, key: &str, what: &str, links: &mut Links, said: &mut Said) {
        links.dangling.rows += 1;
        let code = FindingCode::ReferenceUnknown;
        let message = || match key {
            "" => format!("The row names no {what}."),
            key => format!("The row names the {what} '{key}', which none of the files lists."),
        };
        said.say(self.file, || Finding::of_line(code, self.line, key, message()).in_column(column), code);
        self.reject(said);
    }

    /// Drops the row: the link that it names stays as it is, and its two ends.
    pub(super) fn reject(&self, said: &mut Said) {
        said.rejected += 1;
        let (protected, class, person) = (&mut said.protected, self.class, self.person);
        protected.name(ProtectedAs::Student, person);
        protected.name(ProtectedAs::Teacher, person);
        protected.name(ProtectedAs::Class, class);
        match (class.is_empty(), person.is_empty()) {
            (false, false) => {
                protected.name_enrollment(class, person);
                protected.name_teaching(class, person);
            }
            (false, true) => {
                protected.name(ProtectedAs::ClassOfUnknownStudent, class);
                protected.name(ProtectedAs::ClassOfUnknownTeacher, class);
            }
            _ => {
                protected.name(ProtectedAs::StudentOfUnknownClass, person);
                protected.name(ProtectedAs::TeacherOfUnknownClass, person);
            }
        }
    }
}

fn keep(kept: &mut Vec<String>, key: &str) {
    if kept.len() < KEPT && !key.is_empty() {
        kept.push(key.to_owned());
    }
}

impl Dangling {
    /// What the keys of one file have before them, and those of the other have not: `Section_` in `Section_12` and `12`.
    /// The sentence says which.
    pub(super) fn difference(&self, parts: &Parts) -> Option<String> {
        let classes = || parts.classes.by_key.keys().map(|key| &**key);
        let people = || parts.students.by_key.keys().chain(parts.teachers.by_key.keys()).map(|key| &**key);
        difference(&self.classes, classes).or_else(|| difference(&self.people, people))
    }
}

fn difference<'k, I: Iterator<Item = &'k str>>(dangling: &[String], known: impl Fn() -> I) -> Option<String> {
    let first = dangling.first()?;
    let longer = known().find_map(|key| key.strip_suffix(first.as_str()).map(|prefix| (prefix, true)));
    let shorter = || known().find_map(|key| first.strip_suffix(key).map(|prefix| (prefix, false)));
    let (prefix, is_missing) = longer.or_else(shorter).filter(|(prefix, _)| !prefix.is_empty())?;
    let explained = dangling.iter().filter(|key| match is_missing {
        true => known().any(|known| known.strip_prefix(prefix) == Some(key.as_str())),
        false => known().any(|known| key.strip_prefix(prefix) == Some(known)),
    });
    if explained.count() * 2 < dangling.len() {
        return None;
    }
    Some(match is_missing {
        true => {
            format!("The ids that it names lack '{prefix}' at their beginning, which the other files have.")
        }
        false => format!(
            "The ids that it names have '{prefix}' at their beginning, which the other files have not."
        ),
    })
}
