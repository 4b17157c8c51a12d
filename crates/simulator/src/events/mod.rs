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
    TwinsPutRight,
    NumbersUsedAgain,
    NamesakeGetsAddress,
    NumbersPadded,
    NewDomain,
    LatinLettersOnly,
    RollOver,
}

impl Event {
    /// All but the roll-over, which has its day.
    pub(crate) const ALL: [Event; 23] = [
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
        Event::TwinsPutRight,
        Event::NumbersUsedAgain,
        Event::NamesakeGetsAddress,
        Event::NumbersPadded,
        Event::NewDomain,
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
            Event::AddressPassedOn => 30,
            Event::TwinsPutRight => 5,
            Event::SchoolRenamed
            | Event::NumbersUsedAgain
            | Event::NamesakeGetsAddress
            | Event::NumbersPadded
            | Event::NewDomain
            | Event::LatinLettersOnly => 2,
            Event::RollOver => 0,
        }
    }

    /// Whether a question about it is in place.
    pub(crate) fn may_be_asked(self) -> bool {
        use Event::{
            LatinLettersOnly, NamesakeGetsAddress, NewDomain, NumbersPadded, NumbersUsedAgain, RollOver,
            SchoolRenamed, TwinsPutRight,
        };
        matches!(
            self,
            TwinsPutRight
                | NumbersUsedAgain
                | NamesakeGetsAddress
                | NumbersPadded
                | NewDomain
                | LatinLettersOnly
                | RollOver
                | SchoolRenamed
        )
    }

    /// Whether nothing about it could be taken for a fault of the file.
    pub(crate) fn is_plain(self) -> bool {
        matches!(self, Event::Enrollment | Event::Withdrawal | Event::ClassChange)
    }

    /// Whether it happens in districts of this style.
    fn is_for(self, style: Style) -> bool {
        match self {
            Event::NumbersUsedAgain | Event::NumbersPadded => style.has_ids(),
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
