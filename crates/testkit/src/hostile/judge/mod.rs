//! The laws of trust: what a night did without a decision, beside the truth.

mod accounts;
mod accounts_law;
mod keys;
mod named;
mod night;
mod owners;
mod reach;
mod right;
mod values;

pub use accounts::{Account, Accounts, ClassSeen};
pub use accounts_law::nobody_gets_anothers_account;
pub use keys::{no_key_passes, one_key_one_person};
pub use named::who_is_named_loses_nothing;
pub use night::Seen;
pub use owners::Owners;
pub use reach::wrong_pairs_stay_within_bounds;
pub use right::everything_is_right;
pub use values::damage_and_emptiness_never_overwrite;
