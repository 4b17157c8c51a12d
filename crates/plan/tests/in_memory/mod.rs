//! A district without a database: its files are checked, assessed, planned and applied in memory.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod applied;
pub(crate) mod district;
