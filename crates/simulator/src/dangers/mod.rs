//! Files that must not be applied as they are: what goes wrong between a SIS and its upload.

mod bytes;
mod columns;
mod people;
mod rows;
#[cfg(test)]
mod tests;
mod values;
mod whole;

use std::collections::BTreeSet;

use homeroom_demo::Dice;

use crate::file::NightFile;
use crate::truth::{PersonId, World};

macro_rules! dangers {
    ($($name:ident = $word:literal, $function:path;)*) => {
        /// A dangerous night.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Danger { $($name,)* }

        impl Danger {
            pub(crate) const ALL: &[Danger] = &[$(Danger::$name,)*];

            /// Its word in tables.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Danger::$name => $word,)* }
            }

            /// Spoils the night's file; `None` when it cannot happen in this district.
            pub(crate) fn spoil(self, night: &mut SpoiledNight<'_>) -> Option<String> {
                match self { $(Danger::$name => $function(night),)* }
            }
        }
    };
}

dangers! {
    SlippedColumn = "slipped-column", columns::slipped;
    SortedColumn = "sorted-column", columns::sorted;
    SlippedPeople = "slipped-among-people", columns::slipped_among_people;
    ExchangedColumns = "exchanged-columns", columns::exchanged;
    ExchangedHeaders = "exchanged-headers", columns::exchanged_in_a_school;
    EmptiedColumn = "emptied-column", columns::emptied;
    EmptiedForSome = "emptied-for-some", columns::emptied_for_some;
    DraggedDown = "dragged-down", columns::dragged_down;
    CleverDraggedDown = "clever-id-dragged-down", columns::clever_dragged_down;
    UserNameForMany = "user-name-for-many", columns::user_name_for_many;
    SortedTeachers = "sorted-teachers", columns::sorted_teachers;
    Placeholder = "placeholder-addresses", values::placeholder;
    SharedAddresses = "shared-addresses", values::shared_addresses;
    ZerosLost = "zeros-lost", values::zeros_lost;
    PointZero = "point-zero", values::point_zero;
    Mojibake = "encoded-twice", values::mojibake;
    QuestionMarks = "question-marks", values::question_marks;
    NamesShifted = "other-names", values::names_shifted;
    SchoolMissing = "school-missing", rows::school_missing;
    GradeMissing = "grade-missing", rows::grade_missing;
    Truncated = "truncated", rows::truncated;
    EndsEarly = "ends-early", rows::ends_early;
    LettersMissing = "letters-missing", rows::letters_missing;
    ClassEmptied = "half-a-class-missing", rows::half_of_classes_missing;
    Creeping = "creeping-loss", rows::creeping;
    SchoolEmptied = "school-emptied", rows::school_emptied;
    EverybodyInOneClass = "students-in-other-classes", rows::classes_shifted;
    OtherDistrict = "other-district", whole::other_district;
    OtherDistrictSameNames = "other-district-same-schools", whole::other_district_same_schools;
    LastYear = "last-years-file", whole::last_year;
    OldFile = "old-file-again", whole::old_file;
    TeacherGetsStudentsAddress = "teacher-gets-students-address", people::teacher_gets_students_address;
    StudentBecomesTeacher = "student-becomes-teacher", people::student_becomes_teacher;
    PeopleExchangeKeys = "people-exchange-keys", people::exchange_keys;
    EmptiedHereAndThere = "emptied-here-and-there", columns::emptied_here_and_there;
    TeachersShifted = "teachers-of-other-classes", columns::teachers_shifted;
    ScientificNumbers = "scientific-numbers", values::scientific_numbers;
    ThousandsCommas = "thousands-points", values::thousands_points;
    GraduationYears = "years-of-graduation", values::graduation_years;
    NextYearsGrades = "next-years-grades", values::next_years_grades;
    LookAlikeLetter = "look-alike-letter", values::look_alike_letter;
    ClassInTwoSchools = "class-in-two-schools", rows::class_in_two_schools;
    ClassesExchanged = "classes-exchanged", rows::classes_exchanged;
    HeaderOnly = "header-only", rows::header_only;
    SchoolOfLastYear = "school-of-last-year", whole::school_of_last_year;
    DistrictOfOtherIds = "other-district-other-ids", whole::other_district_other_ids;
    MacRoman = "mac-roman", bytes::mac_roman;
    OneBadByte = "one-bad-byte", bytes::one_bad_byte;
    Utf16Tail = "utf-16-tail", bytes::utf_16_tail;
    Holes = "holes-of-nul", bytes::holes;
    SecondHeader = "second-header", bytes::second_header;
    OneMoreColumn = "one-more-column", bytes::one_more_column;
    UnquotedComma = "unquoted-commas", bytes::unquoted_commas;
    RenamedHeader = "renamed-header", bytes::renamed_header;
}

impl Danger {
    /// Nights in a row that it lasts.
    pub(crate) fn nights(self) -> usize {
        if self == Danger::Creeping { 3 } else { 1 }
    }

    /// Nights at its beginning on which nobody can tell it from ordinary ones.
    pub(crate) fn unseen_nights(self) -> usize {
        self.nights() - 1
    }
}

/// A night's file on its way to be spoiled.
pub(crate) struct SpoiledNight<'n> {
    pub(crate) file: NightFile,
    pub(crate) world: &'n World,
    pub(crate) dice: &'n Dice,
    /// The files that were sent so far, as the SIS exported them; the first is of the year before.
    pub(crate) earlier: &'n [NightFile],
    /// Students who are missing since the night before, when it lasts for some nights.
    pub(crate) missing: &'n mut BTreeSet<PersonId>,
}

impl SpoiledNight<'_> {
    /// A stretch of these people, of at least `least`.
    fn stretch(&self, of: &[PersonId], least: usize) -> Vec<PersonId> {
        let count = (least + self.dice.below(of.len() / 3 + 1)).min(of.len());
        let from = self.dice.below(of.len() - count + 1);
        of[from..from + count].to_vec()
    }

    /// Some students in a row, of at least `least`.
    fn some_students(&self, least: usize) -> Vec<PersonId> {
        self.stretch(&self.file.students(), least)
    }
}
