//! The two halves of a row, validated once each.

use std::borrow::Cow;

use homeroom_model::column::Column;
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::grade::Grade;
use homeroom_model::profile::Profile;
use homeroom_model::roster::{Person, School, Student};
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_read::{Header, TableRow};

use crate::names::{accents_lost, encoded_once, is_nobody, is_private};
use crate::people::{self, People};
use crate::values::{
    Address, Clean, address, behind_date, changed_by_spreadsheet, clean, is_clever_id, means_nothing,
};

/// Something to say about a half, told on every row that has it.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) code: FindingCode,
    pub(crate) column: Column,
    pub(crate) value: Box<str>,
    pub(crate) message: Box<str>,
    pub(crate) proposed: Option<Box<str>>,
}

/// School, teacher and class of a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClassHalf {
    pub(crate) school: StrId,
    pub(crate) school_name: StrId,
    pub(crate) class: StrId,
    pub(crate) class_name: StrId,
    pub(crate) teacher: Person,
}

/// Where a half stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Uses {
    /// Rows that have it.
    pub(crate) rows: u32,
    /// The first and the last line with it.
    pub(crate) first_line: u32,
    pub(crate) last_line: u32,
}

impl Uses {
    /// Counts one more row.
    pub(crate) fn count(&mut self, line: u32) {
        if self.rows == 0 {
            self.first_line = line;
        }
        self.rows += 1;
        self.last_line = line;
    }
}

/// The distinct halves of one side of the rows.
#[derive(Default)]
pub(crate) struct Halves<H> {
    pub(crate) texts: StringArena,
    /// Their values.
    pub(crate) list: Vec<H>,
    /// What is known of each besides.
    pub(crate) seen: Vec<Seen>,
    /// Who is named by them; nobody before [`Halves::resolve`].
    pub(crate) people: People,
}

impl<H: Copy> Halves<H> {
    /// Adds the half in these cells.
    pub(crate) fn add<'c>(
        &mut self,
        cells: Cells<'c>,
        profile: &'c Profile,
        read: impl FnOnce(HalfReader<'c, '_>) -> (H, Seen),
    ) -> H {
        let (half, seen) = read(HalfReader { cells, profile, texts: &mut self.texts, seen: Seen::default() });
        self.list.push(half);
        self.seen.push(seen);
        half
    }

    /// Tells apart who is named, when all rows have been read.
    pub(crate) fn resolve(&mut self, person: impl Fn(&H) -> Person, words: &people::Words) {
        let Halves { texts, list, seen, people } = self;
        *people = people::resolve(texts, |half| person(&list[half]), seen, words);
    }
}

/// What is kept about each distinct half besides its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) uses: Uses,
    pub(crate) issues: Vec<Issue>,
    pub(crate) rejected: bool,
    /// Whether the person that it names is nobody, and the rows stand without one.
    pub(crate) nobody: bool,
    /// Whether it has a grade, understood or not.
    pub(crate) has_grade: bool,
}

impl Seen {
    pub(crate) fn say(
        &mut self,
        column: Column,
        code: FindingCode,
        value: &str,
        message: impl Into<Box<str>>,
    ) {
        self.rejected |= code.severity() == Severity::RejectRow;
        self.issues.push(Issue {
            code,
            column,
            value: value.into(),
            message: message.into(),
            proposed: None,
        });
    }

    /// Says something, and the value that we would write there.
    pub(crate) fn propose(
        &mut self,
        column: Column,
        code: FindingCode,
        value: &str,
        message: String,
        proposed: &str,
    ) {
        self.say(column, code, value, message);
        if let Some(issue) = self.issues.last_mut() {
            issue.proposed = Some(proposed.into());
        }
    }
}

/// Where the cells of a half are found.
pub(crate) enum Cells<'r> {
    /// In the row itself.
    Row {
        /// Which column stands where.
        header: &'r Header,
        /// The row.
        row: &'r TableRow<'r>,
    },
    /// One for each of these columns.
    Listed {
        /// The columns.
        columns: &'r [Column],
        /// Their cells.
        cells: &'r [&'r [u8]],
    },
}

