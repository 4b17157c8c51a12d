//! What to do about a database of another schema.

use std::cmp::Ordering;

use homeroom_store::SchemaVersions;

/// Why a database with this schema cannot be used, and what to do.
pub(crate) fn schema_problem(SchemaVersions { actual, needed }: SchemaVersions) -> Option<String> {
    match actual.cmp(&needed) {
        Ordering::Equal => None,
        Ordering::Less => Some(format!(
            "the database has schema {actual}, but this program needs {needed}: make a backup with the version before, then run \
             `homeroom migrate`"
        )),
        Ordering::Greater => Some(format!(
            "the database has schema {actual}, but this program only knows schemas up to {needed}: use the newer version"
        )),
    }
}
