//! Reads and validates the cells of one part of a row.

use std::borrow::Cow;

use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::grade::Grade;
use homeroom_model::profile::Profile;
use homeroom_model::roster::{Person, School, Student};
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_read::{Header, TableRow};

use crate::look_alikes::{Straightened, straight_address, straight_key};
use crate::name_checks::{accents_lost, decoded_once, is_personal_address, is_placeholder_name};
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};
use crate::values::{
    Address, CleanCell, changed_by_spreadsheet, clean, foreign_letter, id_behind_date, is_clever_id,
    is_empty_value, is_graduation_year, parse_address,
};

/// Where the cells of a part are.
pub(crate) enum PartCells<'r> {
    /// In the row itself.
    InRow {
        /// Where each column is.
        header: &'r Header,
        /// The row.
        row: &'r TableRow<'r>,
    },
    /// In a list, in the order of these columns.
    Listed {
        /// The columns.
        columns: &'r [Column],
        /// Their cells.
        cells: &'r [&'r [u8]],
    },
}

impl<P: Copy> RowParts<P> {
    /// Adds the part in these cells.
    pub(crate) fn add<'c>(
        &mut self,
        cells: PartCells<'c>,
        profile: &'c Profile,
        read: impl FnOnce(PartReader<'c, '_>) -> (P, PartNotes),
    ) -> P {
        let (part, notes) =
            read(PartReader { cells, profile, texts: &mut self.texts, notes: PartNotes::default() });
        self.values.push(part);
        self.notes.push(notes);
        part
    }
}

/// Reads the cells of one part.
pub(crate) struct PartReader<'r, 't> {
    cells: PartCells<'r>,
    profile: &'r Profile,
    texts: &'t mut StringArena,
    notes: PartNotes,
}

