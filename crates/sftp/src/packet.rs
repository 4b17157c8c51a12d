//! SFTP packets: reads the fields of requests, and builds answers.

/// The largest packet that is accepted, the same as OpenSSH's.
pub(crate) const MAX_PACKET: usize = 256 * 1024;
/// The most bytes of one read or write; clients may ask for it.
pub(crate) const MAX_TRANSFER: usize = MAX_PACKET - 1024;

/// Packet types (draft-ietf-secsh-filexfer-02, section 3).
pub(crate) mod packet_type {
    pub(crate) const INIT: u8 = 1;
    pub(crate) const VERSION: u8 = 2;
    pub(crate) const OPEN: u8 = 3;
    pub(crate) const CLOSE: u8 = 4;
    pub(crate) const READ: u8 = 5;
    pub(crate) const WRITE: u8 = 6;
    pub(crate) const LSTAT: u8 = 7;
    pub(crate) const FSTAT: u8 = 8;
    pub(crate) const SETSTAT: u8 = 9;
    pub(crate) const FSETSTAT: u8 = 10;
    pub(crate) const OPENDIR: u8 = 11;
    pub(crate) const READDIR: u8 = 12;
    pub(crate) const REMOVE: u8 = 13;
    pub(crate) const MKDIR: u8 = 14;
    pub(crate) const RMDIR: u8 = 15;
    pub(crate) const REALPATH: u8 = 16;
    pub(crate) const STAT: u8 = 17;
    pub(crate) const RENAME: u8 = 18;
    pub(crate) const STATUS: u8 = 101;
    pub(crate) const HANDLE: u8 = 102;
    pub(crate) const DATA: u8 = 103;
    pub(crate) const NAME: u8 = 104;
    pub(crate) const ATTRS: u8 = 105;
    pub(crate) const EXTENDED: u8 = 200;
    pub(crate) const EXTENDED_REPLY: u8 = 201;
}

/// The result of a request (section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok = 0,
    EndOfFile = 1,
    NoSuchFile = 2,
    PermissionDenied = 3,
    Failure = 4,
    BadMessage = 5,
    Unsupported = 8,
}

/// A packet is cut off or has impossible fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads the fields of a packet.
pub(crate) struct Fields<'p>(pub(crate) &'p [u8]);

impl<'p> Fields<'p> {
    fn take(&mut self, count: usize) -> Result<&'p [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn number(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_be_bytes(self.take(4)?.try_into().map_err(|_| Malformed)?))
    }

    pub(crate) fn long(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_be_bytes(self.take(8)?.try_into().map_err(|_| Malformed)?))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'p [u8], Malformed> {
        let length = self.number()?;
        self.take(length as usize)
    }
}

/// Those attributes that a client sends (section 5) and that are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SentAttributes {
    pub(crate) size: Option<u64>,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) modified: Option<u32>,
}

const SIZE: u32 = 1;
const OWNER: u32 = 2;
const PERMISSIONS: u32 = 4;
const TIMES: u32 = 8;

impl SentAttributes {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<SentAttributes, Malformed> {
        let flags = fields.number()?;
        let size = if flags & SIZE != 0 { Some(fields.long()?) } else { None };
        for (flag, numbers) in [(OWNER, 2), (PERMISSIONS, 1)] {
            if flags & flag != 0 {
                fields.take(4 * numbers)?;
            }
        }
        let modified = if flags & TIMES != 0 {
            // The access time comes first.
            fields.number()?;
            Some(fields.number()?)
        } else {
            None
        };
        Ok(SentAttributes { size, modified })
    }
}

/// Attributes that a client receives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attributes {
    pub(crate) bytes: u64,
    pub(crate) is_folder: bool,
    pub(crate) writable: bool,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) modified: u32,
}

impl Attributes {
    /// POSIX type and permission bits.
    pub(crate) fn mode(self) -> u32 {
        match (self.is_folder, self.writable) {
            (true, true) => 0o040_755,
            (true, false) => 0o040_555,
            (false, true) => 0o100_644,
            (false, false) => 0o100_444,
        }
    }
}

/// An answer being built. Its length is filled in at the end.
pub(crate) struct Answer(Vec<u8>);

impl Answer {
    pub(crate) fn new(packet_type: u8, id: u32) -> Answer {
        Answer::with_capacity(packet_type, id, 64)
    }

    pub(crate) fn with_capacity(packet_type: u8, id: u32, capacity: usize) -> Answer {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend_from_slice(&[0; 4]);
        bytes.push(packet_type);
        Answer(bytes).number(id)
    }

    pub(crate) fn number(mut self, number: u32) -> Answer {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(crate) fn long(mut self, number: u64) -> Answer {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(crate) fn string(self, text: &[u8]) -> Answer {
        let mut answer = self.number(u32::try_from(text.len()).expect("no answer has a string of 4 GiB"));
        answer.0.extend_from_slice(text);
        answer
    }

    /// Appends a string of at most `length` bytes that `fill` writes, and returns its length. `fill` returns how many it wrote.
    pub(crate) fn filled<E>(
        self,
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(Answer, usize), E> {
        let mut answer = self.number(0);
        let start = answer.0.len();
        answer.0.resize(start + length, 0);
        let filled = fill(&mut answer.0[start..])?;
        answer.0.truncate(start + filled);
        answer.0[start - 4..start].copy_from_slice(&(filled as u32).to_be_bytes());
        Ok((answer, filled))
    }

    pub(crate) fn attributes(self, attributes: Attributes) -> Answer {
        self.number(SIZE | PERMISSIONS | TIMES)
            .long(attributes.bytes)
            .number(attributes.mode())
            .number(attributes.modified)
            .number(attributes.modified)
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = (self.0.len() - 4) as u32;
        self.0[..4].copy_from_slice(&length.to_be_bytes());
        self.0
    }

    pub(crate) fn status(id: u32, status: Status, text: &str) -> Vec<u8> {
        Answer::new(packet_type::STATUS, id)
            .number(status as u32)
            .string(text.as_bytes())
            .string(b"en")
            .finish()
    }
}
