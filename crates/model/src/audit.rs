//! Who changed what, when and why.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::district::Slug;
use crate::ids::RosterVersion;
use crate::word::string_enum;

string_enum!(
    /// What kind of actor changes something.
    ActorKind {
        /// Homeroom itself, because a file arrived or a time was over.
        System = "system",
        /// The district's schedule.
        Schedule = "schedule",
        /// Somebody at the command line.
        CommandLine = "command_line",
    }
);

/// Who changes something, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The kind.
    pub kind: ActorKind,
    /// At the command line the user of the operating system; empty for others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The machine on which the command was given; empty for others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
}

impl Actor {
    /// Homeroom itself.
    pub const SYSTEM: Actor = Actor::nameless(ActorKind::System);
    /// The district's schedule.
    pub const SCHEDULE: Actor = Actor::nameless(ActorKind::Schedule);

    const fn nameless(kind: ActorKind) -> Actor {
        Actor { kind, name: String::new(), origin: String::new() }
    }

    /// Whether a person is behind it.
    pub fn is_person(&self) -> bool {
        match self.kind {
            ActorKind::System | ActorKind::Schedule => false,
            ActorKind::CommandLine => true,
        }
    }

    /// "by kim at the command line", "by the schedule".
    pub fn in_words(&self) -> String {
        match self.kind {
            ActorKind::System => "by Homeroom".into(),
            ActorKind::Schedule => "by the schedule".into(),
            ActorKind::CommandLine => format!("by {} at the command line", self.name),
        }
    }
}

/// Who causes a change, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Who.
    pub actor: Actor,
    /// Why, in the actor's words; empty when nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Cause {
    /// Homeroom itself.
    pub const SYSTEM: Cause = Cause { actor: Actor::SYSTEM, reason: String::new() };
    /// The district's schedule.
    pub const SCHEDULE: Cause = Cause { actor: Actor::SCHEDULE, reason: String::new() };

    /// An actor's change for a reason.
    pub fn new(actor: Actor, reason: impl Into<String>) -> Cause {
        Cause { actor, reason: reason.into() }
    }

    /// "by kim at the command line: logins were tested".
    pub fn in_words(&self) -> String {
        match self.reason.as_str() {
            "" => self.actor.in_words(),
            reason => format!("{}: {reason}", self.actor.in_words()),
        }
    }
}

string_enum!(
    /// What was done.
    AuditAction {
        /// A district was added.
        DistrictAdded = "district_added",
        /// A district was erased.
        DistrictErased = "district_erased",
        /// A district's settings were changed.
        SettingsChanged = "settings_changed",
        /// A date range was added to a district's calendar, or removed.
        CalendarChanged = "calendar_changed",
        /// A district was moved to another stage.
        StageChanged = "stage_changed",
        /// How a district's files are read was changed.
        ProfileChanged = "profile_changed",
        /// A drop account was added.
        AccountAdded = "account_added",
        /// A drop account was disabled.
        AccountDisabled = "account_disabled",
        /// A disabled drop account was enabled.
        AccountEnabled = "account_enabled",
        /// A drop account got a new password.
        PasswordChanged = "password_changed",
        /// A public key was added to a drop account.
        AccountKeyAdded = "account_key_added",
        /// A public key was removed from a drop account.
        AccountKeyRemoved = "account_key_removed",
        /// A district's OpenPGP key was made.
        OpenPgpKeyMade = "openpgp_key_made",
        /// A key with which a district signs was added.
        SignerAdded = "signer_added",
        /// A key with which a district signs was removed.
        SignerRemoved = "signer_removed",
        /// A pin was added.
        PinAdded = "pin_added",
        /// A pin was removed.
        PinRemoved = "pin_removed",
        /// A run changed the roster.
        RunApplied = "run_applied",
        /// A queued run was cancelled.
        RunCancelled = "run_cancelled",
        /// What a run held, or a part of it, was applied.
        HoldApproved = "hold_approved",
        /// What a run held, or a part of it, was discarded.
        HoldDiscarded = "hold_discarded",
        /// Nobody decided in time about what a run held.
        HoldExpired = "hold_expired",
        /// Proposals of a run were accepted or rejected.
        ProposalsReviewed = "proposals_reviewed",
        /// A decision about two records was forgotten.
        ProposalForgotten = "proposal_forgotten",
        /// What a run had applied was undone.
        RunUndone = "run_undone",
        /// What a run had applied was redone.
        RunRedone = "run_redone",
    }
);

/// An entry of the audit log. Entries are numbered in each district, and each carries the hash of the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// The district; `None` in the log of the whole installation, which has the districts that were added and erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<Slug>,
    /// Its number: 1, 2, 3 …
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who, and why.
    #[serde(flatten)]
    pub cause: Cause,
    /// What was done.
    pub action: AuditAction,
    /// What it was done to, by ids and numbers, never by names: `run 0190…`, `pin 3`.
    pub subject: String,
    /// What else there is to know, again without anybody's name: `seats 900 -> 950`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub details: String,
    /// The version of the roster that the change led to, when it changed the roster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roster_version: Option<RosterVersion>,
    /// The BLAKE3 hash of the entry before it, and of everything above; 64 hex digits.
    pub hash: String,
}

/// The first entry that an audit log should not have like this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditFault {
    /// The number at which the log is wrong.
    pub number: i64,
    /// What is wrong, in words.
    pub fault: String,
}
