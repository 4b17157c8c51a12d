//! What a district's SIS exports: which ids, in which form.

use std::str::FromStr;

use homeroom_model::Column;

/// A way in which student information systems number people and make their addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `student_id` and `teacher_id`.
    Ids,
    /// No ids at all; an address is never given twice.
    Addresses,
    /// Ids, Clever ids and user names.
    Clever,
    /// Ids with leading zeros.
    Zeros,
    /// No ids; addresses are made of names, and given again when nobody has them.
    Names,
    /// Ids, and the ids of classes are used again each year.
    Classes,
}

impl Style {
    /// All of them.
    pub const ALL: [Style; 6] =
        [Style::Ids, Style::Addresses, Style::Clever, Style::Zeros, Style::Names, Style::Classes];

    /// The style of a district that is named by its seed alone: they take turns.
    pub fn of_seed(seed: u64) -> Style {
        Style::ALL[usize::try_from(seed % 6).expect("it is below 6")]
    }

    /// Its word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Style::Ids => "ids",
            Style::Addresses => "addresses",
            Style::Clever => "clever",
            Style::Zeros => "zeros",
            Style::Names => "names",
            Style::Classes => "classes",
        }
    }

    /// Whether the file has `student_id` and `teacher_id`.
    pub(crate) fn has_ids(self) -> bool {
        !matches!(self, Style::Addresses | Style::Names)
    }

    /// Whether the file has Clever ids and user names.
    pub(crate) fn has_clever(self) -> bool {
        self == Style::Clever
    }

    /// Whether the file has this column.
    pub(crate) fn has(self, column: Column) -> bool {
        match column {
            Column::TeacherId | Column::StudentId => self.has_ids(),
            Column::TeacherCleverId | Column::StudentUsername | Column::StudentCleverId => self.has_clever(),
            _ => true,
        }
    }
}

impl FromStr for Style {
    type Err = String;

    fn from_str(word: &str) -> Result<Style, String> {
        let known = || Style::ALL.map(Style::as_str).join(", ");
        Style::ALL
            .into_iter()
            .find(|style| style.as_str() == word)
            .ok_or_else(|| format!("one of {}", known()))
    }
}
