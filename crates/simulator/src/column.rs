//! The columns of a file.

use crate::style::Style;

/// A column of the flat CSV, in the order in which files have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    SchoolId,
    SchoolName,
    TeacherId,
    TeacherEmail,
    TeacherFirst,
    TeacherLast,
    TeacherClever,
    ClassId,
    ClassName,
    StudentId,
    StudentFirst,
    StudentLast,
    StudentEmail,
    Grade,
    Username,
    StudentClever,
}

impl Column {
    pub(crate) const ALL: [Column; 16] = [
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

    pub(crate) fn header(self) -> &'static str {
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

    pub(crate) fn is_in(self, style: Style) -> bool {
        match self {
            Column::TeacherId | Column::StudentId => style.has_ids(),
            Column::TeacherClever | Column::Username | Column::StudentClever => style.has_clever(),
            _ => true,
        }
    }
}
