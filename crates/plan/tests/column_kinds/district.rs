//! A district as rows of cells, with every column of the flat file.

use homeroom_model::Column;

/// The columns, in the order of the file.
pub(crate) const COLUMNS: [Column; 16] = [
    Column::SchoolId,
    Column::SchoolName,
    Column::TeacherEmail,
    Column::TeacherFirstName,
    Column::TeacherLastName,
    Column::TeacherId,
    Column::TeacherCleverId,
    Column::ClassId,
    Column::ClassName,
    Column::StudentFirstName,
    Column::StudentLastName,
    Column::StudentEmail,
    Column::StudentGradeLevel,
    Column::StudentId,
    Column::StudentCleverId,
    Column::StudentUsername,
];

/// A row, cell by cell.
pub(crate) type Row = [String; 16];

/// The cell of a column.
pub(crate) fn at(column: Column) -> usize {
    COLUMNS.iter().position(|known| *known == column).expect("every column is in the file")
}

const FIRST_NAMES: [&str; 23] = [
    "Asta", "Hugo", "Odette", "José", "Iver", "Zoë", "Basil", "Inga", "Kwame", "Liv", "Nadia", "Petra", "Bo",
    "Sofía", "Tuva", "Ulrich", "Vigdis", "Wanda", "Xavier", "Yusuf", "Ruben", "Quirin", "Mina",
];
const LAST_NAMES: [&str; 19] = [
    "Ashdown",
    "Denholm",
    "Gillard",
    "Núñez",
    "Quackenbush",
    "Tamura",
    "Umbridge",
    "Vantage",
    "Wexford",
    "Yelland",
    "Okafor",
    "Lindqvist",
    "Marchetti",
    "Petersen",
    "García",
    "Haddad",
    "Ivanova",
    "Jansson",
    "Kowalski",
];

/// How a district's export looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Students; each has a class of their grade and another one.
    pub(crate) students: usize,
    /// Students of a class.
    pub(crate) class_size: usize,
    /// How many schools there are.
    pub(crate) schools: usize,
    /// Whether the rows are ordered by student, not by class.
    pub(crate) by_student: bool,
    /// Optional columns that are empty.
    pub(crate) without: &'static [Column],
}

const KEYS: [Column; 2] = [Column::StudentCleverId, Column::TeacherCleverId];
const ADDRESS_ALONE: [Column; 5] = [
    Column::StudentCleverId,
    Column::TeacherCleverId,
    Column::StudentId,
    Column::TeacherId,
    Column::StudentUsername,
];

/// Small and large, by class and by student, with many keys and with the address alone.
pub(crate) const STYLES: [Style; 6] = [
    Style { students: 8, class_size: 8, schools: 1, by_student: false, without: &[] },
    Style { students: 8, class_size: 8, schools: 1, by_student: false, without: &ADDRESS_ALONE },
    Style { students: 60, class_size: 10, schools: 3, by_student: true, without: &KEYS },
    Style { students: 60, class_size: 10, schools: 3, by_student: false, without: &ADDRESS_ALONE },
    Style { students: 108, class_size: 18, schools: 2, by_student: false, without: &[] },
    Style { students: 108, class_size: 18, schools: 2, by_student: true, without: &ADDRESS_ALONE },
];

impl Style {
    /// Everybody's rows.
    pub(crate) fn rows(self) -> Vec<Row> {
        let mut rows = (0..self.students)
            .flat_map(|number| [self.row(number, 'H'), self.row(number, 'M')])
            .collect::<Vec<_>>();
        if !self.by_student {
            rows.sort_by_key(|row| row[at(Column::ClassId)].clone());
        }
        for row in &mut rows {
            self.without.iter().for_each(|column| row[at(*column)].clear());
        }
        rows
    }

    /// A student in one of their two classes: one of their own group, and one in which two groups are together.
    pub(crate) fn row(self, number: usize, subject: char) -> Row {
        let group = number / self.class_size;
        let class = if subject == 'H' { group } else { group / 2 };
        let school = group / 2 % self.schools;
        let teacher = class * 2 + usize::from(subject == 'M');
        let (first, last) = (FIRST_NAMES[number * 7 % 23], LAST_NAMES[(number * 5 + number / 23) % 19]);
        let (teacher_first, teacher_last) =
            (FIRST_NAMES[(teacher * 5 + 3) % 23], LAST_NAMES[(teacher * 3 + 1) % 19]);
        [
            format!("{:04}", school + 71),
            ["Oak Hill Elementary", "Río Verde", "Lincoln"][school].to_owned(),
            format!("t{teacher}@x.example.org"),
            teacher_first.to_owned(),
            teacher_last.to_owned(),
            format!("09{teacher:03}"),
            format!("{:024x}", 70_000 + teacher),
            format!("0{}-{subject}{class:02}", school + 71),
            format!("{} {}", if subject == 'H' { "Homeroom" } else { "Mathématiques" }, class + 1),
            first.to_owned(),
            last.to_owned(),
            format!("s{number}@s.x.example.org"),
            format!("{:02}", group % 5 + 2),
            format!("00{}", 61_001 + number),
            format!("{:024x}", 4_096 + number),
            format!("user{number}"),
        ]
    }
}

/// The file of these rows.
pub(crate) fn csv(rows: &[Row], without: &[Column]) -> String {
    let kept =
        || COLUMNS.iter().enumerate().filter(|(_, column)| !without.contains(column)).map(|(at, _)| at);
    let mut csv = kept().map(|at| COLUMNS[at].name()).collect::<Vec<_>>().join(",");
    csv.push('\n');
    for row in rows {
        let cells = kept().map(|at| format!("\"{}\"", row[at].replace('"', "\"\"")));
        csv.push_str(&cells.collect::<Vec<_>>().join(","));
        csv.push('\n');
    }
    csv
}
