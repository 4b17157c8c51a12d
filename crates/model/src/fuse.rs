//! Fuses: limits on a plan; a blown fuse holds changes back.

use serde::{Deserialize, Serialize};

use crate::word::string_enum;

/// A blown fuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlownFuse {
    /// The fuse.
    pub fuse: Fuse,
    /// What it blew for: `students`, `rows`, a `school_id`, a `class_id` …
    pub scope: String,
    /// The numbers and the likely cause, in a sentence or two.
    pub message: String,
    /// At most ten of the entities concerned, by name and key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

string_enum!(
    /// A limit on a plan.
    Fuse {
        /// A whole column of the file went wrong: it slipped, was sorted alone or exchanged, or is that of an earlier year.
        Column = "column",
        /// Too large a share of the district would be deactivated.
        District = "district",
        /// A school would vanish, or lose too many students.
        School = "school",
        /// Too many students of a class are replaced.
        Class = "class",
        /// Removed people look like created ones. Blows when the share is reached, the others when it is exceeded.
        Identity = "identity",
        /// Teachers, or students, would come to too many classes that they are not in now.
        Reach = "reach",
        /// Keys would pass from one person to another, or change for too many.
        Keys = "keys",
        /// Values would be emptied for too many people.
        Blank = "blank",
        /// The file as a whole is an old one.
        File = "file",
        /// Too many people would be changed.
        Update = "update",
        /// The file is much shorter than the last, or rows of it are known to be missing.
        Shrink = "shrink",
        /// More active students than seats.
        Seats = "seats",
    }
);
