//! The files of OneRoster's CSV binding, 1.1 and 1.2: whole (bulk) or changes (delta).

use std::io;

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Person, RosterLink, School, Student};
use homeroom_model::stored::StoredRoster;
use homeroom_read::{FileSet, ReadRules, TableRow};

use crate::halves::{Cells, ClassHalf};
use crate::sets::family::{Family, Kind, ONEROSTER};
use crate::sets::links::{Links, Naming, RowLink};
use crate::sets::parts::{Parts, Rows, id_missing};
use crate::sets::stored::{Ended, Gone, add_links, add_stored};
use crate::sets::tables::{Fields, Reading, Said, add, of_teacher, read_rows};

/// Whether a file holds everything or changes only (OneRoster CSV Binding, "manifest.csv").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Bulk,
    Delta,
    Absent,
}

/// The extent of the files that hold a roster.
#[derive(Clone, Copy)]
pub(super) struct Extents {
    pub(super) orgs: Extent,
    pub(super) users: Extent,
    pub(super) classes: Extent,
    pub(super) enrollments: Extent,
}

/// Reads the files; `None` when they cannot be read, which is said. A delta is completed by what is stored.
pub(super) fn read(
    set: &FileSet<'_>,
    family: &Family,
    rules: &ReadRules,
    earlier: Option<&StoredRoster>,
    said: &mut Said,
) -> io::Result<Option<(Parts, Links)>> {
    let [manifest, orgs, users, roles, classes, enrollments] = ONEROSTER else {
        unreachable!("there are six")
    };
    let Some(extents) = extents(set, family, rules, manifest, said)? else { return Ok(None) };
    let read = Reading { set, family, rules };
    let mut parts = Parts::default();
    let mut gone = Gone::default();
    let mut complete = true;

    let mut schools = Listed::<School>::default();
    complete &= read.things(orgs, said, &mut schools, |schools: &mut Listed<School>, fields, row, _| {
        let key = fields.text(row, "sourcedId");
        if !fields.text(row, "type").eq_ignore_ascii_case("school") {
            return;
        }
        if !schools.is_gone(fields, row, &key) {
            add(&mut schools.rows, fields, row, &key, rules, |reader| reader.school());
        }
    })?;
    let mut of_roles = Roles::default();
    complete &= read.things(roles, said, &mut of_roles, |roles: &mut Roles, fields, row, _| {
        if !is_gone(fields, row) {
            let role = Role::of(&fields.text(row, "role"));
            roles.0.entry(fields.text(row, "userSourcedId").into()).or_default().push(role);
        }
    })?;
    let mut people = People::default();
    complete &= read.things(users, said, &mut people, |people: &mut People, fields, row, said| {
        people.add(fields, row, rules, &of_roles, said);
    })?;
    if people.without_role && family.file(roles).is_none() {
        let code = FindingCode::SetFileMissing;
        let message = "roles.csv is missing, and users.csv does not say who is a student and who a teacher: nothing of the \
                       set is used.";
        said.findings.add_whole(Finding::of_file(code, "roles.csv", message));
        return Ok(None);
    }
    let mut of_classes = Listed::<ClassHalf>::default();
    complete &=
        read.things(classes, said, &mut of_classes, |classes: &mut Listed<ClassHalf>, fields, row, _| {
            let key = fields.text(row, "sourcedId");
            if !classes.is_gone(fields, row, &key) {
                add(&mut classes.rows, fields, row, &key, rules, |reader| reader.class());
            }
        })?;
    (parts.schools, gone.schools) = (schools.rows, schools.gone);
    (parts.classes, gone.classes) = (of_classes.rows, of_classes.gone);
    (parts.teachers, parts.students, gone.people) = (people.teachers, people.students, people.gone);
    let is_delta = [extents.orgs, extents.users, extents.classes, extents.enrollments] != [Extent::Bulk; 4];
    let stored = earlier.filter(|_| is_delta);
    if let Some(stored) = stored {
        if !stored.schools.iter().any(|school| school.active) {
            let code = FindingCode::DeltaWithoutRoster;
            said.findings.add_whole(Finding::of_file(code, "", code.meaning()));
            return Ok(None);
        }
        add_stored(&mut parts, stored, &extents, &gone);
    }

    let mut links = Ends::default();
    let left_out = people.left_out;
    // A delta that is checked alone may name what no file of it holds.
    let alone = is_delta && earlier.is_none();
    complete &= read.things(enrollments, said, &mut links, |ends: &mut Ends, fields, row, said| {
        ends.add(fields, row, &parts, &left_out, alone, said);
    })?;
    let Ends { mut links, ended } = links;
    if let Some(stored) = stored.filter(|_| extents.enrollments != Extent::Bulk) {
        add_links(&parts, stored, &ended, &mut links);
    }
    links.partial = is_delta;
    Ok(complete.then_some((parts, links)))
}

