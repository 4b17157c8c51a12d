//! One file or folder per command.

mod account;
mod backup;
mod check;
mod config;
mod demo;
mod district;
mod doctor;
mod history;
mod migrate;
mod pin;
mod proposal;
mod restore;
mod roster;
mod run;
mod runs;
mod serve;
mod sync;
mod trace;

pub(crate) use account::Account;
pub(crate) use backup::Backup;
pub(crate) use check::Check;
pub(crate) use config::Config;
pub(crate) use demo::Demo;
pub(crate) use district::District;
pub(crate) use doctor::Doctor;
pub(crate) use history::History;
pub(crate) use migrate::Migrate;
pub(crate) use pin::Pin;
pub(crate) use proposal::Proposal;
pub(crate) use restore::Restore;
pub(crate) use roster::Roster;
pub(crate) use run::Run;
pub(crate) use runs::Runs;
pub(crate) use serve::Serve;
pub(crate) use sync::Sync;
pub(crate) use trace::Trace;
