//! Answers SFTP packets from an account's file tree. Knows no SSH.

use std::collections::HashMap;
use std::sync::Arc;

use homeroom_inbox::{DropBox, DropError, DropPath, Entry, OpenMode, ReadHandle, UploadHandle};

use crate::SampleFile;
use crate::listing::{attributes, long_name};
use crate::packet::{Answer, Fields, Malformed, SentAttributes, Status, kind};

/// The largest packet that is taken, as OpenSSH's.
const LONGEST_PACKET: usize = 256 * 1024;
/// The most bytes of one read or write that are told to clients who ask.
const LONGEST_TRANSFER: usize = LONGEST_PACKET - 1024;
/// Bytes of requests that may wait while the client does not read its answers.
const WAITING: usize = 16 << 20;
/// Names in one answer to READDIR.
const NAMES: usize = 100;
const SAMPLES: &str = "samples";

/// The session breaks the protocol and is ended.
#[derive(Debug)]
pub(crate) struct BrokenProtocol(pub(crate) &'static str);

impl From<Malformed> for BrokenProtocol {
    fn from(_: Malformed) -> Self {
        BrokenProtocol("a packet is malformed")
    }
}

/// The SFTP side of one channel.
pub(crate) struct Engine {
    drop_box: DropBox,
    samples: Arc<Vec<SampleFile>>,
    max_handles: usize,
    input: Vec<u8>,
    /// Bytes of `input` that are answered.
    answered: usize,
    handles: HashMap<u32, Handle>,
    next_handle: u32,
}

/// Fills a buffer from an open file.
type Filler<'h> = Box<dyn FnOnce(&mut [u8]) -> std::io::Result<usize> + 'h>;

enum Handle {
    Read(ReadHandle),
    Sample(&'static [u8]),
    Write(Box<UploadHandle>, DropPath),
    Folder(std::vec::IntoIter<Entry>),
}

impl Engine {
    pub(crate) fn new(drop_box: DropBox, samples: Arc<Vec<SampleFile>>, max_handles: usize) -> Engine {
        Engine {
            drop_box,
            samples,
            max_handles,
            input: vec![],
            answered: 0,
            handles: HashMap::new(),
            next_handle: 0,
        }
    }

    /// Takes bytes from the client.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), BrokenProtocol> {
        if self.answered > 0 && (self.answered == self.input.len() || self.answered > 1 << 20) {
            self.input.drain(..self.answered);
            self.answered = 0;
        }
        if self.input.len() + bytes.len() > WAITING {
            return Err(BrokenProtocol("too many requests wait for answers"));
        }
        self.input.extend_from_slice(bytes);
        Ok(())
    }

    /// Whether a whole packet waits, and if so whether answering it may take long (the database, the disk's barrier).
    pub(crate) fn next_is_slow(&self) -> Option<bool> {
        let waiting = &self.input[self.answered..];
        let length = u32::from_be_bytes(waiting.get(..4)?.try_into().ok()?) as usize;
        (waiting.len() >= 4 + length || length > LONGEST_PACKET)
            .then(|| !matches!(waiting.get(4), Some(&kind::READ | &kind::WRITE)))
    }

    /// Answers the next whole packet; `None` when there is none.
    pub(crate) fn answer_next(&mut self) -> Result<Option<Vec<u8>>, BrokenProtocol> {
        let waiting = &self.input[self.answered..];
        let Some(length) = waiting.get(..4) else { return Ok(None) };
        let length = u32::from_be_bytes(length.try_into().expect("four bytes were taken")) as usize;
        if length == 0 || length > LONGEST_PACKET {
            return Err(BrokenProtocol("a packet has an impossible length"));
        }
        if waiting.len() < 4 + length {
            return Ok(None);
        }
        let start = self.answered + 4;
        self.answered = start + length;
        let input = std::mem::take(&mut self.input);
        let answer = self.answer(&input[start..start + length]);
        self.input = input;
        answer.map(Some)
    }

    fn answer(&mut self, packet: &[u8]) -> Result<Vec<u8>, BrokenProtocol> {
        let mut fields = Fields(&packet[1..]);
        if packet[0] == kind::INIT {
            fields.number()?;
            return Ok(version());
        }
        let id = fields.number()?;
        match self.request(packet[0], id, fields) {
            Ok(answer) => Ok(answer),
            Err(Refusal::Malformed) => Ok(Answer::status(id, Status::BadMessage, "the packet is malformed")),
            Err(Refusal::Status(status, text)) => Ok(Answer::status(id, status, &text)),
        }
    }

    fn request(&mut self, request: u8, id: u32, mut fields: Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let done = |()| Answer::status(id, Status::Ok, "");
        match request {
            kind::OPEN => self.open(id, &mut fields),
            kind::CLOSE => self.close(&mut fields).map(done),
            kind::READ => self.read(id, &mut fields),
            kind::WRITE => self.write(&mut fields).map(done),
            kind::LSTAT | kind::STAT => {
                let entry = self.stat(&path(&mut fields)?)?;
                Ok(Answer::new(kind::ATTRS, id).attributes(attributes(&entry)).finish())
            }
            kind::FSTAT => self.stat_handle(id, &mut fields),
            kind::SETSTAT => self.set_stat(&mut fields).map(done),
            kind::FSETSTAT => self.set_stat_handle(&mut fields).map(done),
            kind::OPENDIR => self.open_folder(id, &mut fields),
            kind::READDIR => self.read_folder(id, &mut fields),
            kind::REMOVE => Ok(done(self.drop_box.remove(&path(&mut fields)?)?)),
            kind::MKDIR => Ok(done(self.drop_box.make_folder(&path(&mut fields)?)?)),
            kind::RMDIR => Ok(done(self.drop_box.remove_folder(&path(&mut fields)?)?)),
            kind::REALPATH => {
                let real = path(&mut fields)?.to_string();
                let nothing =
                    Answer::new(kind::NAME, id).number(1).string(real.as_bytes()).string(real.as_bytes());
                Ok(nothing.number(0).finish())
            }
            kind::RENAME => {
                let (from, to) = (path(&mut fields)?, path(&mut fields)?);
                Ok(done(self.drop_box.rename(&from, &to, false)?))
            }
            kind::EXTENDED => self.extended(id, &mut fields),
            _ => Err(unsupported()),
        }
    }

    fn extended(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        match fields.bytes()? {
            b"posix-rename@openssh.com" => {
                let (from, to) = (path(fields)?, path(fields)?);
                self.drop_box.rename(&from, &to, true)?;
                Ok(Answer::status(id, Status::Ok, ""))
            }
            b"fsync@openssh.com" => {
                if let Handle::Write(handle, _) = self.handle(fields)? {
                    handle.sync()?;
                }
                Ok(Answer::status(id, Status::Ok, ""))
            }
            b"statvfs@openssh.com" | b"fstatvfs@openssh.com" => Ok(room(id)),
            b"limits@openssh.com" => Ok(Answer::new(kind::EXTENDED_REPLY, id)
                .long(LONGEST_PACKET as u64)
                .long(LONGEST_TRANSFER as u64)
                .long(LONGEST_TRANSFER as u64)
                .long(self.max_handles as u64)
                .finish()),
            _ => Err(unsupported()),
        }
    }

    fn open(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        const READ: u32 = 1;
        const WRITE: u32 = 2;
        const APPEND: u32 = 4;
        const CREATE: u32 = 8;
        const TRUNCATE: u32 = 16;
        const EXCLUSIVE: u32 = 32;
        let path = path(fields)?;
        let flags = fields.number()?;
        SentAttributes::read(fields)?;
        let has = |flag: u32| flags & flag != 0;
        let handle = if has(WRITE) || has(APPEND) {
            let mode = OpenMode {
                create: has(CREATE),
                truncate: has(TRUNCATE),
                exclusive: has(CREATE) && has(EXCLUSIVE),
                append: has(APPEND),
            };
            Handle::Write(Box::new(self.drop_box.open_write(&path, mode)?), path)
        } else if has(READ) {
            match self.sample(&path) {
                Some(sample) => Handle::Sample(sample.bytes),
                None => Handle::Read(self.drop_box.open_read(&path)?),
            }
        } else {
            return Err(Refusal::Malformed);
        };
        self.keep(id, handle)
    }

    fn keep(&mut self, id: u32, handle: Handle) -> Result<Vec<u8>, Refusal> {
        if self.handles.len() >= self.max_handles {
            return Err(Refusal::Status(Status::Failure, "too many files are open".into()));
        }
        let number = self.next_handle;
        self.next_handle = self.next_handle.wrapping_add(1);
        self.handles.insert(number, handle);
        Ok(Answer::new(kind::HANDLE, id).string(&number.to_be_bytes()).finish())
    }

    fn handle(&mut self, fields: &mut Fields<'_>) -> Result<&mut Handle, Refusal> {
        let number = handle_number(fields)?;
        self.handles.get_mut(&number).ok_or_else(no_handle)
    }

    fn close(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let number = handle_number(fields)?;
        match self.handles.remove(&number).ok_or_else(no_handle)? {
            Handle::Write(handle, _) => Ok(handle.close()?),
            Handle::Read(_) | Handle::Sample(_) | Handle::Folder(_) => Ok(()),
        }
    }

    fn read(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let handle = self.handle(fields)?;
        let offset = fields.long()?;
        let length = (fields.number()? as usize).min(LONGEST_TRANSFER);
        // Less is allocated when less is left, so that a small file costs little.
        let left = |bytes: u64| length.min(usize::try_from(bytes.saturating_sub(offset)).unwrap_or(length));
        let (length, read): (usize, Filler<'_>) = match handle {
            Handle::Read(file) => (left(file.bytes()), Box::new(move |out| file.read_at(out, offset))),
            Handle::Write(file, _) => (left(file.size()), Box::new(move |out| file.read_at(out, offset))),
            Handle::Sample(bytes) => {
                let bytes: &'static [u8] = bytes;
                let copy = move |out: &mut [u8]| {
                    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                    let count = out.len().min(bytes.len() - start);
                    out[..count].copy_from_slice(&bytes[start..start + count]);
                    Ok(count)
                };
                (left(bytes.len() as u64), Box::new(copy))
            }
            Handle::Folder(_) => return Err(no_handle()),
        };
        let answer = Answer::with_capacity(kind::DATA, id, length + 16);
        let (answer, filled) = answer.filled(length, read).map_err(DropError::from)?;
        if filled == 0 {
            return Err(Refusal::Status(Status::EndOfFile, "end of file".into()));
        }
        Ok(answer.finish())
    }

    fn write(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let Handle::Write(handle, _) = self.handle(fields)? else { return Err(no_handle()) };
        let offset = fields.long()?;
        Ok(handle.write_at(fields.bytes()?, offset)?)
    }

    fn stat(&self, path: &DropPath) -> Result<Entry, Refusal> {
        if path.as_str() == SAMPLES {
            return Ok(samples_folder());
        }
        match self.sample(path) {
            Some(sample) => Ok(sample_entry(sample)),
            None => Ok(self.drop_box.stat(path)?),
        }
    }

    fn stat_handle(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let entry = |bytes, writable| Entry {
            name: String::new(),
            is_folder: false,
            bytes,
            modified_at: 0,
            writable,
        };
        let entry = match self.handle(fields)? {
            Handle::Read(file) => entry(file.bytes(), true),
            Handle::Sample(bytes) => entry(bytes.len() as u64, false),
            Handle::Write(file, path) => {
                let (size, path) = (file.size(), path.clone());
                Entry { bytes: size, ..self.drop_box.stat(&path).unwrap_or_else(|_| entry(size, true)) }
            }
            Handle::Folder(_) => samples_folder(),
        };
        Ok(Answer::new(kind::ATTRS, id).attributes(attributes(&entry)).finish())
    }

    /// Times, owners and permissions are accepted and not kept: the server's own times count.
    fn set_stat(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let path = path(fields)?;
        let sent = SentAttributes::read(fields)?;
        let entry = self.stat(&path)?;
        if !entry.writable {
            return Err(DropError::ReadOnly.into());
        }
        match sent.size {
            None => Ok(()),
            Some(size) if size == entry.bytes => Ok(()),
            Some(_) => Err(Refusal::Status(Status::Unsupported, "a whole file keeps its size".into())),
        }
    }

    fn set_stat_handle(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let handle = self.handle(fields)?;
        let sent = SentAttributes::read(fields)?;
        match (handle, sent.size) {
            (Handle::Write(handle, _), Some(size)) => Ok(handle.truncate(size)?),
            _ => Ok(()),
        }
    }

    fn open_folder(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let path = path(fields)?;
        let mut entries = if path.as_str() == SAMPLES {
            self.samples.iter().map(sample_entry).collect()
        } else {
            self.drop_box.list(&path)?
        };
        if path.is_root() {
            entries.push(Entry { name: SAMPLES.into(), ..samples_folder() });
        }
        let dots = [".", ".."].map(|name| Entry { name: name.into(), ..samples_folder() });
        let entries = dots.into_iter().chain(entries).collect::<Vec<_>>();
        self.keep(id, Handle::Folder(entries.into_iter()))
    }

    fn read_folder(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let Handle::Folder(entries) = self.handle(fields)? else { return Err(no_handle()) };
        let some = entries.take(NAMES).collect::<Vec<_>>();
        if some.is_empty() {
            return Err(Refusal::Status(Status::EndOfFile, "no more names".into()));
        }
        let answer = Answer::new(kind::NAME, id).number(some.len() as u32);
        let named = some.iter().fold(answer, |answer, entry| {
            let answer = answer.string(entry.name.as_bytes()).string(long_name(entry).as_bytes());
            answer.attributes(attributes(entry))
        });
        Ok(named.finish())
    }

    fn sample(&self, path: &DropPath) -> Option<&SampleFile> {
        let name = path.as_str().strip_prefix("samples/")?;
        self.samples.iter().find(|sample| sample.name == name)
    }
}

/// Why a request is answered with a status.
enum Refusal {
    Malformed,
    Status(Status, String),
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Refusal::Malformed
    }
}