/// What the manifest says of each file; `None` when a file that it promises is missing, which is said.
fn extents(
    set: &FileSet<'_>,
    family: &Family,
    rules: &ReadRules,
    manifest: &Kind,
    said: &mut Said,
) -> io::Result<Option<Extents>> {
    let mut says = Option::<HashMap<String, String>>::None;
    if let Some(file) = family.file(manifest) {
        let mut of_manifest = Said::default();
        says = read_rows(
            set,
            rules,
            manifest,
            file,
            &mut of_manifest,
            |says: &mut HashMap<_, _>, fields, row, _| {
                let (name, value) = (fields.text(row, "propertyName"), fields.text(row, "value"));
                says.insert(name.to_lowercase(), value.to_lowercase());
            },
        )?;
        // Its rows are none of the roster's.
        (of_manifest.rows, of_manifest.rejected) = (0, 0);
        said.append(of_manifest);
    }
    let mut missing = vec![];
    let mut extent = |name: &str| {
        let is_there = ONEROSTER.iter().any(|kind| kind.name == name && family.file(kind).is_some());
        let promised = says.as_ref().and_then(|says| says.get(&format!("file.{name}")));
        match (promised.map(String::as_str), is_there) {
            (Some("absent"), _) => Extent::Absent,
            (Some("delta"), true) => Extent::Delta,
            (None | Some("bulk"), true) | (Some(_), true) => Extent::Bulk,
            (None | Some(_), false) => {
                missing.push(name.to_owned());
                Extent::Absent
            }
        }
    };
    let extents = Extents {
        orgs: extent("orgs"),
        users: extent("users"),
        classes: extent("classes"),
        enrollments: extent("enrollments"),
    };
    let whole = [extents.orgs, extents.users, extents.classes, extents.enrollments];
    if whole.contains(&Extent::Bulk) && !whole.contains(&Extent::Delta) {
        // In a whole set each file must be there; that the manifest says otherwise does not make all of them gone.
        for (name, extent) in ["orgs", "users", "classes", "enrollments"].iter().zip(whole) {
            if extent == Extent::Absent && !missing.iter().any(|known| known == name) {
                missing.push((*name).to_owned());
            }
        }
    }
    for name in &missing {
        let message = format!("{name}.csv is missing: nothing of the set is used.");
        let code = FindingCode::SetFileMissing;
        said.findings.add_whole(Finding::of_file(code, format!("{name}.csv"), message));
    }
    let mut known = missing.is_empty();
    if known && says.is_none() && has_status(set, family, rules)? {
        let code = FindingCode::SetKindUnknown;
        said.findings.add_whole(Finding::of_file(code, "manifest.csv", code.meaning()));
        known = false;
    }
    Ok(known.then_some(extents))
}

/// Whether a row of users.csv or enrollments.csv has a status: bulk files have none.
fn has_status(set: &FileSet<'_>, family: &Family, rules: &ReadRules) -> io::Result<bool> {
    let mut found = false;
    for kind in ONEROSTER.iter().filter(|kind| matches!(kind.name, "users" | "enrollments")) {
        let Some(file) = family.file(kind) else { continue };
        let any =
            read_rows(set, rules, kind, file, &mut Said::default(), |any: &mut bool, fields, row, _| {
                *any |= is_gone(fields, row);
            })?;
        found |= any.unwrap_or_default();
    }
    Ok(found)
}

fn is_gone(fields: &Fields<'_>, row: &TableRow<'_>) -> bool {
    fields.text(row, "status").eq_ignore_ascii_case("tobedeleted")
}

/// Rows of a file, and the keys that it says are gone.
struct Listed<H> {
    rows: Rows<H>,
    gone: HashSet<Box<str>>,
}

impl<H> Default for Listed<H>
where
    Rows<H>: Default,
{
    fn default() -> Self {
        Listed { rows: Rows::default(), gone: HashSet::new() }
    }
}

impl<H> Listed<H> {
    /// Whether the row says that its thing is gone.
    fn is_gone(&mut self, fields: &Fields<'_>, row: &TableRow<'_>, key: &str) -> bool {
        let gone = is_gone(fields, row);
        if gone {
            self.gone.insert(key.into());
        }
        gone
    }
}

/// What a user is to a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Student,
    Teacher,
    /// A guardian, an administrator, a proctor …
    Other,
}

impl Role {
    fn of(text: &str) -> Role {
        match text.to_lowercase().as_str() {
            "student" => Role::Student,
            "teacher" => Role::Teacher,
            _ => Role::Other,
        }
    }
}

/// The roles of users (1.2): for each user one or several.
#[derive(Default)]
struct Roles(HashMap<Box<str>, Vec<Role>>);

