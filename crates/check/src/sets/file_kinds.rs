//! The files of Clever's and OneRoster's sets, and the columns of each that are used.

use homeroom_model::check_report::Format;
use homeroom_model::column::Column;
use homeroom_read::Vocabulary;

/// One kind of file in a set.
#[derive(Debug, PartialEq)]
pub(crate) struct FileKind {
    /// Its name without `.csv`.
    pub(super) name: &'static str,
    /// Whether a whole roster must have it.
    pub(super) required: bool,
    pub(super) columns: &'static [SetColumn],
}

/// A column that is used.
#[derive(Debug, PartialEq)]
pub(super) struct SetColumn {
    /// Its names; the first is that of the specification.
    names: &'static [&'static str],
    required: bool,
    /// The column of the flat CSV with the same meaning.
    pub(super) flat: Option<Column>,
}

impl SetColumn {
    /// Its name in the specification.
    pub(super) fn name(&self) -> &'static str {
        self.names[0]
    }
}

impl FileKind {
    pub(crate) fn vocabulary(&self) -> Vocabulary {
        let columns = self.columns.iter().map(|column| (column.names, column.required)).collect::<Vec<_>>();
        Vocabulary::from_columns(&columns)
    }

    /// The position of a column in `columns`, by its name in the specification.
    pub(super) fn position(&self, name: &str) -> usize {
        let position = self.columns.iter().position(|column| column.name() == name);
        position.expect("the code asks only for columns that the kind has")
    }
}

const fn required(names: &'static [&'static str], flat: Option<Column>) -> SetColumn {
    SetColumn { names, required: true, flat }
}

const fn optional(names: &'static [&'static str], flat: Option<Column>) -> SetColumn {
    SetColumn { names, required: false, flat }
}

/// The formats of sets, each with the kinds of its files.
pub(super) const SET_FORMATS: [(Format, &[FileKind]); 2] =
    [(Format::Oneroster, ONEROSTER), (Format::Clever, CLEVER)];

/// Clever's five files ("SFTP instructions"); others, such as `staff.csv`, are not used.
pub(super) const CLEVER: &[FileKind] = &[
    FileKind {
        name: "schools",
        required: true,
        columns: &[
            required(&["School_id"], Some(Column::SchoolId)),
            optional(&["School_name", "Name"], Some(Column::SchoolName)),
        ],
    },
    FileKind {
        name: "teachers",
        required: true,
        columns: &[
            required(&["Teacher_id"], Some(Column::TeacherId)),
            required(&["Teacher_email", "Email"], Some(Column::TeacherEmail)),
            required(&["First_name"], Some(Column::TeacherFirstName)),
            required(&["Last_name"], Some(Column::TeacherLastName)),
            optional(&["Username"], None),
        ],
    },
    FileKind {
        name: "students",
        required: true,
        columns: &[
            required(&["Student_id"], Some(Column::StudentId)),
            optional(&["Student_email", "Email"], Some(Column::StudentEmail)),
            required(&["First_name"], Some(Column::StudentFirstName)),
            required(&["Last_name"], Some(Column::StudentLastName)),
            optional(&["Grade"], Some(Column::StudentGradeLevel)),
            optional(&["Username"], Some(Column::StudentUsername)),
        ],
    },
    FileKind {
        name: "sections",
        required: true,
        columns: &[
            required(&["Section_id"], Some(Column::ClassId)),
            required(&["School_id"], Some(Column::SchoolId)),
            optional(&["Name", "Section_name"], Some(Column::ClassName)),
            optional(&["Course_name"], None),
            optional(&["Period"], None),
            required(&["Teacher_id"], None),
            optional(&["Teacher_2_id"], None),
            optional(&["Teacher_3_id"], None),
            optional(&["Teacher_4_id"], None),
            optional(&["Teacher_5_id"], None),
            optional(&["Teacher_6_id"], None),
            optional(&["Teacher_7_id"], None),
            optional(&["Teacher_8_id"], None),
            optional(&["Teacher_9_id"], None),
            optional(&["Teacher_10_id"], None),
        ],
    },
    FileKind {
        name: "enrollments",
        required: true,
        columns: &[
            required(&["Section_id"], Some(Column::ClassId)),
            required(&["Student_id"], Some(Column::StudentId)),
        ],
    },
];

/// The files of OneRoster that make a roster (1EdTech, "OneRoster CSV Binding" 1.1 and 1.2, section 4).
pub(super) const ONEROSTER: &[FileKind] = &[
    FileKind {
        name: "manifest",
        required: false,
        columns: &[required(&["propertyName"], None), required(&["value"], None)],
    },
    FileKind {
        name: "orgs",
        required: true,
        columns: &[
            required(&["sourcedId"], Some(Column::SchoolId)),
            optional(&["status"], None),
            required(&["name"], Some(Column::SchoolName)),
            required(&["type"], None),
        ],
    },
    FileKind {
        name: "users",
        required: true,
        columns: &[
            required(&["sourcedId"], Some(Column::StudentId)),
            optional(&["status"], None),
            optional(&["enabledUser"], None),
            optional(&["role"], None),
            optional(&["username"], Some(Column::StudentUsername)),
            required(&["givenName"], Some(Column::StudentFirstName)),
            required(&["familyName"], Some(Column::StudentLastName)),
            optional(&["email"], Some(Column::StudentEmail)),
            optional(&["grades", "grade"], Some(Column::StudentGradeLevel)),
        ],
    },
    FileKind {
        name: "roles",
        required: false,
        columns: &[
            required(&["sourcedId"], None),
            optional(&["status"], None),
            required(&["userSourcedId"], None),
            required(&["role"], None),
        ],
    },
    FileKind {
        name: "classes",
        required: true,
        columns: &[
            required(&["sourcedId"], Some(Column::ClassId)),
            optional(&["status"], None),
            required(&["title"], Some(Column::ClassName)),
            required(&["schoolSourcedId"], Some(Column::SchoolId)),
        ],
    },
    FileKind {
        name: "enrollments",
        required: true,
        columns: &[
            optional(&["sourcedId"], None),
            optional(&["status"], None),
            required(&["classSourcedId"], Some(Column::ClassId)),
            required(&["userSourcedId"], Some(Column::StudentId)),
            required(&["role"], None),
            optional(&["endDate"], None),
        ],
    },
];
