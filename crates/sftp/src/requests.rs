//! What each request does with the account's file tree.

use homeroom_inbox::{DropError, DropPath, Entry, OpenMode};
use jiff::Timestamp;

use crate::SampleFile;
use crate::engine::{Engine, Handle, LONGEST_TRANSFER};
use crate::listing::{attributes, long_name};
use crate::packet::{Answer, Fields, SentAttributes, Status, kind};
use crate::refusal::{Refusal, no_handle};

/// Names in one answer to READDIR.
const NAMES: usize = 100;
const SAMPLES: &str = "samples";

/// Fills a buffer from an open file.
type Filler<'h> = Box<dyn FnOnce(&mut [u8]) -> std::io::Result<usize> + 'h>;

impl Engine {
    pub(crate) fn open(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        const READ: u32 = 1;
        const WRITE: u32 = 2;
        const APPEND: u32 = 4;
        const CREATE: u32 = 8;
        const TRUNCATE: u32 = 16;
        const EXCLUSIVE: u32 = 32;
        let path = path(fields)?;
        let flags = fields.number()?;
        SentAttributes::read(fields)?;
        // Before anything is opened: opening for writing changes what is there.
        self.one_more_handle()?;
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
                None => Handle::Read(Box::new(self.drop_box.open_read(&path)?)),
            }
        } else {
            return Err(Refusal::Malformed);
        };
        self.keep(id, handle)
    }

    fn one_more_handle(&self) -> Result<(), Refusal> {
        if self.handles.len() >= self.max_handles {
            return Err(Refusal::Status(Status::Failure, "too many files are open".into()));
        }
        Ok(())
    }

    fn keep(&mut self, id: u32, handle: Handle) -> Result<Vec<u8>, Refusal> {
        while self.handles.contains_key(&self.next_handle) {
            self.next_handle = self.next_handle.wrapping_add(1);
        }
        let number = self.next_handle;
        self.next_handle = self.next_handle.wrapping_add(1);
        self.handles.insert(number, handle);
        Ok(Answer::new(kind::HANDLE, id).string(&number.to_be_bytes()).finish())
    }

    pub(crate) fn handle(&mut self, fields: &mut Fields<'_>) -> Result<&mut Handle, Refusal> {
        let number = handle_number(fields)?;
        self.handles.get_mut(&number).ok_or_else(no_handle)
    }

    pub(crate) fn close(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let number = handle_number(fields)?;
        match self.handles.remove(&number).ok_or_else(no_handle)? {
            Handle::Write(handle, _) => Ok(handle.close()?),
            Handle::Read(_) | Handle::Sample(_) | Handle::Folder(_) => Ok(()),
        }
    }

    pub(crate) fn read(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let handle = self.handle(fields)?;
        let offset = fields.long()?;
        let length = (fields.number()? as usize).min(LONGEST_TRANSFER);
        // Less is allocated when less is left, so that a small file costs little.
        let left = |bytes: u64| length.min(usize::try_from(bytes.saturating_sub(offset)).unwrap_or(length));
        let (length, read): (usize, Filler<'_>) = match handle {
            Handle::Read(file) => (left(file.entry().bytes), Box::new(move |out| file.read_at(out, offset))),
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

    pub(crate) fn write(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let Handle::Write(handle, _) = self.handle(fields)? else { return Err(no_handle()) };
        let offset = fields.long()?;
        Ok(handle.write_at(fields.bytes()?, offset)?)
    }

    pub(crate) fn stat(&self, path: &DropPath) -> Result<Entry, Refusal> {
        if path.as_str() == SAMPLES {
            return Ok(samples_folder());
        }
        match self.sample(path) {
            Some(sample) => Ok(sample_entry(sample)),
            None => Ok(self.drop_box.stat(path)?),
        }
    }

    pub(crate) fn stat_handle(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let nothing = || Entry { is_folder: false, ..samples_folder() };
        let entry = match self.handle(fields)? {
            Handle::Read(file) => file.entry().clone(),
            Handle::Sample(bytes) => Entry { bytes: bytes.len() as u64, ..nothing() },
            Handle::Write(file, path) => {
                let (bytes, path) = (file.size(), path.clone());
                let there = self.drop_box.stat(&path).unwrap_or_else(|_| nothing());
                Entry { bytes, writable: true, ..there }
            }
            Handle::Folder(_) => samples_folder(),
        };
        Ok(Answer::new(kind::ATTRS, id).attributes(attributes(&entry)).finish())
    }

    /// The time of change is kept; owners and permissions are accepted and mean nothing here.
    pub(crate) fn set_stat(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let path = path(fields)?;
        let sent = SentAttributes::read(fields)?;
        let entry = self.stat(&path)?;
        if !entry.writable {
            return Err(DropError::ReadOnly.into());
        }
        if sent.size.is_some_and(|size| size != entry.bytes) {
            return Err(Refusal::Status(Status::Unsupported, "a whole file keeps its size".into()));
        }
        match sent.modified {
            Some(seconds) if !entry.is_folder => Ok(self.drop_box.set_modified(&path, time_of(seconds))?),
            _ => Ok(()),
        }
    }

    pub(crate) fn set_stat_handle(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let handle = self.handle(fields)?;
        let sent = SentAttributes::read(fields)?;
        let Handle::Write(handle, _) = handle else { return Err(DropError::ReadOnly.into()) };
        if let Some(seconds) = sent.modified {
            handle.set_modified(time_of(seconds));
        }
        match sent.size {
            Some(size) => Ok(handle.truncate(size)?),
            None => Ok(()),
        }
    }

    pub(crate) fn open_folder(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
        let path = path(fields)?;
        self.one_more_handle()?;
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

    pub(crate) fn read_folder(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, Refusal> {
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

pub(crate) fn path(fields: &mut Fields<'_>) -> Result<DropPath, Refusal> {
    Ok(DropPath::parse(fields.bytes()?)?)
}

pub(crate) fn handle_number(fields: &mut Fields<'_>) -> Result<u32, Refusal> {
    let bytes = fields.bytes()?.try_into().map_err(|_| no_handle())?;
    Ok(u32::from_be_bytes(bytes))
}

/// What `df` shows: the account's own limit, and nothing of the real disk.
pub(crate) fn room(id: u32, used: u64, most: u64) -> Vec<u8> {
    const BLOCK: u64 = 4096;
    let free = most.saturating_sub(used) / BLOCK;
    let answer = Answer::new(kind::EXTENDED_REPLY, id).long(BLOCK).long(BLOCK);
    let answer = answer.long(most / BLOCK).long(free).long(free);
    let files = 1_000_000;
    let (file_system, flags, longest_name) = (0, 0, 255);
    answer.long(files).long(files).long(files).long(file_system).long(flags).long(longest_name).finish()
}

fn samples_folder() -> Entry {
    Entry {
        name: String::new(),
        is_folder: true,
        bytes: 0,
        modified_at: Timestamp::UNIX_EPOCH,
        writable: false,
    }
}

fn sample_entry(sample: &SampleFile) -> Entry {
    Entry {
        name: sample.name.clone(),
        is_folder: false,
        bytes: sample.bytes.len() as u64,
        ..samples_folder()
    }
}

/// A time as the protocol has it: seconds since 1970-01-01 UTC.
fn time_of(seconds: u32) -> Timestamp {
    Timestamp::from_second(seconds.into()).expect("32 bits of seconds end in the year 2106")
}
