//! Splits the bytes of a client into packets and answers them. Knows no SSH.

use homeroom_inbox::DropBox;
use jiff::{SignedDuration, Timestamp};

use crate::packet::{Answer, Fields, MAX_PACKET, Malformed, Status, packet_type};
use crate::requests::Requests;
use crate::status_reply::StatusReply;

/// Bytes of requests that may wait while the client does not read its answers.
pub(crate) const MAX_WAITING: usize = 16 << 20;
/// How often a session checks whether its account is still enabled.
const ENABLED_CHECK: SignedDuration = SignedDuration::from_secs(5);

/// Why a session is ended: its client violates the protocol, or its account was disabled.
#[derive(Debug)]
pub(crate) struct SessionEnd(pub(crate) &'static str);

impl From<Malformed> for SessionEnd {
    fn from(_: Malformed) -> Self {
        SessionEnd("a packet is malformed")
    }
}

/// The next packet that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is no complete packet.
    None,
    /// It is answered without waiting for the database or a disk flush.
    Fast,
    /// Answering it may take long.
    Blocking,
}

/// The SFTP side of one channel.
pub(crate) struct Engine {
    requests: Requests,
    /// When the account was last seen to be enabled.
    enabled_at: Timestamp,
    input: Vec<u8>,
    /// How many bytes of `input` have been answered.
    answered: usize,
}

impl Engine {
    /// An engine that has at most `max_handles` files and folders open.
    pub(crate) fn new(drop_box: DropBox, max_handles: usize) -> Engine {
        Engine {
            enabled_at: drop_box.district().store().now(),
            requests: Requests::new(drop_box, max_handles),
            input: vec![],
            answered: 0,
        }
    }

    /// Takes bytes from the client.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), SessionEnd> {
        if self.answered == self.input.len() {
            self.input.clear();
            self.answered = 0;
            // The memory of a burst is freed: most sessions are idle most of the time.
            self.input.shrink_to(MAX_PACKET);
        } else if self.answered > 1 << 20 {
            self.input.drain(..self.answered);
            self.answered = 0;
        }
        if self.input.len() + bytes.len() > MAX_WAITING {
            return Err(SessionEnd("too many requests are waiting for answers"));
        }
        self.input.extend_from_slice(bytes);
        Ok(())
    }

    /// Whether a complete packet is waiting, and how long its answer may take.
    pub(crate) fn next(&self) -> Next {
        let waiting = &self.input[self.answered..];
        let Some(length) = waiting.first_chunk().map(|length| u32::from_be_bytes(*length) as usize) else {
            return Next::None;
        };
        if length > MAX_PACKET {
            return Next::Fast;
        }
        let Some(packet) = waiting.get(4..4 + length) else { return Next::None };
        let is_blocking = match packet.first() {
            Some(&packet_type::READ) => false,
            // The packet type and id come before the handle.
            Some(&packet_type::WRITE) => {
                self.requests.write_may_block(&mut Fields(packet.get(5..).unwrap_or_default()))
            }
            _ => true,
        };
        if is_blocking { Next::Blocking } else { Next::Fast }
    }

    /// Answers the next complete packet; `None` when there is none.
    pub(crate) fn answer_next(&mut self) -> Result<Option<Vec<u8>>, SessionEnd> {
        let waiting = &self.input[self.answered..];
        let Some(length) = waiting.first_chunk().map(|length| u32::from_be_bytes(*length) as usize) else {
            return Ok(None);
        };
        if length == 0 || length > MAX_PACKET {
            return Err(SessionEnd("a packet has an impossible length"));
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

    fn answer(&mut self, packet: &[u8]) -> Result<Vec<u8>, SessionEnd> {
        if !matches!(packet[0], packet_type::READ | packet_type::WRITE) && self.is_disabled() {
            return Err(SessionEnd("the account was disabled"));
        }
        let mut fields = Fields(&packet[1..]);
        if packet[0] == packet_type::INIT {
            fields.number()?;
            return Ok(version());
        }
        let id = fields.number()?;
        match self.requests.answer(packet[0], id, fields) {
            Ok(answer) => Ok(answer),
            Err(StatusReply::Malformed) => {
                Ok(Answer::status(id, Status::BadMessage, "the packet is malformed"))
            }
            Err(StatusReply::Status(status, text)) => Ok(Answer::status(id, status, &text)),
        }
    }

    /// Whether the account has been disabled since the login, which is checked from time to time.
    fn is_disabled(&mut self) -> bool {
        let now = self.requests.drop_box().district().store().now();
        if now.duration_since(self.enabled_at) < ENABLED_CHECK {
            return false;
        }
        self.enabled_at = now;
        match self.requests.drop_box().is_enabled() {
            Ok(is_enabled) => !is_enabled,
            Err(error) => {
                // If the request needs the database, it will fail with its own answer.
                tracing::warn!(error = %error, "an account could not be looked up");
                false
            }
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
    // The protocol version takes the place of the request's id.
    let answer = Answer::new(packet_type::VERSION, 3);
    extensions.iter().fold(answer, |answer, (name, version)| answer.string(name).string(version)).finish()
}
