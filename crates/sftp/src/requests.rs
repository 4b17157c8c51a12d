//! Answers requests from the account's file tree.

use homeroom_inbox::{DropBox, DropEntry, DropError, DropPath, IfExists, OpenMode, Usage};
use jiff::Timestamp;

use crate::handles::{Handle, Handles, handle_number};
use crate::listing::{attributes, long_name};
use crate::packet::{Answer, Fields, MAX_PACKET, MAX_TRANSFER, SentAttributes, Status, packet_type};
use crate::status_reply::{StatusReply, no_handle, unsupported};

/// The most names in one answer to READDIR.
const MAX_NAMES: usize = 100;

/// Fills a buffer from an open file.
type ReadInto<'h> = Box<dyn FnOnce(&mut [u8]) -> std::io::Result<usize> + 'h>;

/// The requests of one session.
pub(crate) struct Requests {
    drop_box: DropBox,
    handles: Handles,
}

impl Requests {
    pub(crate) fn new(drop_box: DropBox, max_handles: usize) -> Requests {
        Requests { drop_box, handles: Handles::new(max_handles) }
    }

    pub(crate) fn drop_box(&self) -> &DropBox {
        &self.drop_box
    }

    /// Whether a write, whose fields these are, accesses the database.
    pub(crate) fn write_may_block(&self, fields: &mut Fields<'_>) -> bool {
        let handle = handle_number(fields).ok().and_then(|number| self.handles.get(number));
        matches!(handle, Some(Handle::Write(file, _)) if file.touch_is_due())
    }

    /// Answers one request.
    pub(crate) fn answer(
        &mut self,
        request: u8,
        id: u32,
        mut fields: Fields<'_>,
    ) -> Result<Vec<u8>, StatusReply> {
        let ok = |()| Answer::status(id, Status::Ok, "");
        match request {
            packet_type::OPEN => self.open(id, &mut fields),
            packet_type::CLOSE => self.close(&mut fields).map(ok),
            packet_type::READ => self.read(id, &mut fields),
            packet_type::WRITE => self.write(&mut fields).map(ok),
            packet_type::LSTAT | packet_type::STAT => {
                let entry = self.drop_box.stat(&path(&mut fields)?)?;
                Ok(Answer::new(packet_type::ATTRS, id).attributes(attributes(&entry)).finish())
            }
            packet_type::FSTAT => self.stat_handle(id, &mut fields),
            packet_type::SETSTAT => self.set_stat(&mut fields).map(ok),
            packet_type::FSETSTAT => self.set_stat_handle(&mut fields).map(ok),
            packet_type::OPENDIR => self.open_folder(id, &mut fields),
            packet_type::READDIR => self.read_folder(id, &mut fields),
            packet_type::REMOVE => Ok(ok(self.drop_box.remove(&path(&mut fields)?)?)),
            packet_type::MKDIR => Ok(ok(self.drop_box.create_folder(&path(&mut fields)?)?)),
            packet_type::RMDIR => Ok(ok(self.drop_box.remove_folder(&path(&mut fields)?)?)),
            packet_type::REALPATH => {
                let path = path(&mut fields)?.to_string();
                let answer = Answer::new(packet_type::NAME, id).number(1);
                let without_attributes = answer.string(path.as_bytes()).string(path.as_bytes()).number(0);
                Ok(without_attributes.finish())
            }
            packet_type::RENAME => {
                let (from, to) = (path(&mut fields)?, path(&mut fields)?);
                Ok(ok(self.drop_box.rename(&from, &to, IfExists::Fail)?))
            }
            packet_type::EXTENDED => self.extended(id, &mut fields),
            _ => Err(unsupported()),
        }
    }

