//! Which files belong to a set, and the columns of each that are used.

use homeroom_model::check_report::Format;
use homeroom_model::column::{Column, plain};
use homeroom_read::{FileSet, Header, Opened, Vocabulary};

use std::io;

/// One kind of file.
#[derive(Debug, PartialEq)]
pub(crate) struct Kind {
    /// Its name without `.csv`.
    pub(super) name: &'static str,
    /// Whether a whole roster must have it.
    pub(super) required: bool,
    pub(super) fields: &'static [Field],
}

/// A column that is used.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    /// Its names; the first is that of the specification.
    names: &'static [&'static str],
    required: bool,
    /// The column of the flat CSV that holds the same.
    flat: Option<Column>,
}

impl Field {
    pub(super) fn name(&self) -> &'static str {
        self.names[0]
    }

    pub(super) fn flat(&self) -> Option<Column> {
        self.flat
    }
}

const fn must(names: &'static [&'static str], flat: Option<Column>) -> Field {
    Field { names, required: true, flat }
}

const fn may(names: &'static [&'static str], flat: Option<Column>) -> Field {
    Field { names, required: false, flat }
}

/// Clever's five files ("SFTP instructions"); `staff.csv` and others are not used.
pub(super) const CLEVER: &[Kind] = &[
    Kind {
        name: "schools",
        required: true,
        fields: &[
            must(&["School_id"], Some(Column::SchoolId)),
            may(&["School_name", "Name"], Some(Column::SchoolName)),
        ],
    },
    Kind {
        name: "teachers",
        required: true,
        fields: &[
            must(&["Teacher_id"], Some(Column::TeacherId)),
            must(&["Teacher_email", "Email"], Some(Column::TeacherEmail)),
            must(&["First_name"], Some(Column::TeacherFirstName)),
            must(&["Last_name"], Some(Column::TeacherLastName)),
            may(&["Username"], None),
        ],
    },
    Kind {
        name: "students",
        required: true,
        fields: &[
            must(&["Student_id"], Some(Column::StudentId)),
            may(&["Student_email", "Email"], Some(Column::StudentEmail)),
            must(&["First_name"], Some(Column::StudentFirstName)),
            must(&["Last_name"], Some(Column::StudentLastName)),
            may(&["Grade"], Some(Column::StudentGradeLevel)),
            may(&["Username"], Some(Column::StudentUsername)),
        ],
    },
    Kind {
        name: "sections",
        required: true,
        fields: &[
            must(&["Section_id"], Some(Column::ClassId)),
            must(&["School_id"], Some(Column::SchoolId)),
            may(&["Name", "Section_name"], Some(Column::ClassName)),
            may(&["Course_name"], None),
            may(&["Period"], None),
            must(&["Teacher_id"], None),
            may(&["Teacher_2_id"], None),
            may(&["Teacher_3_id"], None),
            may(&["Teacher_4_id"], None),
            may(&["Teacher_5_id"], None),
            may(&["Teacher_6_id"], None),
            may(&["Teacher_7_id"], None),
            may(&["Teacher_8_id"], None),
            may(&["Teacher_9_id"], None),
            may(&["Teacher_10_id"], None),
        ],
    },
    Kind {
        name: "enrollments",
        required: true,
        fields: &[
            must(&["Section_id"], Some(Column::ClassId)),
            must(&["Student_id"], Some(Column::StudentId)),
        ],
    },
];

