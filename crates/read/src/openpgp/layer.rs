//! The layers of a message from the outside in: the file, its armor, the encrypted data, the compressed data. Each is a reader
//! that limits how much goes through it, and that reaches its end only when the layers around it have ended properly.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use pgp::armor::{Dearmor, DearmorOptions};
use pgp::composed::{CompressedDataReader, Edata, MessageReader, PacketBodyReader};

use crate::container_error::ContainerError;

/// Bytes of a layer that may be something other than its content. Packets of keys and signatures are read into memory at
/// whatever length they have, and the format has no limit for them; a hundred recipients need 50 KiB.
const MAX_OVERHEAD: u64 = 1 << 20;
/// Bytes that may follow the end of compressed data within its packet. More is a second message, in a packet that continues to
/// the end of the file.
const MAX_TRAILING: u64 = 8;

/// The progress of a layer, shared with the reader of the plaintext.
#[derive(Debug)]
pub(crate) struct LayerProgress {
    /// How many bytes may have gone through.
    limit: AtomicU64,
    has_ended: AtomicBool,
}

impl LayerProgress {
    /// Raises the limit: `bytes` of plaintext have come out.
    pub(crate) fn allow_beyond(&self, bytes: u64) {
        self.limit.store(bytes.saturating_add(MAX_OVERHEAD), Ordering::Relaxed);
    }

    /// Removes the limit: what follows is content, which is never in memory as a whole.
    pub(crate) fn allow_all(&self) {
        self.limit.store(u64::MAX, Ordering::Relaxed);
    }

    /// Whether it has been read to its end without an error.
    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Relaxed)
    }
}

/// The last error of the operating system: the library passes on only that something failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct DiskError(Arc<Mutex<Option<i32>>>);

impl DiskError {
    /// The error of the disk, or if there is none, damage.
    pub(crate) fn or_damaged(&self) -> io::Error {
        match *self.0.lock().expect("no code panics while it holds this") {
            Some(code) => io::Error::from_raw_os_error(code),
            None => ContainerError::MessageDamaged.into(),
        }
    }
}

/// A reader with a limit. It does not touch the inner reader again after an error, since the library's readers would panic;
/// and it never fails with `UnexpectedEof`, which they would treat as the end.
pub(crate) struct Layer<R> {
    inner: R,
    passed: u64,
    progress: Arc<LayerProgress>,
    disk_error: DiskError,
    has_failed: bool,
}

impl<R: Read> Layer<R> {
    pub(crate) fn new(inner: R, disk_error: &DiskError) -> (Arc<LayerProgress>, BufReader<Layer<R>>) {
        let progress = Arc::new(LayerProgress {
            limit: AtomicU64::new(MAX_OVERHEAD),
            has_ended: AtomicBool::new(false),
        });
        let layer = Layer {
            inner,
            passed: 0,
            progress: progress.clone(),
            disk_error: disk_error.clone(),
            has_failed: false,
        };
        (progress, BufReader::with_capacity(1 << 16, layer))
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    if let Some(code) = error.raw_os_error() {
                        *self.disk_error.0.lock().expect("no code panics while it holds this") = Some(code);
                    }
                    return Err(ContainerError::MessageDamaged.into());
                }
                Ok(read) => break read,
            }
        };
        self.passed += read as u64;
        if self.passed > self.progress.limit.load(Ordering::Relaxed) {
            return Err(ContainerError::MessageDamaged.into());
        }
        if read == 0 && !buffer.is_empty() {
            self.progress.has_ended.store(true, Ordering::Relaxed);
        }
        Ok(read)
    }
}

impl<R: Read> Read for Layer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.has_failed {
            return Err(ContainerError::MessageDamaged.into());
        }
        let result = self.step(buffer);
        self.has_failed = result.is_err();
        result
    }
}

impl<R> fmt::Debug for Layer<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Layer")
    }
}

/// The bytes inside ASCII armor (RFC 9580 section 6), after which nothing may follow.
pub(crate) struct Armored<R: io::BufRead>(Option<Dearmor<R>>);

impl<R: io::BufRead> Armored<R> {
    pub(crate) fn new(armor: R) -> Armored<R> {
        // The limit applies to the header and the last line.
        Armored(Some(Dearmor::with_options(armor, DearmorOptions::new().set_limit(1 << 16))))
    }
}

impl<R: io::BufRead> Read for Armored<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(dearmor) = &mut self.0 else { return Ok(0) };
        let read = dearmor.read(buffer)?;
        if read == 0
            && !buffer.is_empty()
            && let Some(dearmor) = self.0.take()
        {
            let (.., mut rest) = dearmor.into_parts();
            expect_only(&mut rest, u64::MAX, |byte| byte.is_ascii_whitespace())?;
        }
        Ok(read)
    }
}

/// The content of an encrypted packet, whose last bytes prove that it is complete.
pub(crate) struct Decrypted<'a>(pub(crate) Edata<'a>);

impl Read for Decrypted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            expect_end(self.0.get_mut(), 0)?;
        }
        Ok(read)
    }
}

/// The content of a compressed packet.
pub(crate) struct Inflated<'a>(pub(crate) CompressedDataReader<MessageReader<'a>>);

impl Read for Inflated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            expect_end(self.0.get_mut(), MAX_TRAILING)?;
        }
        Ok(read)
    }
}

/// Fails unless the packet has at most `trailing` bytes left and nothing follows it: a second message would be lost.
fn expect_end(packet: &mut PacketBodyReader<MessageReader<'_>>, trailing: u64) -> io::Result<()> {
    expect_only(packet, trailing, |_| true)?;
    expect_only(packet.get_mut(), u64::MAX, |byte| byte.is_ascii_whitespace())
}

/// Reads to the end; fails when there are more than `limit` bytes, or one that is not allowed.
fn expect_only(reader: &mut impl Read, limit: u64, is_allowed: impl Fn(u8) -> bool) -> io::Result<()> {
    let mut block = [0; 512];
    let mut passed = 0;
    loop {
        let read = reader.read(&mut block)?;
        if read == 0 {
            return Ok(());
        }
        passed += read as u64;
        if passed > limit || !block[..read].iter().copied().all(&is_allowed) {
            return Err(ContainerError::MessageDamaged.into());
        }
    }
}
