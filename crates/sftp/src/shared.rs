//! What the server and its sessions share.

use homeroom_inbox::Inbox;
use russh::{MethodKind, MethodSet};
use tokio::sync::Semaphore;

use crate::settings::SftpSettings;

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) settings: SftpSettings,
    pub(crate) inbox: Inbox,
    /// Limits how many passwords are verified at the same time.
    pub(crate) passwords: Semaphore,
}

/// The ways to log in.
pub(crate) fn login_methods() -> MethodSet {
    MethodSet::from([MethodKind::PublicKey, MethodKind::Password].as_slice())
}
