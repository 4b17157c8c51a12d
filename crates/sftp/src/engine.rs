//! Answers SFTP packets from an account's file tree. Knows no SSH.

use std::collections::HashMap;
use std::sync::Arc;

use homeroom_inbox::{DropBox, DropPath, Entry, ReadHandle, UploadHandle};
use jiff::{SignedDuration, Timestamp};

use crate::SampleFile;
use crate::listing::attributes;
use crate::packet::{Answer, Fields, Malformed, Status, kind};
use crate::refusal::{Refusal, unsupported};
use crate::requests::{handle_number, path, room};

/// The largest packet that is taken, as OpenSSH's.
const LONGEST_PACKET: usize = 256 * 1024;
/// The most bytes of one read or write that are told to clients who ask.
pub(crate) const LONGEST_TRANSFER: usize = LONGEST_PACKET - 1024;
/// Bytes of requests that may wait while the client does not read its answers.
pub(crate) const WAITING: usize = 16 << 20;
/// How long a session goes without checking again whether its account is enabled.
const SEEN_FOR: SignedDuration = SignedDuration::from_secs(5);

/// Why a session is ended: its client breaks the protocol, or may not be here any more.
#[derive(Debug)]
pub(crate) struct Ended(pub(crate) &'static str);

impl From<Malformed> for Ended {
    fn from(_: Malformed) -> Self {
        Ended("a packet is malformed")
    }
}

/// The SFTP side of one channel.
pub(crate) struct Engine {
    pub(crate) drop_box: DropBox,
    pub(crate) samples: Arc<Vec<SampleFile>>,
    pub(crate) max_handles: usize,
    /// When the account was last seen to be enabled.
    seen_at: Timestamp,
    input: Vec<u8>,
    /// Bytes of `input` that are answered.
    answered: usize,
    pub(crate) handles: HashMap<u32, Handle>,
    pub(crate) next_handle: u32,
}

/// What a client has open.
pub(crate) enum Handle {
    Read(Box<ReadHandle>),
    Sample(&'static [u8]),
    Write(Box<UploadHandle>, DropPath),
    Folder(std::vec::IntoIter<Entry>),
}

impl Engine {
    pub(crate) fn new(drop_box: DropBox, samples: Arc<Vec<SampleFile>>, max_handles: usize) -> Engine {
        Engine {
            seen_at: drop_box.district().store().now(),
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
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        if self.answered == self.input.len() {
            self.input.clear();
            self.answered = 0;
            // What a burst needed is given back: most sessions are idle most of the time.
            self.input.shrink_to(LONGEST_PACKET);
        } else if self.answered > 1 << 20 {
            self.input.drain(..self.answered);
            self.answered = 0;
        }
        if self.input.len() + bytes.len() > WAITING {
            return Err(Ended("too many requests wait for answers"));
        }
        self.input.extend_from_slice(bytes);
        Ok(())
    }

    /// Whether a whole packet waits, and if so whether answering it may take long (the database, the disk's barrier).
    pub(crate) fn next_is_slow(&self) -> Option<bool> {
        let waiting = &self.input[self.answered..];
        let length = u32::from_be_bytes(waiting.get(..4)?.try_into().ok()?) as usize;
        if length > LONGEST_PACKET {
            return Some(false);
        }
        let packet = waiting.get(4..4 + length)?;
        Some(match packet.first() {
            Some(&kind::READ) => false,
            // Packet type and id come before the handle.
            Some(&kind::WRITE) => match handle_number(&mut Fields(packet.get(5..).unwrap_or_default())) {
                Ok(number) => match self.handles.get(&number) {
                    Some(Handle::Write(handle, _)) => handle.touch_is_due(),
                    _ => false,
                },
                Err(_) => false,
            },
            _ => true,
        })
    }

    /// Answers the next whole packet; `None` when there is none.
    pub(crate) fn answer_next(&mut self) -> Result<Option<Vec<u8>>, Ended> {
        let waiting = &self.input[self.answered..];
        let Some(length) = waiting.get(..4) else { return Ok(None) };
        let length = u32::from_be_bytes(length.try_into().expect("four bytes were taken")) as usize;
        if length == 0 || length > LONGEST_PACKET {
            return Err(Ended("a packet has an impossible length"));
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

    fn answer(&mut self, packet: &[u8]) -> Result<Vec<u8>, Ended> {
        if !matches!(packet[0], kind::READ | kind::WRITE) && self.is_shut_out() {
            return Err(Ended("the account was disabled"));
        }
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

    /// Whether the account was disabled since the login; looked up now and then.
    fn is_shut_out(&mut self) -> bool {
        let now = self.drop_box.district().store().now();
        if now.duration_since(self.seen_at) < SEEN_FOR {
            return false;
        }
        self.seen_at = now;
        match self.drop_box.is_enabled() {
            Ok(is_enabled) => !is_enabled,
            Err(error) => {
                // Whatever the request needs of the database will fail with its own answer.
                tracing::warn!(error = %error, "an account could not be looked up");
                false
            }
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
            b"statvfs@openssh.com" | b"fstatvfs@openssh.com" => {
                let (used, most) = self.drop_box.usage()?;
                Ok(room(id, used, most))
            }
            b"limits@openssh.com" => Ok(Answer::new(kind::EXTENDED_REPLY, id)
                .long(LONGEST_PACKET as u64)
                .long(LONGEST_TRANSFER as u64)
                .long(LONGEST_TRANSFER as u64)
                .long(self.max_handles as u64)
                .finish()),
            _ => Err(unsupported()),
        }
    }
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