impl Roles {
    /// A user's role: what `roles.csv` says of them, else their own column (1.1). Who teaches is a teacher, whatever else they
    /// are.
    fn of(&self, user: &str, own: &str) -> Role {
        let roles = self.0.get(user).map(Vec::as_slice).unwrap_or_default();
        match roles {
            [] => Role::of(own),
            some if some.contains(&Role::Teacher) => Role::Teacher,
            some if some.contains(&Role::Student) => Role::Student,
            _ => Role::Other,
        }
    }
}

/// Users by what they are.
#[derive(Default)]
struct People {
    teachers: Rows<Person>,
    students: Rows<Student>,
    /// Users that are there and no part of the roster.
    left_out: HashSet<Box<str>>,
    gone: HashSet<Box<str>>,
    /// Whether the file does not say what its users are.
    without_role: bool,
}

impl People {
    fn add(
        &mut self,
        fields: &Fields<'_>,
        row: &TableRow<'_>,
        rules: &ReadRules,
        roles: &Roles,
        said: &mut Said,
    ) {
        let key = fields.text(row, "sourcedId");
        if is_gone(fields, row) {
            self.gone.insert(key.into());
            return;
        }
        let own = fields.text(row, "role");
        self.without_role |= !fields.has("role");
        let role = roles.of(&key, &own);
        let disabled = fields.text(row, "enabledUser").eq_ignore_ascii_case("false");
        if role == Role::Other || disabled {
            let why = if disabled { "enabledUser is false" } else { "neither a student nor a teacher" };
            let code = FindingCode::PersonLeftOut;
            said.say(
                fields.file,
                || Finding::of_line(code, row.line, own, format!("The user is left out: {why}.")),
                code,
            );
            // In a delta this is how somebody leaves.
            self.gone.insert(key.as_str().into());
            self.left_out.insert(key.into());
            return;
        }
        // Districts that sign in by address often have it as the user name only.
        let (mut columns, mut cells): (Vec<_>, Vec<_>) = fields.flat(row).into_iter().unzip();
        let place = |column| columns.iter().position(|known| *known == column);
        if let (Some(email), Some(username)) = (place(Column::StudentEmail), place(Column::StudentUsername))
            && cells[email].trim_ascii().is_empty()
            && cells[username].contains(&b'@')
        {
            cells[email] = cells[username];
        }
        // Several grades stand in one cell; the first counts.
        if let Some(grades) = place(Column::StudentGradeLevel) {
            cells[grades] = cells[grades].split(|byte| *byte == b',').next().unwrap_or_default();
        }
        let profile = &rules.profile;
        if role == Role::Student {
            let cells = Cells::Listed { columns: &columns, cells: &cells };
            self.students.add(fields, row, &key, cells, profile, |reader| {
                let (student, mut seen) = reader.student_half();
                id_missing(&mut seen, Column::StudentId, &key);
                (student, seen)
            });
        } else {
            columns.iter_mut().for_each(|column| *column = of_teacher(*column));
            let cells = Cells::Listed { columns: &columns, cells: &cells };
            self.teachers.add(fields, row, &key, cells, profile, |reader| {
                let (teacher, mut seen) = reader.teacher_half();
                id_missing(&mut seen, Column::TeacherId, &key);
                (teacher, seen)
            });
        }
    }
}

/// The links of enrollments.csv, and those that it ends.
#[derive(Default)]
struct Ends {
    links: Links,
    ended: Ended,
}

impl Ends {
    fn add(
        &mut self,
        fields: &Fields<'_>,
        row: &TableRow<'_>,
        parts: &Parts,
        left_out: &HashSet<Box<str>>,
        alone: bool,
        said: &mut Said,
    ) {
        let (class, person) = (fields.text(row, "classSourcedId"), fields.text(row, "userSourcedId"));
        self.links.file = fields.file.to_owned();
        let role = Role::of(&fields.text(row, "role"));
        if role == Role::Other || left_out.contains(person.as_str()) {
            return;
        }
        let naming = Naming {
            file: fields.file,
            line: row.line,
            columns: ("classSourcedId", "userSourcedId"),
            class: &class,
            person: &person,
        };
        if is_gone(fields, row) {
            if class.is_empty() || person.is_empty() {
                naming.class(parts, &mut self.links, said);
            } else {
                self.ended.entry(class.into()).or_default().insert(person.into());
            }
            return;
        }
        let unknown = parts.classes.get(&class).is_none()
            || parts.students.get(&person).or_else(|| parts.teachers.get(&person)).is_none();
        if alone && unknown && !class.is_empty() && !person.is_empty() {
            return;
        }
        let links = &mut self.links;
        let Some(class) = naming.class(parts, links, said) else { return };
        let line = row.line;
        if role == Role::Student {
            let Some(person) = naming.person(&parts.students, "student", links, said) else { return };
            links.enrollments.push(RowLink { link: RosterLink { class, person }, line });
        } else {
            let Some(person) = naming.person(&parts.teachers, "teacher", links, said) else { return };
            links.teachings.push(RowLink { link: RosterLink { class, person }, line });
        }
    }
}
