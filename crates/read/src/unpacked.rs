//! Readers of packed files: they count what is read, limit what comes out and verify checksums.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use crate::container_error::ContainerError;
use crate::rules::ReadLimits;

/// Unpacked bytes below which the ratio does not matter: so little does no harm.
const HARMLESS_BYTES: u64 = 64 << 20;
/// Unpacked bytes allowed for each packed byte. Rosters reach 30, archive bombs 1,000.
const MAX_RATIO: u64 = 200;

/// How many bytes of the file have been read, before unpacking. Clones share one count.
#[derive(Clone, Debug, Default)]
pub(crate) struct BytesRead(Arc<AtomicU64>);

impl BytesRead {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A reader that adds to a count.
pub(crate) struct Counted<R> {
    pub(crate) inner: R,
    pub(crate) bytes_read: BytesRead,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes_read.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What an archive says about the unpacked bytes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub(crate) length: u64,
    pub(crate) crc: u32,
}

/// Unpacked bytes: their length is limited, and at the end they are compared with their checksum.
pub(crate) struct Unpacked<R> {
    inner: R,
    crc: crc32fast::Hasher,
    length: u64,
    max_length: u64,
    expected: Option<Checksum>,
}

impl<R> Unpacked<R> {
    /// `packed` is the length before unpacking.
    pub(crate) fn new(inner: R, limits: &ReadLimits, packed: u64) -> Unpacked<R> {
        let max_length = limits.bytes.min(HARMLESS_BYTES.max(packed.saturating_mul(MAX_RATIO)));
        Unpacked { inner, crc: crc32fast::Hasher::new(), length: 0, max_length, expected: None }
    }

    /// The same reader, which fails at the end unless the bytes match.
    pub(crate) fn expecting(self, checksum: Checksum) -> Unpacked<R> {
        Unpacked { expected: Some(checksum), ..self }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| match error.raw_os_error() {
            // Errors of the operating system are about the disk; all others are about the bytes.
            Some(_) => error,
            None if error.kind() == io::ErrorKind::Interrupted
                || ContainerError::in_io_error(&error).is_some() =>
            {
                error
            }
            None => ContainerError::Damaged.into(),
        })?;
        self.length += read as u64;
        if self.length > self.max_length {
            return Err(ContainerError::TooLarge.into());
        }
        if let Some(expected) = self.expected {
            self.crc.update(&buffer[..read]);
            let at_end = read == 0 && !buffer.is_empty();
            if at_end && expected != (Checksum { length: self.length, crc: self.crc.clone().finalize() }) {
                return Err(ContainerError::Damaged.into());
            }
        }
        Ok(read)
    }
}

/// Decompresses gzip of one or several members. `packed` is the length before unpacking.
pub(crate) fn gunzipped<'s>(
    gzip: impl Read + Send + 's,
    limits: &ReadLimits,
    packed: u64,
) -> Box<dyn Read + Send + 's> {
    Box::new(Unpacked::new(MultiGzDecoder::new(buffered(gzip)), limits, packed))
}

pub(crate) fn buffered<R: Read>(reader: R) -> BufReader<R> {
    BufReader::with_capacity(1 << 16, reader)
}