impl From<DropError> for Refusal {
    fn from(error: DropError) -> Self {
        let status = match &error {
            DropError::NotFound => Status::NoSuchFile,
            DropError::ReadOnly => Status::PermissionDenied,
            DropError::Store(_) | DropError::Io(_) => {
                tracing::error!(error = %cause(&error), "a file could not be kept");
                Status::Failure
            }
            _ => Status::Failure,
        };
        Refusal::Status(status, error.to_string())
    }
}

/// The inner error, which is for the log and not for the client.
fn cause(error: &DropError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn unsupported() -> Refusal {
    Refusal::Status(Status::Unsupported, "not supported".into())
}

fn no_handle() -> Refusal {
    Refusal::Status(Status::Failure, "no such handle".into())
}

fn path(fields: &mut Fields<'_>) -> Result<DropPath, Refusal> {
    Ok(DropPath::parse(fields.bytes()?)?)
}

fn handle_number(fields: &mut Fields<'_>) -> Result<u32, Refusal> {
    let bytes = fields.bytes()?.try_into().map_err(|_| no_handle())?;
    Ok(u32::from_be_bytes(bytes))
}

fn version() -> Vec<u8> {
    let extensions: [(&[u8], &[u8]); 5] = [
        (b"posix-rename@openssh.com", b"1"),
        (b"statvfs@openssh.com", b"2"),
        (b"fstatvfs@openssh.com", b"2"),
        (b"fsync@openssh.com", b"1"),
        (b"limits@openssh.com", b"1"),
    ];
    // The version takes the place of an id.
    let answer = Answer::new(kind::VERSION, 3);
    extensions.iter().fold(answer, |answer, (name, version)| answer.string(name).string(version)).finish()
}

/// What `df` shows: no real disk is told about.
fn room(id: u32) -> Vec<u8> {
    const BLOCK: u64 = 4096;
    const BLOCKS: u64 = 20 << 18;
    let answer = Answer::new(kind::EXTENDED_REPLY, id).long(BLOCK).long(BLOCK);
    let answer = answer.long(BLOCKS).long(BLOCKS).long(BLOCKS);
    let files = 1_000_000;
    answer.long(files).long(files).long(files).long(0).long(0).long(255).finish()
}

fn samples_folder() -> Entry {
    Entry { name: String::new(), is_folder: true, bytes: 0, modified_at: 0, writable: false }
}

fn sample_entry(sample: &SampleFile) -> Entry {
    Entry {
        name: sample.name.clone(),
        is_folder: false,
        bytes: sample.bytes.len() as u64,
        ..samples_folder()
    }
}
