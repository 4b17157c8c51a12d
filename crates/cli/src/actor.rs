//! Who gives a command.

use homeroom_model::audit::{Actor, ActorKind};

/// The user of the operating system on this machine, for the audit log. Whoever has become another user with sudo is named, too.
#[expect(clippy::disallowed_methods, reason = "this crate reads the environment")]
pub(crate) fn actor() -> Actor {
    let user = whoami::username().unwrap_or_else(|_| "an unknown user".into());
    let name = match std::env::var("SUDO_USER") {
        Ok(before) if !before.is_empty() && before != user => format!("{user} (sudo by {before})"),
        _ => user,
    };
    Actor { kind: ActorKind::CommandLine, name, origin: whoami::hostname().unwrap_or_default() }
}
