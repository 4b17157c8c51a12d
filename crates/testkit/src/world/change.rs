//! The changes of the simulated district between two files.

use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// A change between two files. Numbers beyond the last student, class or school start again from the first.
#[derive(Clone, Debug)]
pub enum WorldChange {
    /// A student leaves.
    Leave(usize),
    /// A student joins, in a class.
    Join(u8),
    /// A student takes another last name, and an address with it.
    Marry(usize),
    /// A student gets another address.
    Address(usize),
    /// A student goes from their first class to another.
    Move(usize, u8),
    /// Everyone gets another domain.
    Domain,
    /// All classes get other ids.
    ClassIds,
    /// The SIS loses the leading zeros of its numbers, or restores them.
    Zeros,
    /// The SIS gives all students new numbers.
    Numbers,
    /// A school's rows are missing.
    SchoolMissing(u8),
    /// A class has other students.
    TurnOver(u8),
    /// Everyone moves up a grade.
    Grades,
    /// A student leaves and a new one gets the address.
    PassOn(usize),
    /// A class has another teacher.
    Teacher(u8),
    /// A school gets another id.
    SchoolId(u8),
}

impl WorldChange {
    /// Whether everything keeps the keys by which a file names it.
    pub fn keeps_keys(&self) -> bool {
        !matches!(
            self,
            WorldChange::Marry(_)
                | WorldChange::Address(_)
                | WorldChange::Domain
                | WorldChange::ClassIds
                | WorldChange::Zeros
                | WorldChange::Numbers
                | WorldChange::SchoolId(_)
                | WorldChange::PassOn(_)
        )
    }
}

/// Up to seven changes.
pub fn changes() -> impl Strategy<Value = Vec<WorldChange>> {
    let change = prop_oneof![
        6 => any::<usize>().prop_map(WorldChange::Leave),
        4 => any::<u8>().prop_map(WorldChange::Join),
        2 => any::<usize>().prop_map(WorldChange::Marry),
        2 => any::<usize>().prop_map(WorldChange::Address),
        3 => (any::<usize>(), any::<u8>()).prop_map(|(student, class)| WorldChange::Move(student, class)),
        1 => Just(WorldChange::Domain),
        1 => Just(WorldChange::ClassIds),
        1 => Just(WorldChange::Zeros),
        1 => Just(WorldChange::Numbers),
        1 => any::<u8>().prop_map(WorldChange::SchoolMissing),
        1 => any::<u8>().prop_map(WorldChange::TurnOver),
        1 => Just(WorldChange::Grades),
        2 => any::<usize>().prop_map(WorldChange::PassOn),
        1 => any::<u8>().prop_map(WorldChange::Teacher),
        1 => any::<u8>().prop_map(WorldChange::SchoolId),
    ];
    proptest::collection::vec(change, 0..8)
}
