//! The file of the simulated district.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use super::district::World;
use super::names::{FIRST, LAST};
use super::student::Student;

const HEADER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
student_first_name,student_last_name,student_email,student_grade_level";

impl World {
    /// The file as a flat CSV.
    ///
    /// # Panics
    /// Never: memory takes all text.
    pub fn csv(&self) -> String {
        let mut csv = String::from(HEADER);
        csv.push_str(if self.with_numbers { ",student_id\n" } else { "\n" });
        let header = csv.len();
        for student in &self.students {
            for class in self.classes_of(student) {
                self.write_row(&mut csv, student, class).expect("memory takes all text");
            }
        }
        if csv.len() == header {
            // A file needs a row.
            let someone = Student {
                identity: 0,
                first: 0,
                last: 0,
                local: "someone".into(),
                number: 7,
                grade: 1,
                classes: BTreeSet::new(),
            };
            self.write_row(&mut csv, &someone, 0).expect("memory takes all text");
        }
        csv
    }

    fn write_row(&self, csv: &mut String, student: &Student, class: u8) -> fmt::Result {
        let school = self.school_of(class);
        let teacher = usize::from(class) + 97 * self.teacher_changes(class) as usize;
        let class_id = match self.class_ids {
            0 => format!("C{class}"),
            changes => format!("K{changes}x{class}"),
        };
        write!(
            csv,
            "{},School {school},t{teacher}@x.org,{},{},{class_id},Class {class},{},{},{}@d{}.org,{:02}",
            self.school_id(school),
            FIRST[teacher % 24],
            LAST[teacher / 24 % 24],
            FIRST[student.first],
            LAST[student.last],
            student.local,
            self.domain,
            student.grade,
        )?;
        if self.with_numbers {
            let number = student.number + self.renumbered * 5_000_011;
            if self.zeros { write!(csv, ",{number:010}") } else { write!(csv, ",{number}") }?;
        }
        csv.push('\n');
        Ok(())
    }
}
