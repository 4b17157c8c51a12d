//! Whether each file of a OneRoster set is whole, holds changes only, or is absent.

use std::io;

use hashbrown::HashMap;
use homeroom_model::finding_code::FindingCode;
use homeroom_read::TableRow;

use crate::sets::file_columns::FileColumns;
use crate::sets::file_kinds::{FileKind, ONEROSTER};
use crate::sets::set_reader::SetReader;
use crate::sets::set_report::SetReport;

/// Whether a file holds everything or changes only (OneRoster CSV Binding, "manifest.csv").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Bulk,
    Delta,
    Absent,
}

/// The extent of each file that makes the roster.
#[derive(Clone, Copy)]
pub(super) struct Extents {
    pub(super) orgs: Extent,
    pub(super) users: Extent,
    pub(super) classes: Extent,
    pub(super) enrollments: Extent,
}

/// What `manifest.csv` says, by property in lower case.
type Properties = HashMap<String, String>;

impl Extents {
    /// Whether any of the files is not whole.
    pub(super) fn has_changes(&self) -> bool {
        self.by_name().iter().any(|(_, extent)| *extent != Extent::Bulk)
    }

    fn by_name(&self) -> [(&'static str, Extent); 4] {
        [
            ("orgs", self.orgs),
            ("users", self.users),
            ("classes", self.classes),
            ("enrollments", self.enrollments),
        ]
    }

    /// Finds out the extent of each file; `None` when a file is missing or the extent cannot be known, which is reported.
    pub(super) fn find(
        reader: &SetReader<'_>,
        manifest: &FileKind,
        report: &mut SetReport,
    ) -> io::Result<Option<Extents>> {
        let properties = read_manifest(reader, manifest, report)?;
        let mut missing = vec![];
        let mut extent = |name| match extent(reader, properties.as_ref(), name) {
            Some(extent) => extent,
            None => {
                missing.push(name);
                Extent::Absent
            }
        };
        let extents = Extents {
            orgs: extent("orgs"),
            users: extent("users"),
            classes: extent("classes"),
            enrollments: extent("enrollments"),
        };
        missing.extend(
            extents.absent_from_whole_set().filter(|name| !missing.contains(name)).collect::<Vec<_>>(),
        );
        for name in &missing {
            let file = format!("{name}.csv");
            let message = format!("{file} is missing: none of the files is used.");
            report.refuse(FindingCode::SetFileMissing, file, message);
        }
        if !missing.is_empty() {
            return Ok(None);
        }
        if properties.is_none() && has_status(reader)? {
            let code = FindingCode::SetKindUnknown;
            report.refuse(code, "manifest.csv", code.meaning());
            return Ok(None);
        }
        Ok(Some(extents))
    }

    /// Files that are absent from a whole set, which must have them all: a file that the manifest calls absent does not remove
    /// its entities.
    fn absent_from_whole_set(&self) -> impl Iterator<Item = &'static str> {
        let files = self.by_name();
        let has = |wanted| files.iter().any(|(_, extent)| *extent == wanted);
        let is_whole = has(Extent::Bulk) && !has(Extent::Delta);
        files
            .into_iter()
            .filter(move |(_, extent)| is_whole && *extent == Extent::Absent)
            .map(|(name, _)| name)
    }
}

/// The extent of a file; `None` when it is missing although the manifest promises it.
fn extent(reader: &SetReader<'_>, properties: Option<&Properties>, name: &str) -> Option<Extent> {
    let is_there = ONEROSTER.iter().any(|kind| kind.name == name && reader.recognized.file(kind).is_some());
    let promised = properties.and_then(|properties| properties.get(&format!("file.{name}")));
    match (promised.map(String::as_str), is_there) {
        (Some("absent"), _) => Some(Extent::Absent),
        (Some("delta"), true) => Some(Extent::Delta),
        (_, true) => Some(Extent::Bulk),
        (_, false) => None,
    }
}

/// Reads `manifest.csv`; `None` when there is none.
fn read_manifest(
    reader: &SetReader<'_>,
    manifest: &FileKind,
    report: &mut SetReport,
) -> io::Result<Option<Properties>> {
    let Some(file) = reader.recognized.file(manifest) else { return Ok(None) };
    let mut manifest_report = SetReport::default();
    let properties =
        reader.read_file(&file, &mut manifest_report, |properties: &mut Properties, columns, row, _| {
            let (name, value) = (columns.text(row, "propertyName"), columns.text(row, "value"));
            properties.insert(name.to_lowercase(), value.to_lowercase());
        })?;
    // Its rows are not rows of the roster.
    (manifest_report.rows, manifest_report.rejected) = (0, 0);
    report.append(manifest_report);
    Ok(properties)
}

/// Whether a row of users.csv or enrollments.csv has a status; in bulk files none has.
fn has_status(reader: &SetReader<'_>) -> io::Result<bool> {
    let mut found = false;
    for kind in ONEROSTER.iter().filter(|kind| matches!(kind.name, "users" | "enrollments")) {
        let Some(file) = reader.recognized.file(kind) else { continue };
        let in_file =
            reader.read_file(&file, &mut SetReport::default(), |found: &mut bool, columns, row, _| {
                *found |= is_deleted(columns, row);
            })?;
        found |= in_file.unwrap_or_default();
    }
    Ok(found)
}

/// Whether a row says that its entity or link is to be deleted.
pub(super) fn is_deleted(columns: &FileColumns<'_>, row: &TableRow<'_>) -> bool {
    columns.text(row, "status").eq_ignore_ascii_case("tobedeleted")
}
