//! Reads the files of a OneRoster set.

use std::io;

use hashbrown::{HashMap, HashSet};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::Profile;
use homeroom_model::roster::School;
use homeroom_model::stored::StoredRoster;
use homeroom_read::TableRow;

use crate::part_reader::PartReader;
use crate::row_parts::{ClassPart, PartNotes};
use crate::sets::entities::{Entities, EntityRow, EntityRows};
use crate::sets::file_columns::FileColumns;
use crate::sets::file_kinds::ONEROSTER;
use crate::sets::links::Links;
use crate::sets::oneroster::delta::{DeletedKeys, add_stored_entities, add_stored_links};
use crate::sets::oneroster::enrollments::{EnrollmentContext, Enrollments};
use crate::sets::oneroster::manifest::{Extent, Extents, is_deleted};
use crate::sets::oneroster::users::{Roles, UserRow, Users, WithoutPart};
use crate::sets::set_reader::SetReader;
use crate::sets::set_report::SetReport;

/// Reads all files; `None` when they cannot be used, which is reported. A delta is completed from the stored roster.
pub(in crate::sets) fn read(
    reader: &SetReader<'_>,
    stored: Option<&StoredRoster>,
    report: &mut SetReport,
) -> io::Result<Option<(Entities, Links)>> {
    let [manifest, .., enrollments_file] = ONEROSTER else { unreachable!("there are six") };
    let Some(extents) = Extents::find(reader, manifest, report)? else { return Ok(None) };
    let Some(read) = read_entities(reader, report)? else { return Ok(None) };
    let ReadEntities { mut entities, deleted, left_out, without_part } = read;
    let changes_only = extents.has_changes();
    let base = stored.filter(|_| changes_only);
    if let Some(base) = base {
        if !base.schools.iter().any(|school| school.active) {
            let code = FindingCode::DeltaWithoutRoster;
            report.refuse(code, "", code.meaning());
            return Ok(None);
        }
        add_stored_entities(&mut entities, base, &extents, &deleted);
    }
    let context = EnrollmentContext {
        entities: &entities,
        left_out: &left_out,
        without_part: &without_part,
        today: reader.rules.today,
        allows_unknown: changes_only && stored.is_none(),
    };
    let enrollments =
        reader.read(enrollments_file, report, |enrollments: &mut Enrollments, columns, row, report| {
            enrollments.add(columns, row, &context, report);
        })?;
    let Enrollments { mut links, ended } = enrollments;
    if let Some(base) = base.filter(|_| extents.enrollments != Extent::Bulk) {
        add_stored_links(&entities, base, &ended, &mut links);
    }
    links.file =
        reader.recognized.file(enrollments_file).map(|file| file.name.to_owned()).unwrap_or_default();
    links.changes_only = changes_only;
    Ok((!report.has_unreadable_file).then_some((entities, links)))
}

/// All entities of a set.
struct ReadEntities {
    entities: Entities,
    deleted: DeletedKeys,
    /// Users that are neither students nor teachers.
    left_out: HashSet<Box<str>>,
    without_part: HashMap<Box<str>, WithoutPart>,
}

/// Reads all files but the enrollments. `None` when the users have no roles, which is reported.
fn read_entities(reader: &SetReader<'_>, report: &mut SetReport) -> io::Result<Option<ReadEntities>> {
    let [_, orgs, users, roles_file, classes, _] = ONEROSTER else { unreachable!("there are six") };
    let profile = &reader.rules.profile;
    let schools = reader.read(orgs, report, |schools: &mut Listed<School>, columns, row, _| {
        if columns.text(row, "type").eq_ignore_ascii_case("school") {
            schools.add(columns, row, profile, |reader| reader.school());
        }
    })?;
    let roles =
        reader.read(roles_file, report, |roles: &mut Roles, columns, row, _| roles.add(columns, row))?;
    let users = reader.read(users, report, |users: &mut Users, columns, row, report| {
        users.add(&UserRow { columns, row, roles: &roles }, profile, report);
    })?;
    if users.lacks_role && reader.recognized.file(roles_file).is_none() {
        let message = "roles.csv is missing, and users.csv does not say who is a student and who is a teacher: none of the \
                       files is used.";
        report.refuse(FindingCode::SetFileMissing, "roles.csv", message);
        return Ok(None);
    }
    let classes = reader.read(classes, report, |classes: &mut Listed<ClassPart>, columns, row, _| {
        classes.add(columns, row, profile, |reader| reader.class());
    })?;
    let deleted = DeletedKeys { schools: schools.deleted, classes: classes.deleted, people: users.deleted };
    let entities = Entities {
        schools: schools.rows,
        classes: classes.rows,
        teachers: users.teachers,
        students: users.students,
    };
    Ok(Some(ReadEntities { entities, deleted, left_out: users.left_out, without_part: users.without_part }))
}

/// The entities of a file, and the keys that it deletes.
struct Listed<P> {
    rows: EntityRows<P>,
    deleted: HashSet<Box<str>>,
}

impl<P> Default for Listed<P>
where
    EntityRows<P>: Default,
{
    fn default() -> Self {
        Listed { rows: EntityRows::default(), deleted: HashSet::new() }
    }
}

impl<P: Copy> Listed<P> {
    fn add(
        &mut self,
        columns: &FileColumns<'_>,
        row: &TableRow<'_>,
        profile: &Profile,
        read: impl FnOnce(PartReader<'_, '_>) -> (P, PartNotes),
    ) {
        let key = columns.text(row, "sourcedId");
        if is_deleted(columns, row) {
            self.deleted.insert(key.into());
        } else {
            self.rows.add(&EntityRow { columns, row, key: &key }, profile, read);
        }
    }
}
