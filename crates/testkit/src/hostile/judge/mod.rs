//! The laws of trust: what a night did without a decision, beside the truth.

mod accounts;
mod accounts_law;
mod keys;
mod named;
mod night;
mod outcome;
mod owners;
mod play;
mod reach;
mod right;
mod values;

pub use accounts::{Account, Accounts, ClassSeen};
pub use accounts_law::nobody_gets_anothers_account;
pub use keys::{no_key_passes, one_key_one_person};
pub use named::who_is_named_loses_nothing;
pub use night::Seen;
pub use outcome::Outcome;
pub use owners::Owners;
pub use play::{Format, Homeroom, Law, flat, play};
pub use reach::wrong_pairs_stay_within_bounds;
pub use right::everything_is_right;
pub use values::damage_and_emptiness_never_overwrite;

/// The laws of every night, whatever its file is.
pub const LAWS: [(&str, Law); 6] = [
    ("one key, one person", one_key_one_person),
    ("no key passes to another", no_key_passes),
    ("nobody gets another's account", nobody_gets_anothers_account),
    ("nobody who is named loses anything", who_is_named_loses_nothing),
    ("damage and emptiness never overwrite", damage_and_emptiness_never_overwrite),
    ("who sees whom", wrong_pairs_stay_within_bounds),
];

/// The law of ordinary nights, beside those of every night.
pub const ORDINARY: (&str, Law) = ("ordinary nights pass", everything_is_right);
