//! What ordinarily happens in a district, and how often.

mod migrations;
mod people;
mod places;

use crate::style::Style;
use crate::truth::World;

/// An ordinary event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    Enrollment,
    Withdrawal,
    Return,
    NewSurname,
    NewSurnameAndAddress,
    FirstNameCorrected,
    TypingMistake,
    TypingMistakeCorrected,
    Transfer,
    ClassChange,
    Substitute,
    CoTeacher,
    TeacherMarried,
    TeacherReplaced,
    ClassRenamed,
    SchoolRenamed,
    AddressPassedOn,
    AddressPassedOnAtOnce,
    TwinsPutRight,
    SiblingsEnroll,
    GradeCorrected,
    ClassDissolved,
    NewSection,
    NumbersUsedAgain,
    NamesakeGetsAddress,
    NumbersPadded,
    NewNumbers,
    NewDomain,
    NewAddresses,
    LatinLettersOnly,
    RollOver,
}

impl Event {
    /// All but the roll-over, which has its day.
    pub(crate) const ALL: [Event; 30] = [
        Event::Enrollment,
        Event::Withdrawal,
        Event::Return,
        Event::NewSurname,
        Event::NewSurnameAndAddress,
        Event::FirstNameCorrected,
        Event::TypingMistake,
        Event::TypingMistakeCorrected,
        Event::Transfer,
        Event::ClassChange,
        Event::Substitute,
        Event::CoTeacher,
        Event::TeacherMarried,
        Event::TeacherReplaced,
        Event::ClassRenamed,
        Event::SchoolRenamed,
        Event::AddressPassedOn,
        Event::AddressPassedOnAtOnce,
        Event::TwinsPutRight,
        Event::SiblingsEnroll,
        Event::GradeCorrected,
        Event::ClassDissolved,
        Event::NewSection,
        Event::NumbersUsedAgain,
        Event::NamesakeGetsAddress,
        Event::NumbersPadded,
        Event::NewNumbers,
        Event::NewDomain,
        Event::NewAddresses,
        Event::LatinLettersOnly,
    ];

    /// How often it happens in a year among a thousand students, in tenths.
    pub(crate) fn tenths_in_a_year(self) -> usize {
        match self {
            Event::Enrollment => 600,
            Event::Withdrawal => 700,
            Event::ClassChange => 1_000,
            Event::Transfer | Event::Return => 150,
            Event::FirstNameCorrected | Event::NewSurname => 80,
            Event::NewSurnameAndAddress | Event::TypingMistake | Event::TypingMistakeCorrected => 60,
            Event::Substitute => 170,
            Event::CoTeacher => 80,
            Event::TeacherMarried | Event::TeacherReplaced => 40,
            Event::ClassRenamed => 80,
            Event::AddressPassedOn | Event::SiblingsEnroll | Event::GradeCorrected => 30,
            Event::ClassDissolved | Event::NewSection => 10,
            Event::TwinsPutRight | Event::AddressPassedOnAtOnce => 5,
            Event::SchoolRenamed
            | Event::NumbersUsedAgain
            | Event::NamesakeGetsAddress
            | Event::NumbersPadded
            | Event::NewNumbers
            | Event::NewDomain
            | Event::NewAddresses
            | Event::LatinLettersOnly => 2,
            Event::RollOver => 0,
        }
    }

    /// Whether a question about it is in place.
    pub(crate) fn may_be_asked(self) -> bool {
        use Event::{
            AddressPassedOnAtOnce, ClassDissolved, LatinLettersOnly, NamesakeGetsAddress, NewAddresses,
            NewDomain, NewNumbers, NewSection, NumbersPadded, NumbersUsedAgain, RollOver, SchoolRenamed,
            TwinsPutRight,
        };
        matches!(
            self,
            AddressPassedOnAtOnce
                | ClassDissolved
                | LatinLettersOnly
                | NamesakeGetsAddress
                | NewAddresses
                | NewDomain
                | NewNumbers
                | NewSection
                | NumbersPadded
                | NumbersUsedAgain
                | RollOver
                | SchoolRenamed
                | TwinsPutRight
        )
    }

    /// Whether nothing about it could be taken for a fault of the file.
    pub(crate) fn is_plain(self) -> bool {
        matches!(self, Event::Enrollment | Event::Withdrawal | Event::Return | Event::ClassChange)
    }

    /// Whether it happens in districts of this style.
    fn is_for(self, style: Style) -> bool {
        match self {
            Event::NumbersUsedAgain | Event::NumbersPadded | Event::NewNumbers => style.has_ids(),
            Event::NamesakeGetsAddress => style == Style::Names,
            _ => true,
        }
    }

    /// Makes it happen; `None` when there is nobody to whom it could.
    pub(crate) fn happen(self, world: &mut World) -> Option<String> {
        if !self.is_for(world.style) {
            return None;
        }
        let words = match self {
            Event::Enrollment => people::enrollment(world),
            Event::Withdrawal => people::withdrawal(world),
            Event::Return => people::comes_back(world),
            Event::NewSurname => people::new_surname(world),
            Event::NewSurnameAndAddress => people::new_surname_and_address(world),
            Event::FirstNameCorrected => people::first_name_corrected(world),
            Event::TypingMistake => people::typing_mistake(world),
            Event::TypingMistakeCorrected => people::typing_mistake_corrected(world),
            Event::TeacherMarried => people::teacher_married(world),
            Event::AddressPassedOn => people::address_passed_on(world),
            Event::AddressPassedOnAtOnce => people::address_passed_on_at_once(world),
            Event::SiblingsEnroll => people::siblings_enroll(world),
            Event::GradeCorrected => places::grade_corrected(world),
            Event::ClassDissolved => places::class_dissolved(world),
            Event::NewSection => places::new_section(world),
            Event::NewNumbers => migrations::new_numbers(world),
            Event::NewAddresses => migrations::new_addresses(world),
            Event::TwinsPutRight => people::twins_put_right(world),
            Event::Transfer => places::transfer(world),
            Event::ClassChange => places::class_change(world),
            Event::Substitute => places::substitute(world),
            Event::CoTeacher => places::co_teacher(world),
            Event::TeacherReplaced => places::teacher_replaced(world),
            Event::ClassRenamed => places::class_renamed(world),
            Event::SchoolRenamed => places::school_renamed(world),
            Event::NumbersUsedAgain => migrations::numbers_used_again(world),
            Event::NamesakeGetsAddress => migrations::namesake_gets_address(world),
            Event::NumbersPadded => migrations::numbers_padded(world),
            Event::NewDomain => migrations::new_domain(world),
            Event::LatinLettersOnly => migrations::latin_letters_only(world),
            Event::RollOver => {
                world.roll_over();
                Some("a new school year".to_owned())
            }
        };
        world.remember();
        words
    }
}