/// OneRoster's files that hold a roster (1EdTech, "OneRoster CSV Binding" 1.1 and 1.2, section 4).
pub(super) const ONEROSTER: &[Kind] = &[
    Kind {
        name: "manifest",
        required: false,
        fields: &[must(&["propertyName"], None), must(&["value"], None)],
    },
    Kind {
        name: "orgs",
        required: true,
        fields: &[
            must(&["sourcedId"], Some(Column::SchoolId)),
            may(&["status"], None),
            must(&["name"], Some(Column::SchoolName)),
            must(&["type"], None),
        ],
    },
    Kind {
        name: "users",
        required: true,
        fields: &[
            must(&["sourcedId"], Some(Column::StudentId)),
            may(&["status"], None),
            may(&["enabledUser"], None),
            may(&["role"], None),
            may(&["username"], Some(Column::StudentUsername)),
            must(&["givenName"], Some(Column::StudentFirstName)),
            must(&["familyName"], Some(Column::StudentLastName)),
            may(&["email"], Some(Column::StudentEmail)),
            may(&["grades", "grade"], Some(Column::StudentGradeLevel)),
        ],
    },
    Kind {
        name: "roles",
        required: false,
        fields: &[
            must(&["sourcedId"], None),
            may(&["status"], None),
            must(&["userSourcedId"], None),
            must(&["role"], None),
        ],
    },
    Kind {
        name: "classes",
        required: true,
        fields: &[
            must(&["sourcedId"], Some(Column::ClassId)),
            may(&["status"], None),
            must(&["title"], Some(Column::ClassName)),
            must(&["schoolSourcedId"], Some(Column::SchoolId)),
        ],
    },
    Kind {
        name: "enrollments",
        required: true,
        fields: &[
            may(&["sourcedId"], None),
            may(&["status"], None),
            must(&["classSourcedId"], Some(Column::ClassId)),
            must(&["userSourcedId"], Some(Column::StudentId)),
            must(&["role"], None),
        ],
    },
];

impl Kind {
    pub(crate) fn vocabulary(&self) -> Vocabulary {
        let columns = self.fields.iter().map(|field| (field.names, field.required)).collect::<Vec<_>>();
        Vocabulary::from_columns(&columns)
    }

    /// Where a field stands in the list.
    pub(super) fn number(&self, name: &str) -> usize {
        let place = self.fields.iter().position(|field| field.name() == name);
        place.expect("the code asks for fields that the kind has")
    }
}

/// The files of a set by their kind: for each its place in the archive and its name.
pub(crate) struct Family {
    pub(super) format: Format,
    pub(super) kinds: &'static [Kind],
    files: Vec<Option<(usize, String)>>,
}

impl Family {
    /// The file of a kind, when there is one.
    pub(super) fn file(&self, kind: &Kind) -> Option<(usize, &str)> {
        let at = self.kinds.iter().position(|known| known == kind)?;
        self.files[at].as_ref().map(|(file, name)| (*file, name.as_str()))
    }

    /// Every file that is there: its kind, its place in the archive and its name.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static Kind, usize, &str)> {
        let files = self.kinds.iter().zip(&self.files);
        files.filter_map(|(kind, file)| file.as_ref().map(|(at, name)| (kind, *at, name.as_str())))
    }

    /// Files that a whole roster must have and that are not there.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'static str> {
        let files = self.kinds.iter().zip(&self.files);
        files.filter(|(kind, file)| kind.required && file.is_none()).map(|(kind, _)| kind.name)
    }

    /// Tells whose files these are by their names and headers; `None` when they are neither's.
    pub(crate) fn of(set: &FileSet<'_>) -> io::Result<Option<Family>> {
        let names = set.names().map(str::to_owned).collect::<Vec<_>>();
        let mut best = None;
        for (format, kinds) in [(Format::Oneroster, ONEROSTER), (Format::Clever, CLEVER)] {
            // Of two files with the name of a kind the one that looks more like it is meant, and each file is of one kind.
            let mut named = Vec::new();
            for (kind, place) in kinds.iter().zip(0..) {
                for (at, name) in names.iter().enumerate().filter(|(_, name)| is_named(name, kind.name)) {
                    let (is_it, width) = fits(set, at, kind)?;
                    named.push((std::cmp::Reverse((is_it, width)), place, at, name));
                }
            }
            named.sort();
            let mut files = vec![None::<(usize, String)>; kinds.len()];
            let mut fitting = 0;
            for (std::cmp::Reverse((is_it, _)), place, at, name) in named {
                let is_taken = files.iter().flatten().any(|(taken, _)| *taken == at);
                if files[place].is_none() && !is_taken {
                    files[place] = Some((at, bare(name).to_owned()));
                    fitting += usize::from(is_it);
                }
            }
            if fitting >= FITTING && best.as_ref().is_none_or(|(most, _)| fitting > *most) {
                best = Some((fitting, Family { format, kinds, files }));
            }
        }
        Ok(best.map(|(_, family)| family))
    }
}