impl<'r> PartReader<'r, '_> {
    /// School, class and teacher of a flat row.
    pub(crate) fn class_part(mut self) -> (ClassPart, PartNotes) {
        let school = self.key(Column::SchoolId, FindingCode::SchoolIdMissing);
        let class = self.key(Column::ClassId, FindingCode::ClassIdMissing);
        let class =
            if self.profile.class_id_per_school { self.class_key_within(school, class) } else { class };
        let part = ClassPart {
            school,
            school_name: self.name_or_key(Column::SchoolName, school),
            class,
            class_name: self.name_or_key(Column::ClassName, class),
            teacher: self.teacher_or_placeholder(),
        };
        (part, self.notes)
    }

    /// A school by itself.
    pub(crate) fn school(mut self) -> (School, PartNotes) {
        let key = self.key(Column::SchoolId, FindingCode::SchoolIdMissing);
        let school = School { key, name: self.name_or_key(Column::SchoolName, key) };
        (school, self.notes)
    }

    /// A class by itself, with the key of its school.
    pub(crate) fn class(mut self) -> (ClassPart, PartNotes) {
        let class = self.key(Column::ClassId, FindingCode::ClassIdMissing);
        let part = ClassPart {
            class,
            class_name: self.name_or_key(Column::ClassName, class),
            school: self.key(Column::SchoolId, FindingCode::SchoolIdMissing),
            ..ClassPart::default()
        };
        (part, self.notes)
    }

    /// A teacher by itself.
    pub(crate) fn teacher(mut self) -> (Person, PartNotes) {
        let teacher = self.teacher_or_placeholder();
        (teacher, self.notes)
    }

    /// A student.
    pub(crate) fn student(mut self) -> (Student, PartNotes) {
        let sis_id = self.optional_key(Column::StudentId);
        let missing = sis_id
            .is_empty()
            .then_some((FindingCode::StudentEmailMissing, "The student's e-mail address is missing."));
        let email = self.email(Column::StudentEmail, FindingCode::StudentEmailInvalid, missing);
        let (first_name, last_name) =
            self.names(Column::StudentFirstName, Column::StudentLastName, FindingCode::StudentNameMissing);
        if let Some(placeholder) = self.placeholder(Column::StudentFirstName, Column::StudentLastName) {
            self.add_placeholder(FindingCode::StudentPlaceholder, Column::StudentLastName, &placeholder);
        }
        let clever_id = self.clever_id(Column::StudentCleverId);
        let person = Person { sis_id, email, first_name, last_name, clever_id };
        let student = Student { person, username: self.username(), grade: self.grade() };
        (student, self.notes)
    }

    fn teacher_or_placeholder(&mut self) -> Person {
        if let Some(placeholder) = self.placeholder(Column::TeacherFirstName, Column::TeacherLastName) {
            self.add_placeholder(FindingCode::TeacherPlaceholder, Column::TeacherLastName, &placeholder);
            self.notes.is_placeholder = true;
            return Person::default();
        }
        let sis_id = self.optional_key(Column::TeacherId);
        let missing = (FindingCode::TeacherEmailMissing, "The teacher's e-mail address is missing.");
        let email = self.email(Column::TeacherEmail, FindingCode::TeacherEmailInvalid, Some(missing));
        if is_personal_address(self.texts.get(email)) {
            let value = self.texts.get(email).to_owned();
            let message = format!("{value} is a personal address, not a school address.");
            self.add(FindingCode::TeacherEmailPrivate, Column::TeacherEmail, &value, message);
        }
        let (first_name, last_name) =
            self.names(Column::TeacherFirstName, Column::TeacherLastName, FindingCode::TeacherNameMissing);
        Person { sis_id, email, first_name, last_name, clever_id: self.clever_id(Column::TeacherCleverId) }
    }

    fn add(&mut self, code: FindingCode, column: Column, value: &str, message: impl Into<Box<str>>) {
        self.notes.add(PartFinding::new(code, column, value, message));
    }

    fn add_placeholder(&mut self, code: FindingCode, column: Column, name: &str) {
        self.add(code, column, name, format!("'{name}' is not a person's name."));
    }

    /// The person's name, when it is that of a placeholder.
    fn placeholder(&self, first: Column, last: Column) -> Option<String> {
        let text = |column| std::str::from_utf8(self.cell(column)).unwrap_or_default();
        let (first_name, last_name) = (text(first), text(last));
        is_placeholder_name(first_name, last_name).then(|| {
            let name = format!("{} {}", clean(first_name.as_bytes()).text, clean(last_name.as_bytes()).text);
            name.trim().to_owned()
        })
    }

    fn cell(&self, column: Column) -> &'r [u8] {
        match self.cells {
            PartCells::InRow { header, row } => header.position(column).map_or(&[], |at| row.cell(at)),
            PartCells::Listed { columns, cells } => {
                columns.iter().position(|known| *known == column).map_or(&[], |at| cells[at])
            }
        }
    }

    /// A cell's clean text; characters that had to be removed are reported.
    fn clean(&mut self, column: Column) -> Cow<'r, str> {
        let CleanCell { mut text, invisible, has_control } = clean(self.cell(column));
        if self.profile.encoded_twice
            && let Some(once) = decoded_once(&text)
        {
            text = clean(once.as_bytes()).text.into_owned().into();
        }
        if text.len() > MAX_CHARACTERS && text.chars().count() > MAX_CHARACTERS {
            let count = text.chars().count();
            text = format!("{}…", text.chars().take(SHOWN_CHARACTERS).collect::<String>()).into();
            let message = format!("The cell has {count} characters, more than {MAX_CHARACTERS}.");
            self.add(FindingCode::ValueTooLong, column, &text, message);
        }
        if let Some(name) = invisible {
            let message = format!("The cell contained {name}, which was removed.");
            self.add(FindingCode::InvisibleCharacter, column, &text, message);
        }
        if has_control {
            let shown = text.replace(|c: char| c.is_control(), "\u{FFFD}");
            let message = "The cell contains a control character, which is not text.";
            self.add(FindingCode::ControlCharacter, column, &shown, message);
        }
        text
    }

    fn username(&mut self) -> StrId {
        let column = Column::StudentUsername;
        let text = self.clean(column);
        if self.profile.is_empty_value(&text) {
            return StrId::EMPTY;
        }
        let text = self.straight_key(column, text);
        self.texts.push(&text)
    }

    /// Whether a text means that there is no value, everywhere or in this district.
    fn is_empty_value(&self, text: &str) -> bool {
        is_empty_value(text) || self.profile.is_empty_value(text)
    }

    /// The key of a class whose number other schools use as well: `school/class`, as our own exports write it.
    fn class_key_within(&mut self, school: StrId, class: StrId) -> StrId {
        let (school_key, class_key) = (self.texts.get(school), self.texts.get(class));
        let has_school = class_key.strip_prefix(school_key).is_some_and(|rest| rest.starts_with('/'));
        if school_key.is_empty() || class_key.is_empty() || has_school {
            return class;
        }
        let key = format!("{school_key}/{class_key}");
        self.texts.push(&key)
    }

    fn key(&mut self, column: Column, missing: FindingCode) -> StrId {
        let key = self.optional_key(column);
        let changed = |finding: &PartFinding| {
            finding.column == column && finding.code == FindingCode::IdChangedBySpreadsheet
        };
        if key.is_empty() && !self.notes.findings.iter().any(changed) {
            let value = String::from_utf8_lossy(self.cell(column)).into_owned();
            self.add(missing, column, &value, format!("{} is missing.", column.name()));
        }
        key
    }

    fn optional_key(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        if self.is_empty_value(&text) {
            return StrId::EMPTY;
        }
        if changed_by_spreadsheet(&text) {
            let code = FindingCode::IdChangedBySpreadsheet;
            let message = format!("A spreadsheet program changed {} to '{text}'.", column.name());
            let finding = match id_behind_date(&text) {
                Some(id) => {
                    let message = format!("{message} Most likely it was '{id}'.");
                    PartFinding::new(code, column, &text, message).proposing(&id)
                }
                None => PartFinding::new(code, column, &text, message),
            };
            self.notes.add(finding);
            return StrId::EMPTY;
        }
        let text = self.straight_key(column, with_straight_quotes(&text));
        self.texts.push(&text)
    }

    /// An id or user name in plain letters. A letter that was lost makes another one of it.
    fn straight_key<'k>(&mut self, column: Column, text: Cow<'k, str>) -> Cow<'k, str> {
        if text.contains(char::REPLACEMENT_CHARACTER) {
            let message = format!("'{text}' has a character that is damaged.");
            self.add(FindingCode::ControlCharacter, column, &text, message);
        }
        let Some(straight) = straight_key(&text) else { return text };
        self.add_look_alike(column, &text, &straight);
        straight.text.into()
    }

    fn add_look_alike(&mut self, column: Column, text: &str, straight: &Straightened) {
        let message = format!("{}: '{text}' was read as {}.", straight.what(), straight.text);
        let finding = PartFinding::new(FindingCode::LookAlikeLetter, column, text, message);
        self.notes.add(finding.proposing(&straight.text));
    }

    fn name_or_key(&mut self, column: Column, key: StrId) -> StrId {
        let name = self.clean(column);
        if !name.is_empty() && !self.profile.is_empty_value(&name) {
            self.report_double_encoding(column, &name);
            return self.texts.push(&name);
        }
        if !key.is_empty() {
            let message = format!("{} is missing; the id is shown instead.", column.name());
            self.add(FindingCode::NameMissing, column, "", message);
        }
        key
    }

    /// An e-mail address; `missing` says what to report when there is none.
    fn email(&mut self, column: Column, invalid: FindingCode, missing: Option<(FindingCode, &str)>) -> StrId {
        let raw = self.cell(column);
        let text = self.clean(column);
        let straight = straight_address(&text);
        let address = match &straight {
            _ if self.profile.is_empty_value(&text) => Address::Missing,
            Some(straight) => parse_address(&straight.text),
            None => parse_address(&text),
        };
        if let Address::Valid(email) | Address::Repaired(email) = &address
            && !self.profile.knows_domain(email.as_str())
        {
            let message = format!("The domain of {} is not one of the district's.", email.as_str());
            self.add(FindingCode::EmailDomainUnknown, column, email.as_str(), message);
        }
        match address {
            Address::Missing => {
                if let Some((code, message)) = missing {
                    self.add(code, column, &text, message);
                }
                StrId::EMPTY
            }
            Address::Valid(email) if email.as_str().as_bytes() == raw => self.texts.push(email.as_str()),
            Address::Valid(email) | Address::Repaired(email) if let Some(straight) = &straight => {
                self.add_look_alike(column, &text, straight);
                self.texts.push(email.as_str())
            }
            Address::Valid(email) | Address::Repaired(email) => {
                let raw = String::from_utf8_lossy(raw);
                let message = format!("'{raw}' was read as {}.", email.as_str());
                let finding = PartFinding::new(FindingCode::EmailRepaired, column, &raw, message);
                self.notes.add(finding.proposing(email.as_str()));
                self.texts.push(email.as_str())
            }
            Address::Invalid => {
                let message = match foreign_letter(&text) {
                    Some((place, letter)) => {
                        format!(
                            "Character {place} of '{text}', '{letter}', cannot stand in an e-mail address."
                        )
                    }
                    None => format!("'{text}' is not a complete e-mail address."),
                };
                self.add(invalid, column, &text, message);
                StrId::EMPTY
            }
        }
    }

    fn names(&mut self, first: Column, last: Column, missing: FindingCode) -> (StrId, StrId) {
        let names = (self.name(first), self.name(last));
        match (names.0.is_empty(), names.1.is_empty()) {
            (true, true) => self.add(missing, first, "", "First and last name are missing."),
            (true, false) => self.report_missing_name_part(first),
            (false, true) => self.report_missing_name_part(last),
            (false, false) => {}
        }
        names
    }

    /// A part of a person's name.
    fn name(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        // Null is a name; `#REF!` and `N/A`, which spreadsheets and databases write for an empty cell, are not.
        if self.profile.is_empty_value(&text)
            || (!text.starts_with(char::is_alphabetic) && is_empty_value(&text))
            || text == "N/A"
        {
            return StrId::EMPTY;
        }
        if !text.is_ascii() {
            self.report_double_encoding(column, &text);
        }
        if accents_lost(&text) {
            let message = format!("'{text}' has question marks in place of letters.");
            self.add(FindingCode::NameAccentsLost, column, &text, message);
        }
        self.texts.push(&text)
    }

    fn report_double_encoding(&mut self, column: Column, text: &str) {
        if let Some(once) = decoded_once(text) {
            let message = format!("'{text}' was encoded twice; most likely it should be '{once}'.");
            let finding = PartFinding::new(FindingCode::NameEncodedTwice, column, text, message);
            self.notes.add(finding.proposing(&once));
        }
    }

    fn report_missing_name_part(&mut self, column: Column) {
        self.add(FindingCode::NamePartMissing, column, "", format!("{} is missing.", column.name()));
    }

    fn clever_id(&mut self, column: Column) -> StrId {
        let text = self.clean(column);
        if self.is_empty_value(&text) {
            return StrId::EMPTY;
        }
        if !is_clever_id(&text) {
            let message = format!("'{text}' does not have the 24 hexadecimal digits of a Clever id.");
            self.add(FindingCode::CleverIdInvalid, column, &text, message);
            return StrId::EMPTY;
        }
        self.texts.push(&text.to_ascii_lowercase())
    }

    fn grade(&mut self) -> Option<Grade> {
        let column = Column::StudentGradeLevel;
        let text = self.clean(column);
        if self.is_empty_value(&text) {
            return None;
        }
        self.notes.has_grade = true;
        let grade = self.profile.grade(&text);
        if grade.is_none() {
            let what =
                if is_graduation_year(&text) { ": most likely it is a year of graduation" } else { "" };
            let message = format!("The grade '{text}' was not understood{what} and was left empty.");
            self.add(FindingCode::GradeUnknown, column, &text, message);
        }
        grade
    }
}

/// The most characters of an id, a name or an address.
const MAX_CHARACTERS: usize = 255;
/// How many of a longer one are shown.
const SHOWN_CHARACTERS: usize = 40;

/// A key with straight quotes: curly ones in a key were put there by a word processor.
fn with_straight_quotes(text: &str) -> Cow<'_, str> {
    if !text.contains(['“', '”', '‘', '’']) {
        return text.into();
    }
    text.replace(['“', '”'], "\"").replace(['‘', '’'], "'").trim_matches('"').to_owned().into()
}