    fn extended(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, StatusReply> {
        match fields.bytes()? {
            b"posix-rename@openssh.com" => {
                let (from, to) = (path(fields)?, path(fields)?);
                self.drop_box.rename(&from, &to, IfExists::Replace)?;
                Ok(Answer::status(id, Status::Ok, ""))
            }
            b"fsync@openssh.com" => {
                if let Handle::Write(file, _) = self.handles.named_by(fields)? {
                    file.sync()?;
                }
                Ok(Answer::status(id, Status::Ok, ""))
            }
            b"statvfs@openssh.com" | b"fstatvfs@openssh.com" => Ok(file_system(id, self.drop_box.usage()?)),
            b"limits@openssh.com" => Ok(Answer::new(packet_type::EXTENDED_REPLY, id)
                .long(MAX_PACKET as u64)
                .long(MAX_TRANSFER as u64)
                .long(MAX_TRANSFER as u64)
                .long(self.handles.max() as u64)
                .finish()),
            _ => Err(unsupported()),
        }
    }

    fn open(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, StatusReply> {
        const READ: u32 = 1;
        const WRITE: u32 = 2;
        const APPEND: u32 = 4;
        const CREATE: u32 = 8;
        const TRUNCATE: u32 = 16;
        const EXCLUSIVE: u32 = 32;
        let path = path(fields)?;
        let flags = fields.number()?;
        SentAttributes::read(fields)?;
        // Checked before anything is opened, since opening for writing changes the file.
        self.handles.check_room()?;
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
            Handle::Read(Box::new(self.drop_box.open_read(&path)?))
        } else {
            return Err(StatusReply::Malformed);
        };
        Ok(self.add_handle(id, handle))
    }

    /// Adds a handle, and answers with its number.
    fn add_handle(&mut self, id: u32, handle: Handle) -> Vec<u8> {
        let number = self.handles.add(handle);
        Answer::new(packet_type::HANDLE, id).string(&number.to_be_bytes()).finish()
    }

    fn close(&mut self, fields: &mut Fields<'_>) -> Result<(), StatusReply> {
        match self.handles.remove(fields)? {
            Handle::Write(file, _) => Ok(file.close()?),
            Handle::Read(_) | Handle::Folder(_) => Ok(()),
        }
    }

    fn read(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, StatusReply> {
        let handle = self.handles.named_by(fields)?;
        let offset = fields.long()?;
        let length = (fields.number()? as usize).min(MAX_TRANSFER);
        // No more is allocated than the file has left, so that reading a small file costs little.
        let left = |bytes: u64| length.min(usize::try_from(bytes.saturating_sub(offset)).unwrap_or(length));
        let (length, read): (usize, ReadInto<'_>) = match handle {
            Handle::Read(file) => (left(file.entry().bytes), Box::new(move |out| file.read_at(out, offset))),
            Handle::Write(file, _) => (left(file.size()), Box::new(move |out| file.read_at(out, offset))),
            Handle::Folder(_) => return Err(no_handle()),
        };
        let answer = Answer::with_capacity(packet_type::DATA, id, length + 16);
        let (answer, filled) = answer.filled(length, read).map_err(DropError::from)?;
        if filled == 0 {
            return Err(StatusReply::Status(Status::EndOfFile, "end of file".into()));
        }
        Ok(answer.finish())
    }

    fn write(&mut self, fields: &mut Fields<'_>) -> Result<(), StatusReply> {
        let Handle::Write(file, _) = self.handles.named_by(fields)? else { return Err(no_handle()) };
        let offset = fields.long()?;
        Ok(file.write_at(fields.bytes()?, offset)?)
    }

    fn stat_handle(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, StatusReply> {
        let entry = match self.handles.named_by(fields)? {
            Handle::Read(file) => file.entry().clone(),
            Handle::Write(file, path) => {
                let (bytes, path) = (file.size(), path.clone());
                let entry = self.drop_box.stat(&path).unwrap_or_else(|_| DropEntry {
                    is_folder: false,
                    ..DropEntry::read_only_folder(path.name())
                });
                DropEntry { bytes, writable: true, ..entry }
            }
            Handle::Folder(_) => DropEntry::read_only_folder(""),
        };
        Ok(Answer::new(packet_type::ATTRS, id).attributes(attributes(&entry)).finish())
    }

    /// Sets the modification time. Owners and permissions are accepted and ignored.
    fn set_stat(&mut self, fields: &mut Fields<'_>) -> Result<(), StatusReply> {
        let path = path(fields)?;
        let sent = SentAttributes::read(fields)?;
        let entry = self.drop_box.stat(&path)?;
        if !entry.writable {
            return Err(DropError::ReadOnly.into());
        }
        if sent.size.is_some_and(|size| size != entry.bytes) {
            let text = "the size of a complete file cannot be changed";
            return Err(StatusReply::Status(Status::Unsupported, text.into()));
        }
        match sent.modified {
            Some(seconds) if !entry.is_folder => Ok(self.drop_box.set_modified(&path, timestamp(seconds))?),
            _ => Ok(()),
        }
    }

    fn set_stat_handle(&mut self, fields: &mut Fields<'_>) -> Result<(), StatusReply> {
        let handle = self.handles.named_by(fields)?;
        let sent = SentAttributes::read(fields)?;
        let Handle::Write(file, _) = handle else { return Err(DropError::ReadOnly.into()) };
        if let Some(seconds) = sent.modified {
            file.set_modified(timestamp(seconds));
        }
        match sent.size {
            Some(size) => Ok(file.truncate(size)?),
            None => Ok(()),
        }
    }

    fn open_folder(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, StatusReply> {
        let path = path(fields)?;
        self.handles.check_room()?;
        let entries = self.drop_box.list(&path)?;
        let dots = [".", ".."].map(DropEntry::read_only_folder);
        let entries = dots.into_iter().chain(entries).collect::<Vec<_>>();
        Ok(self.add_handle(id, Handle::Folder(entries.into_iter())))
    }

    fn read_folder(&mut self, id: u32, fields: &mut Fields<'_>) -> Result<Vec<u8>, StatusReply> {
        let Handle::Folder(entries) = self.handles.named_by(fields)? else { return Err(no_handle()) };
        let entries = entries.take(MAX_NAMES).collect::<Vec<_>>();
        if entries.is_empty() {
            return Err(StatusReply::Status(Status::EndOfFile, "no more names".into()));
        }
        let answer = Answer::new(packet_type::NAME, id).number(entries.len() as u32);
        let answer = entries.iter().fold(answer, |answer, entry| {
            let answer = answer.string(entry.name.as_bytes()).string(long_name(entry).as_bytes());
            answer.attributes(attributes(entry))
        });
        Ok(answer.finish())
    }
}

fn path(fields: &mut Fields<'_>) -> Result<DropPath, StatusReply> {
    Ok(DropPath::parse(fields.bytes()?)?)
}

/// What `df` shows: the account's limit, and nothing of the real disk.
fn file_system(id: u32, usage: Usage) -> Vec<u8> {
    const BLOCK: u64 = 4096;
    let free = usage.limit.saturating_sub(usage.used) / BLOCK;
    let answer = Answer::new(packet_type::EXTENDED_REPLY, id).long(BLOCK).long(BLOCK);
    let answer = answer.long(usage.limit / BLOCK).long(free).long(free);
    let files = 1_000_000;
    let (file_system, flags, longest_name) = (0, 0, 255);
    answer.long(files).long(files).long(files).long(file_system).long(flags).long(longest_name).finish()
}

/// A time of the protocol: seconds since 1970-01-01 UTC.
fn timestamp(seconds: u32) -> Timestamp {
    Timestamp::from_second(seconds.into()).expect("32 bits of seconds end in the year 2106")
}
