//! What a message is made of from the outside in: the file, its armor, what was encrypted, what was compressed. Each is a
//! reader that watches how much goes through it, and that ends only when all around it has ended as it should.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use pgp::armor::{Dearmor, DearmorOptions};
use pgp::composed::{CompressedDataReader, Edata, MessageReader, PacketBodyReader};

use crate::container::ContainerError;

/// Bytes of a layer that may be something else than its content. Packets of keys and signatures are read into memory as
/// they stand there, and the format has no limit for them; a hundred recipients need 50 KiB.
const AROUND: u64 = 1 << 20;
/// Bytes that may follow the end of compressed data within its packet. More is a second message, where a packet goes on to
/// the end of the file.
const REST: u64 = 8;

/// How much has gone and may go through a layer.
#[derive(Debug)]
pub(crate) struct Passage {
    most: AtomicU64,
    ended: AtomicBool,
}

impl Passage {
    /// So much content has come out.
    pub(crate) fn came_out(&self, bytes: u64) {
        self.most.store(bytes.saturating_add(AROUND), Ordering::Relaxed);
    }

    /// From here on all of it is content, which never lies in memory as a whole.
    pub(crate) fn is_content(&self) {
        self.most.store(u64::MAX, Ordering::Relaxed);
    }

    /// Whether it has been read to its end, and nothing was wrong with it.
    pub(crate) fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

/// What the operating system said: the library passes on only that something failed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Option<i32>>>);

impl Disk {
    /// The error of the disk, or else damage.
    pub(crate) fn error(&self) -> io::Error {
        match *self.0.lock().expect("no code panics while it holds this") {
            Some(code) => io::Error::from_raw_os_error(code),
            None => ContainerError::MessageDamaged.into(),
        }
    }
}

/// A watched reader. It never goes on after an error, which the library's readers answer with a panic; and its error is
/// never an early end, which they take for the end.
pub(crate) struct Layer<R> {
    inner: R,
    passed: u64,
    passage: Arc<Passage>,
    disk: Disk,
    failed: bool,
}

impl<R: Read> Layer<R> {
    pub(crate) fn new(inner: R, disk: &Disk) -> (Arc<Passage>, BufReader<Layer<R>>) {
        let passage = Arc::new(Passage { most: AtomicU64::new(AROUND), ended: AtomicBool::new(false) });
        let layer = Layer { inner, passed: 0, passage: passage.clone(), disk: disk.clone(), failed: false };
        (passage, BufReader::with_capacity(1 << 16, layer))
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    if let Some(code) = error.raw_os_error() {
                        *self.disk.0.lock().expect("no code panics while it holds this") = Some(code);
                    }
                    return Err(ContainerError::MessageDamaged.into());
                }
                Ok(read) => break read,
            }
        };
        self.passed += read as u64;
        if self.passed > self.passage.most.load(Ordering::Relaxed) {
            return Err(ContainerError::MessageDamaged.into());
        }
        if read == 0 && !buffer.is_empty() {
            self.passage.ended.store(true, Ordering::Relaxed);
        }
        Ok(read)
    }
}

impl<R: Read> Read for Layer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(ContainerError::MessageDamaged.into());
        }
        let done = self.step(buffer);
        self.failed = done.is_err();
        done
    }
}

impl<R> fmt::Debug for Layer<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Layer")
    }
}

/// The bytes in an armor (RFC 9580 section 6), which is to be followed by nothing.
pub(crate) struct Armored<R: io::BufRead>(Option<Dearmor<R>>);

impl<R: io::BufRead> Armored<R> {
    pub(crate) fn new(armor: R) -> Armored<R> {
        // The limit is one for its header and its last line.
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
            only(&mut rest, u64::MAX, |byte| byte.is_ascii_whitespace())?;
        }
        Ok(read)
    }
}

/// What an encrypted packet holds. Its last bytes tell whether it is whole.
pub(crate) struct Decrypted<'a>(pub(crate) Edata<'a>);

impl Read for Decrypted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            ends(self.0.get_mut(), 0)?;
        }
        Ok(read)
    }
}

/// What a compressed packet holds.
pub(crate) struct Inflated<'a>(pub(crate) CompressedDataReader<MessageReader<'a>>);

impl Read for Inflated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            ends(self.0.get_mut(), REST)?;
        }
        Ok(read)
    }
}

/// The packet is over, and so is what it lies in: a second message behind the first would be lost.
fn ends(packet: &mut PacketBodyReader<MessageReader<'_>>, rest: u64) -> io::Result<()> {
    only(packet, rest, |_| true)?;
    only(packet.get_mut(), u64::MAX, |byte| byte.is_ascii_whitespace())
}

/// Reads on to the end, where only a few bytes that may be there are.
fn only(reader: &mut impl Read, most: u64, may_be: impl Fn(u8) -> bool) -> io::Result<()> {
    let mut block = [0; 512];
    let mut passed = 0;
    loop {
        let read = reader.read(&mut block)?;
        if read == 0 {
            return Ok(());
        }
        passed += read as u64;
        if passed > most || !block[..read].iter().copied().all(&may_be) {
            return Err(ContainerError::MessageDamaged.into());
        }
    }
}
