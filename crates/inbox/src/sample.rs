//! Sample files, which every account sees.

/// A file in the read-only folder `samples/` of every account.
#[derive(Clone, Debug)]
pub struct SampleFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: &'static [u8],
}
