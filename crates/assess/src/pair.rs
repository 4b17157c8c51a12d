//! A person of the file beside a stored one, and what the two have in common.

use crate::member::Attribute;

/// What the agreement of two people must be worth before a column is judged by it.
const ANCHOR: u32 = 6;

/// What a person of the file and a stored one have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) attributes: u8,
    pub(crate) grade: bool,
    pub(crate) class: bool,
}

impl Agreement {
    /// Whether an attribute agrees.
    pub(crate) fn has(self, attribute: Attribute) -> bool {
        self.attributes & 1 << attribute as u8 != 0
    }

    /// Whether first and last name agree.
    pub(crate) fn has_name(self) -> bool {
        self.has(Attribute::FirstName) && self.has(Attribute::LastName)
    }

    /// Whether enough agrees apart from this attribute that the two are one person.
    pub(crate) fn holds_without(self, attribute: Attribute) -> bool {
        let rest = Agreement { attributes: self.attributes & !(1 << attribute as u8), ..self };
        rest.is_anchor()
    }

    /// Whether enough agrees that the two are one person. Two districts may number students and classes alike, so numbers and places
    /// alone are not enough.
    pub(crate) fn is_anchor(self) -> bool {
        let only_number = self.attributes & !(1 << Attribute::SisId as u8) == 0;
        !only_number && self.worth() >= ANCHOR
    }

    /// What it is worth: a key is rarely shared, a class by thirty people.
    pub(crate) fn worth(self) -> u32 {
        let worth = |attribute: Attribute| match attribute {
            Attribute::SisId | Attribute::Email | Attribute::CleverId => 4,
            Attribute::Username => 3,
            Attribute::FirstName | Attribute::LastName => 2,
        };
        let attributes = Attribute::ALL.into_iter().filter(|attribute| self.has(*attribute)).map(worth);
        attributes.sum::<u32>() + u32::from(self.grade) + if self.class { 2 } else { 0 }
    }
}

/// A person of the file and the stored person they seem to be, by position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) wanted: u32,
    pub(crate) stored: u32,
    pub(crate) agreement: Agreement,
}