/// Files that belong together by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFiles {
    /// Whose set it is.
    pub format: Format,
    /// The name of the archive that holds them: `clever.zip`, `oneroster.zip`.
    pub archive: String,
    /// Their places in the list of names.
    pub files: Vec<usize>,
}

/// The set that files lying side by side make, by their names; `None` when they make none. Whether they are what their names
/// say, and complete, is for the check to tell.
pub fn set_of_files(names: &[&str]) -> Option<SetFiles> {
    let of_family = |(format, kinds): (Format, &[Kind])| {
        let named = |kind: &Kind| names.iter().any(|name| is_named(name, kind.name));
        let fitting = kinds.iter().filter(|kind| named(kind)).count();
        let is_file = |name: &str| kinds.iter().any(|kind| is_named(name, kind.name));
        let files = names.iter().enumerate().filter(|(_, name)| is_table(name) && is_file(name));
        let files = files.map(|(at, _)| at).collect::<Vec<_>>();
        (fitting, SetFiles { format, archive: format!("{format}.zip"), files })
    };
    let families = [(Format::Oneroster, ONEROSTER), (Format::Clever, CLEVER)].map(of_family);
    let (fitting, set) = families.into_iter().max_by_key(|(fitting, _)| *fitting)?;
    (fitting >= FITTING && set.files.len() >= FITTING).then_some(set)
}

/// Which file of which set a header belongs to, by its cells, when it is none of the flat CSV: `users.csv` of OneRoster.
pub(crate) fn set_file_of_header(cells: &[String]) -> Option<(Format, &'static str)> {
    let families = [(Format::Oneroster, ONEROSTER), (Format::Clever, CLEVER)];
    let kinds = families.into_iter().flat_map(|(format, kinds)| kinds.iter().map(move |kind| (format, kind)));
    let known = |kind: &Kind| Header::from_cells(cells.to_vec(), &kind.vocabulary()).known_count();
    let best =
        kinds.map(|(format, kind)| (known(kind), format, kind.name)).max_by_key(|(known, ..)| *known)?;
    (best.0 >= 3).then_some((best.1, best.2))
}

fn is_table(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "csv" | "txt" | "tsv" | "tab"))
}

/// Files with the name and columns of their kind that make a set.
const FITTING: usize = 2;

/// Whether a file's header has all that its kind must have, and how many of the kind's columns.
fn fits(set: &FileSet<'_>, file: usize, kind: &Kind) -> io::Result<(bool, usize)> {
    set.read(file, &kind.vocabulary(), |opened| {
        let Opened::Table(table) = opened else { return Ok((false, 0)) };
        Ok((table.header().missing().next().is_none(), table.header().known_count()))
    })
}

/// Whether a file is called like a kind, perhaps with a date or the district's name beside it: `lincoln_users_2026.csv`.
fn is_named(path: &str, kind: &str) -> bool {
    let name = bare(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.split(|c: char| !c.is_alphabetic()).any(|word| plain(word) == kind)
}

/// A path without its folders.
pub(super) fn bare(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use homeroom_model::check_report::Format;

    use super::{is_named, set_of_files};

    #[test]
    fn files_side_by_side_are_a_set_when_their_names_are() {
        let of = |names: &[&str]| set_of_files(names).map(|set| (set.format, set.files));
        let clever =
            ["schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv", "notes.txt"];
        assert_eq!(of(&clever), Some((Format::Clever, vec![0, 1, 2, 3, 4])));
        let oneroster = ["manifest.csv", "orgs.csv", "users.csv", "enrollments.csv", "users.csv.filepart"];
        assert_eq!(of(&oneroster), Some((Format::Oneroster, vec![0, 1, 2, 3])));
        assert_eq!(of(&["roster.csv", "students.csv"]), None, "one of five is none");
        assert_eq!(of(&["enrollments.csv", "monday.csv"]), None);
    }

    #[test]
    fn files_are_known_by_their_names() {
        for name in ["users.csv", "Users.CSV", "export/users.csv", "lincoln_users_2026-11-24.csv"] {
            assert!(is_named(name, "users"), "{name}");
        }
        for name in ["superusers.csv", "user.csv", "users/orgs.csv", ""] {
            assert!(!is_named(name, "users"), "{name}");
        }
    }
}
