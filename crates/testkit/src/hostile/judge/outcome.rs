//! What becomes of a file.

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing of it is used.
    Rejected,
    /// A part of it waits for a decision; the rest was applied.
    Held,
    /// All of it was applied.
    Applied,
}
