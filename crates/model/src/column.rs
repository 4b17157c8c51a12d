//! The columns of the flat CSV.

/// A standard column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is named as in the file")]
pub enum Column {
    SchoolId,
    SchoolName,
    TeacherEmail,
    TeacherFirstName,
    TeacherLastName,
    TeacherId,
    TeacherCleverId,
    ClassId,
    ClassName,
    StudentFirstName,
    StudentLastName,
    StudentEmail,
    StudentGradeLevel,
    StudentId,
    StudentCleverId,
    StudentUsername,
}

impl From<Column> for usize {
    fn from(column: Column) -> usize {
        column as usize
    }
}

impl Column {
    /// Every column; its position here is its number.
    pub const ALL: [Column; 16] = [
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

    /// Its standard name.
    pub fn name(self) -> &'static str {
        match self {
            Column::SchoolId => "school_id",
            Column::SchoolName => "school_name",
            Column::TeacherEmail => "teacher_email",
            Column::TeacherFirstName => "teacher_first_name",
            Column::TeacherLastName => "teacher_last_name",
            Column::TeacherId => "teacher_id",
            Column::TeacherCleverId => "teacher_clever_id",
            Column::ClassId => "class_id",
            Column::ClassName => "class_name",
            Column::StudentFirstName => "student_first_name",
            Column::StudentLastName => "student_last_name",
            Column::StudentEmail => "student_email",
            Column::StudentGradeLevel => "student_grade_level",
            Column::StudentId => "student_id",
            Column::StudentCleverId => "student_clever_id",
            Column::StudentUsername => "student_username",
        }
    }

    /// The column of this standard name.
    pub fn named(name: &str) -> Option<Column> {
        Column::ALL.into_iter().find(|column| column.name() == name)
    }

    /// Whether a file must have it.
    pub fn is_required(self) -> bool {
        !matches!(
            self,
            Column::TeacherId
                | Column::TeacherCleverId
                | Column::StudentId
                | Column::StudentCleverId
                | Column::StudentUsername
        )
    }

    /// Other names of the column, in the form that [`normalized`] gives.
    pub fn synonyms(self) -> &'static [&'static str] {
        match self {
            Column::SchoolId => {
                &["schoolnumber", "schoolcode", "schoolnum", "idschool", "schoolsisid", "buildingid"]
            }
            Column::SchoolName => &["school", "nameschool", "buildingname"],
            Column::TeacherEmail => &["emailteacher", "teacheremailaddress", "teachermail", "staffemail"],
            Column::TeacherFirstName => {
                &["teacherfirst", "teacherfname", "teachergivenname", "firstnameteacher", "stafffirstname"]
            }
            Column::TeacherLastName => &[
                "teacherlast",
                "teacherlname",
                "teachersurname",
                "teacherfamilyname",
                "lastnameteacher",
                "stafflastname",
            ],
            Column::TeacherId => &["teachernumber", "teachersisid", "idteacher", "staffid"],
            Column::TeacherCleverId => &["cleveridteacher", "teacherclever"],
            Column::ClassId => {
                &["sectionid", "idclass", "classnumber", "classcode", "sectionnumber", "classsisid"]
            }
            Column::ClassName => &["class", "sectionname", "nameclass", "section", "classtitle"],
            Column::StudentFirstName => {
                &["studentfirst", "studentfname", "studentgivenname", "firstnamestudent", "pupilfirstname"]
            }
            Column::StudentLastName => &[
                "studentlast",
                "studentlname",
                "studentsurname",
                "studentfamilyname",
                "lastnamestudent",
                "pupillastname",
            ],
            Column::StudentEmail => &["emailstudent", "studentemailaddress", "studentmail", "pupilemail"],
            Column::StudentGradeLevel => &[
                "grade",
                "gradelevel",
                "studentgrade",
                "gradestudent",
                "gradelevelstudent",
                "studentgradelvl",
            ],
            Column::StudentId => &["studentnumber", "studentsisid", "idstudent", "pupilid", "studentnum"],
            Column::StudentCleverId => &["cleveridstudent", "studentclever"],
            Column::StudentUsername => &["usernamestudent", "studentuser", "studentlogin"],
        }
    }

    /// The column that a header cell means, if it is known.
    pub fn from_header(cell: &str) -> Option<Column> {
        let cell = normalized(cell);
        Column::ALL
            .into_iter()
            .find(|column| normalized(column.name()) == cell || column.synonyms().contains(&cell.as_str()))
    }

    /// How far a header cell is from this column's name, in typing mistakes.
    pub fn distance(self, cell: &str) -> usize {
        strsim::osa_distance(&normalized(cell), &normalized(self.name()))
    }
}

/// A header cell without case, spaces, underscores, hyphens, dots, quotes and invisible characters.
pub fn normalized(cell: &str) -> String {
    // The common case: this is called a few hundred times for every file.
    if cell.is_ascii() {
        let letters = cell.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|letter| char::from(letter.to_ascii_lowercase())).collect();
    }
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{Column, normalized};

    #[test]
    fn names_are_understood_in_every_common_form() {
        for cell in [
            "student_email",
            "Student Email",
            "StudentEmail",
            "email_student",
            "\"STUDENT-EMAIL\"",
            "\u{feff}student\u{a0}email\u{200b}",
        ] {
            assert_eq!(Column::from_header(cell), Some(Column::StudentEmail), "{cell}");
        }
        assert_eq!(Column::from_header("grade"), Some(Column::StudentGradeLevel));
    }

    #[test]
    fn a_near_miss_is_not_understood() {
        for cell in ["student_emial", "students_email", "", "email", "name"] {
            assert_eq!(Column::from_header(cell), None, "{cell}");
        }
    }

    #[test]
    fn no_name_means_two_columns() {
        let mut seen = std::collections::BTreeMap::new();
        for column in Column::ALL {
            for name in
                column.synonyms().iter().map(|name| (*name).to_owned()).chain([normalized(column.name())])
            {
                assert_eq!(normalized(&name), name, "synonyms are written plainly");
                assert_eq!(seen.insert(name.clone(), column), None, "{name}");
            }
        }
    }
}
