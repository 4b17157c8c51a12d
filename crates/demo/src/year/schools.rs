//! The district's three schools: what stays the same all year.

use std::ops::RangeInclusive;

/// A school, in the order in which the files have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum School {
    Lincoln,
    OakHill,
    Valley,
}

/// Kindergarten, as a number beside the grades 1 to 12.
pub(super) const KINDERGARTEN: u8 = 0;
/// The grade that graduates in summer.
pub(super) const SENIORS: u8 = 12;

impl School {
    pub(super) const ALL: [School; 3] = [School::Lincoln, School::OakHill, School::Valley];

    /// The school of a grade.
    pub(super) fn of_grade(grade: u8) -> School {
        match grade {
            ..=5 => School::Valley,
            6..=8 => School::OakHill,
            9.. => School::Lincoln,
        }
    }

    /// `school_id`
    pub(super) fn id(self) -> &'static str {
        match self {
            School::Lincoln => "101",
            School::OakHill => "102",
            School::Valley => "103",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            School::Lincoln => "Lincoln High School",
            School::OakHill => "Oak Hill Middle School",
            School::Valley => "Valley Elementary School",
        }
    }

    pub(super) fn grades(self) -> RangeInclusive<u8> {
        match self {
            School::Lincoln => 9..=12,
            School::OakHill => 6..=8,
            School::Valley => 0..=5,
        }
    }

    /// Students of each grade when the year begins: 1,000, 600 and 400.
    pub(super) fn grade_sizes(self) -> &'static [usize] {
        match self {
            School::Lincoln => &[262, 255, 248, 235],
            School::OakHill => &[204, 199, 197],
            School::Valley => &[68, 67, 66, 67, 66, 66],
        }
    }

    /// Teachers when the year begins.
    pub(super) fn staff(self) -> usize {
        match self {
            School::Lincoln => 42,
            School::OakHill => 27,
            School::Valley => 21,
        }
    }

    /// The subjects of each grade; every student takes the first.
    pub(super) fn subjects(self) -> &'static [&'static str] {
        match self {
            School::Lincoln => &["English", "Mathematics", "Science", "History", "Spanish", "Art"],
            School::OakHill => {
                &["Language Arts", "Mathematics", "Science", "Social Studies", "Music", "Health"]
            }
            School::Valley => &["Homeroom", "Music"],
        }
    }

    /// How many of the subjects a student takes at least.
    pub(super) fn fewest_subjects(self) -> usize {
        match self {
            School::Lincoln | School::OakHill => 4,
            School::Valley => 1,
        }
    }

    /// Seats in a class.
    pub(super) fn class_size(self) -> usize {
        24
    }
}
