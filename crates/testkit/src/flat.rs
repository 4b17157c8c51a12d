//! Small flat rosters from a few numbers a row.

/// One row: a student in a class with its teacher. Keys and names follow from the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Enrolled {
    /// The school's number; class ids contain it, so no class is in two schools.
    pub school: u8,
    /// The class's number in its school.
    pub class: u8,
    /// The teacher's number.
    pub teacher: u8,
    /// The student's number.
    pub student: u16,
    /// Each version of a student has another last name and grade.
    pub version: u8,
}

/// The header of the flat CSV.
const HEADER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
student_first_name,student_last_name,student_email,student_grade_level\n";

/// A flat CSV with a row for each entry.
pub fn flat_csv(rows: &[Enrolled]) -> Vec<u8> {
    let mut csv = String::from(HEADER);
    for row in rows {
        let Enrolled { school, class, teacher, student, version } = *row;
        csv.push_str(&format!(
            "S{school},School {school},t{teacher}@lincoln.example.org,Tess,Teacher{teacher},S{school}-C{class},\
             Class {school} {class},Stu,Dent{student}v{version},s{student}@students.lincoln.example.org,{:02}\n",
            version % 12 + 1
        ));
    }
    csv.into_bytes()
}
