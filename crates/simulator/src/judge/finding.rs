//! What a judge finds.

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// An account belongs to another person now, or has a key of another.
    WrongMerge,
    /// A person got a second account.
    WrongSplit,
    /// The account of somebody who is still here was closed.
    WrongRemoval,
    /// A teacher sees a student who is not theirs.
    WrongAccess,
    /// Somebody who is not here got an account, or has one again.
    Stranger,
    /// A teacher no longer sees a student who is theirs.
    LostAccess,
    /// A class or school that is not here, or a class in another school or in the place of another.
    WrongPlace,
    /// A name, key or grade that was never true, is true no longer, or is gone.
    WrongValue,
    /// Somebody who has left is still active after an ordinary night, or a teacher still sees a student.
    StaleAccess,
    /// Somebody who is here has no active account after an ordinary night, or a teacher does not see a student.
    Missing,
    /// A name, key or grade of the file is not taken over after an ordinary night.
    StaleValue,
}

impl Fault {
    /// All, in the order of tables.
    pub const ALL: [Fault; 11] = [
        Fault::WrongMerge,
        Fault::WrongSplit,
        Fault::WrongRemoval,
        Fault::WrongAccess,
        Fault::Stranger,
        Fault::LostAccess,
        Fault::WrongPlace,
        Fault::WrongValue,
        Fault::StaleAccess,
        Fault::Missing,
        Fault::StaleValue,
    ];

    /// Its word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::WrongMerge => "wrong merge",
            Fault::WrongSplit => "wrong split",
            Fault::WrongRemoval => "wrong removal",
            Fault::WrongAccess => "wrong access",
            Fault::Stranger => "stranger",
            Fault::LostAccess => "lost access",
            Fault::WrongPlace => "wrong place",
            Fault::WrongValue => "wrong value",
            Fault::StaleAccess => "stale access",
            Fault::Missing => "missing",
            Fault::StaleValue => "stale value",
        }
    }

    /// Whether it is of no account, whatever the night: the value of a single cell may be empty or mistyped on ordinary nights.
    pub(crate) fn counts_on_ordinary_nights(self) -> bool {
        self != Fault::WrongValue
    }
}

/// A fault, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) fault: Fault,
    pub(crate) words: String,
}
