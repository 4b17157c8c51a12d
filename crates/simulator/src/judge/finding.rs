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
    /// A name, key or grade that was never true, or one that is gone.
    WrongValue,
    /// Somebody who has left is still active after an ordinary night.
    StaleAccess,
    /// Somebody who is here has no active account after an ordinary night.
    Missing,
}

impl Fault {
    /// All, in the order of tables.
    pub const ALL: [Fault; 9] = [
        Fault::WrongMerge,
        Fault::WrongSplit,
        Fault::WrongRemoval,
        Fault::WrongAccess,
        Fault::Stranger,
        Fault::LostAccess,
        Fault::WrongValue,
        Fault::StaleAccess,
        Fault::Missing,
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
            Fault::WrongValue => "wrong value",
            Fault::StaleAccess => "stale access",
            Fault::Missing => "missing",
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
