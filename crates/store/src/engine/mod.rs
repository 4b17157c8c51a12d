//! The one place that names an engine.

mod postgres;
mod sqlite;
mod store;

pub use store::{EngineKind, Store};
