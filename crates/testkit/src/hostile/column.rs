//! The columns of a flat file with everything in it.

/// A column of a flat file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// `school_id`
    SchoolId,
    /// `school_name`
    SchoolName,
    /// `teacher_id`
    TeacherId,
    /// `teacher_email`
    TeacherEmail,
    /// `teacher_first_name`
    TeacherFirst,
    /// `teacher_last_name`
    TeacherLast,
    /// `teacher_clever_id`
    TeacherClever,
    /// `class_id`
    ClassId,
    /// `class_name`
    ClassName,
    /// `student_id`
    StudentId,
    /// `student_first_name`
    StudentFirst,
    /// `student_last_name`
    StudentLast,
    /// `student_email`
    StudentEmail,
    /// `student_grade_level`
    Grade,
    /// `student_username`
    Username,
    /// `student_clever_id`
    StudentClever,
}

impl Column {
    /// All, in the order of a file.
    pub const ALL: [Column; 16] = [
        Column::SchoolId,
        Column::SchoolName,
        Column::TeacherId,
        Column::TeacherEmail,
        Column::TeacherFirst,
        Column::TeacherLast,
        Column::TeacherClever,
        Column::ClassId,
        Column::ClassName,
        Column::StudentId,
        Column::StudentFirst,
        Column::StudentLast,
        Column::StudentEmail,
        Column::Grade,
        Column::Username,
        Column::StudentClever,
    ];

    /// Those that are about a student, or about a teacher.
    pub const STUDENT: [Column; 7] = [
        Column::StudentId,
        Column::StudentEmail,
        Column::StudentClever,
        Column::Username,
        Column::StudentFirst,
        Column::StudentLast,
        Column::Grade,
    ];

    /// Those that are about a teacher.
    pub const TEACHER: [Column; 5] = [
        Column::TeacherId,
        Column::TeacherEmail,
        Column::TeacherClever,
        Column::TeacherFirst,
        Column::TeacherLast,
    ];

    /// As the header names it.
    pub fn header(self) -> &'static str {
        match self {
            Column::SchoolId => "school_id",
            Column::SchoolName => "school_name",
            Column::TeacherId => "teacher_id",
            Column::TeacherEmail => "teacher_email",
            Column::TeacherFirst => "teacher_first_name",
            Column::TeacherLast => "teacher_last_name",
            Column::TeacherClever => "teacher_clever_id",
            Column::ClassId => "class_id",
            Column::ClassName => "class_name",
            Column::StudentId => "student_id",
            Column::StudentFirst => "student_first_name",
            Column::StudentLast => "student_last_name",
            Column::StudentEmail => "student_email",
            Column::Grade => "student_grade_level",
            Column::Username => "student_username",
            Column::StudentClever => "student_clever_id",
        }
    }

    /// Whether it is about a teacher.
    pub fn is_of_teacher(self) -> bool {
        Column::TEACHER.contains(&self)
    }
}

/// Which columns a district's files have, apart from those that all have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Numbers of the SIS.
    pub ids: bool,
    /// Clever ids.
    pub clever: bool,
    /// User names.
    pub usernames: bool,
}

impl Style {
    /// Whether files have this column.
    pub fn has(self, column: Column) -> bool {
        match column {
            Column::TeacherId | Column::StudentId => self.ids,
            Column::TeacherClever | Column::StudentClever => self.clever,
            Column::Username => self.usernames,
            _ => true,
        }
    }
}