/// Reads the cells of one half.
pub(crate) struct HalfReader<'r, 't> {
    cells: Cells<'r>,
    profile: &'r Profile,
    texts: &'t mut StringArena,
    seen: Seen,
}

impl<'r> HalfReader<'r, '_> {
    pub(crate) fn class_half(mut self) -> (ClassHalf, Seen) {
        let school = self.key(Column::SchoolId, FindingCode::SchoolIdMissing);
        let class = self.key(Column::ClassId, FindingCode::ClassIdMissing);
        let class = if self.profile.class_id_per_school { self.within_school(school, class) } else { class };
        let half = ClassHalf {
            school,
            school_name: self.name_or_key(Column::SchoolName, school),
            class,
            class_name: self.name_or_key(Column::ClassName, class),
            teacher: self.teacher(),
        };
        (half, self.seen)
    }

    /// A school by itself.
    pub(crate) fn school(mut self) -> (School, Seen) {
        let key = self.key(Column::SchoolId, FindingCode::SchoolIdMissing);
        let school = School { key, name: self.name_or_key(Column::SchoolName, key) };
        (school, self.seen)
    }

    /// A class by itself, with the key of its school.
    pub(crate) fn class(mut self) -> (ClassHalf, Seen) {
        let class = self.key(Column::ClassId, FindingCode::ClassIdMissing);
        let half = ClassHalf {
            class,
            class_name: self.name_or_key(Column::ClassName, class),
            school: self.key(Column::SchoolId, FindingCode::SchoolIdMissing),
            ..ClassHalf::default()
        };
        (half, self.seen)
    }

    /// A teacher by itself.
    pub(crate) fn teacher_half(mut self) -> (Person, Seen) {
        let teacher = self.teacher();
        (teacher, self.seen)
    }

    pub(crate) fn student_half(mut self) -> (Student, Seen) {
        let sis_id = self.optional_key(Column::StudentId);
        let email = self.email(Column::StudentEmail, FindingCode::StudentEmailInvalid, |seen, value| {
            if sis_id.is_empty() {
                seen.say(
                    Column::StudentEmail,
                    FindingCode::StudentEmailMissing,
                    value,
                    "The student's e-mail address is missing.",
                );
            }
        });
        let (first_name, last_name) =
            self.names(Column::StudentFirstName, Column::StudentLastName, FindingCode::StudentNameMissing);
        self.is_placeholder(
            Column::StudentFirstName,
            Column::StudentLastName,
            FindingCode::StudentPlaceholder,
        );
        let person = Person {
            sis_id,
            email,
            first_name,
            last_name,
            clever_id: self.clever_id(Column::StudentCleverId),
        };
        let half = Student { person, username: self.text(Column::StudentUsername), grade: self.grade() };
        (half, self.seen)
    }

    fn teacher(&mut self) -> Person {
        if self.is_placeholder(
            Column::TeacherFirstName,
            Column::TeacherLastName,
            FindingCode::TeacherPlaceholder,
        ) {
            self.seen.nobody = true;
            return Person::default();
        }
        let sis_id = self.optional_key(Column::TeacherId);
        let email = self.email(Column::TeacherEmail, FindingCode::TeacherEmailInvalid, |seen, value| {
            seen.say(
                Column::TeacherEmail,
                FindingCode::TeacherEmailMissing,
                value,
                "The teacher's e-mail address is missing.",
            );
        });
        if is_private(self.texts.get(email)) {
            let value = self.texts.get(email).to_owned();
            let message = format!("{value} is a private address, not one of the school.");
            self.seen.say(Column::TeacherEmail, FindingCode::TeacherEmailPrivate, &value, message);
        }
        let (first_name, last_name) =
            self.names(Column::TeacherFirstName, Column::TeacherLastName, FindingCode::TeacherNameMissing);
        Person { sis_id, email, first_name, last_name, clever_id: self.clever_id(Column::TeacherCleverId) }
    }

    /// Whether a person's names are nobody's, which is said.
    fn is_placeholder(&mut self, first: Column, last: Column, code: FindingCode) -> bool {
        let text = |column| std::str::from_utf8(self.cell(column)).unwrap_or_default();
        let (first_name, last_name) = (text(first), text(last));
        let nobody = is_nobody(first_name, last_name);
        if nobody {
            let name = format!("{} {}", clean(first_name.as_bytes()).text, clean(last_name.as_bytes()).text);
            let name = name.trim().to_owned();
            self.seen.say(last, code, &name, format!("'{name}' is no person's name."));
        }
        nobody
    }

    fn cell(&self, column: Column) -> &'r [u8] {
        match self.cells {
            Cells::Row { header, row } => header.position(column).map_or(&[], |at| row.cell(at)),
            Cells::Listed { columns, cells } => {
                columns.iter().position(|known| *known == column).map_or(&[], |at| cells[at])
            }
        }
    }

    /// A cell cleaned; what had to be removed is said.
    fn clean(&mut self, column: Column) -> Cow<'r, str> {
        let Clean { mut text, invisible, control } = clean(self.cell(column));
        if self.profile.encoded_twice
            && let Some(once) = encoded_once(&text)
        {
            text = once.into();
        }
        if let Some(name) = invisible {
            let message = format!("The cell held {name}, which was removed.");
            self.seen.say(column, FindingCode::InvisibleCharacter, &text, message);
        }
        if control {
            let shown = text.replace(|c: char| c.is_control(), "\u{FFFD}");
            self.seen.say(
                column,
                FindingCode::ControlCharacter,
                &shown,
                "The cell holds a control character, which is no text.",
            );
        }
        text
    }

    fn text(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        if self.profile.means_nothing(&text) {
            return StrId::EMPTY;
        }
        self.texts.push(&text)
    }

    /// Whether a value stands where there is none, everywhere or in this district.
    fn means_nothing(&self, text: &str) -> bool {
        means_nothing(text) || self.profile.means_nothing(text)
    }

    /// The key of a class whose number other schools use as well. The form of our own exports is left as it is.
    fn within_school(&mut self, school: StrId, class: StrId) -> StrId {
        let (school_key, class_key) = (self.texts.get(school), self.texts.get(class));
        let has_it = class_key.strip_prefix(school_key).is_some_and(|rest| rest.starts_with('/'));
        if school_key.is_empty() || class_key.is_empty() || has_it {
            return class;
        }
        let whole = format!("{school_key}/{class_key}");
        self.texts.push(&whole)
    }

    fn key(&mut self, column: Column, missing: FindingCode) -> StrId {
        let key = self.optional_key(column);
        if key.is_empty()
            && !self
                .seen
                .issues
                .iter()
                .any(|issue| issue.column == column && issue.code == FindingCode::IdChangedBySpreadsheet)
        {
            let value = String::from_utf8_lossy(self.cell(column)).into_owned();
            self.seen.say(column, missing, &value, format!("{} is missing.", column.name()));
        }
        key
    }

    fn optional_key(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        if self.means_nothing(&text) {
            return StrId::EMPTY;
        }
        if changed_by_spreadsheet(&text) {
            let message = format!("A spreadsheet program has changed {} into '{text}'.", column.name());
            match behind_date(&text) {
                Some(id) => {
                    let message = format!("{message} Most likely it was '{id}'.");
                    self.seen.propose(column, FindingCode::IdChangedBySpreadsheet, &text, message, &id);
                }
                None => self.seen.say(column, FindingCode::IdChangedBySpreadsheet, &text, message),
            }
            return StrId::EMPTY;
        }
        self.texts.push(straightened(&text).as_ref())
    }

    fn name_or_key(&mut self, column: Column, key: StrId) -> StrId {
        let name = self.clean(column);
        if !name.is_empty() && !self.profile.means_nothing(&name) {
            self.say_encoded_twice(column, &name);
            return self.texts.push(&name);
        }
        if !key.is_empty() {
            let message = format!("{} is missing; the id is shown instead.", column.name());
            self.seen.say(column, FindingCode::NameMissing, "", message);
        }
        key
    }

    fn email(
        &mut self,
        column: Column,
        invalid: FindingCode,
        missing: impl FnOnce(&mut Seen, &str),
    ) -> StrId {
        let raw = self.cell(column);
        let text = self.clean(column);
        let found = if self.profile.means_nothing(&text) { Address::Missing } else { address(&text) };
        if let Address::Fine(email) | Address::Repaired(email) = &found
            && !self.profile.knows_domain(email.as_str())
        {
            let message = format!("The domain of {} is none of the district's.", email.as_str());
            self.seen.say(column, FindingCode::EmailDomainUnknown, email.as_str(), message);
        }
        match found {
            Address::Missing => {
                missing(&mut self.seen, &text);
                StrId::EMPTY
            }
            Address::Fine(email) if email.as_str().as_bytes() == raw => self.texts.push(email.as_str()),
            Address::Fine(email) | Address::Repaired(email) => {
                let raw = String::from_utf8_lossy(raw);
                let message = format!("'{raw}' was read as {}.", email.as_str());
                self.seen.propose(column, FindingCode::EmailRepaired, &raw, message, email.as_str());
                self.texts.push(email.as_str())
            }
            Address::Invalid => {
                self.seen.say(column, invalid, &text, format!("'{text}' is not a complete e-mail address."));
                StrId::EMPTY
            }
        }
    }

    fn names(&mut self, first: Column, last: Column, missing: FindingCode) -> (StrId, StrId) {
        let names = (self.name(first), self.name(last));
        match (names.0.is_empty(), names.1.is_empty()) {
            (true, true) => self.seen.say(first, missing, "", "First and last name are missing."),
            (true, false) => self.name_part_missing(first),
            (false, true) => self.name_part_missing(last),
            (false, false) => {}
        }
        names
    }

    /// A part of a person's name.
    fn name(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        // Null is a name; what a spreadsheet or a database writes for nothing is none.
        if self.profile.means_nothing(&text)
            || (!text.starts_with(char::is_alphabetic) && means_nothing(&text))
            || text == "N/A"
        {
            return StrId::EMPTY;
        }
        if !text.is_ascii() {
            self.say_encoded_twice(column, &text);
        }
        if accents_lost(&text) {
            let message = format!("In '{text}' question marks stand where letters were.");
            self.seen.say(column, FindingCode::NameAccentsLost, &text, message);
        }
        self.texts.push(&text)
    }

    fn say_encoded_twice(&mut self, column: Column, text: &str) {
        if let Some(once) = encoded_once(text) {
            let message = format!("'{text}' was encoded twice; most likely it is '{once}'.");
            self.seen.propose(column, FindingCode::NameEncodedTwice, text, message, &once);
        }
    }

    fn name_part_missing(&mut self, column: Column) {
        self.seen.say(column, FindingCode::NamePartMissing, "", format!("{} is missing.", column.name()));
    }

    fn clever_id(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        if self.means_nothing(&text) {
            return StrId::EMPTY;
        }
        if !is_clever_id(&text) {
            let message = format!("'{text}' has not the 24 hexadecimal digits of a Clever id.");
            self.seen.say(column, FindingCode::CleverIdInvalid, &text, message);
            return StrId::EMPTY;
        }
        self.texts.push(&text.to_ascii_lowercase())
    }

    fn grade(&mut self) -> Option<Grade> {
        let text = self.clean(Column::StudentGradeLevel);
        if self.means_nothing(&text) {
            return None;
        }
        self.seen.has_grade = true;
        let grade = self.profile.grade(&text);
        if grade.is_none() {
            let message = format!("The grade '{text}' is not understood and was left empty.");
            self.seen.say(Column::StudentGradeLevel, FindingCode::GradeUnknown, &text, message);
        }
        grade
    }
}

/// Curly quotes in a key are a word processor's doing.
fn straightened(text: &str) -> Cow<'_, str> {
    if !text.contains(['“', '”', '‘', '’']) {
        return text.into();
    }
    text.replace(['“', '”'], "\"").replace(['‘', '’'], "'").trim_matches('"').to_owned().into()
}
