//! What became of one school, class, teacher or student over time.

use serde::{Deserialize, Serialize};

use crate::district::words;

words!(
    /// A value that a thing has.
    Field {
        /// A school's or class's id.
        Id = "id",
        /// A school's or class's name.
        Name = "name",
        /// A class's school.
        School = "school",
        /// A person's number in the SIS.
        SisId = "sis_id",
        /// A person's address.
        Email = "email",
        /// A person's first name.
        FirstName = "first_name",
        /// A person's last name.
        LastName = "last_name",
        /// A person's id at Clever.
        CleverId = "clever_id",
        /// A student's user name.
        Username = "username",
        /// A student's grade.
        Grade = "grade",
    }
);

impl Field {
    /// What it is called in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Field::SisId => "SIS number",
            Field::Email => "e-mail",
            Field::FirstName => "first name",
            Field::LastName => "last name",
            Field::CleverId => "Clever id",
            Field::Username => "user name",
            Field::Id | Field::Name | Field::School | Field::Grade => self.as_str(),
        }
    }
}
