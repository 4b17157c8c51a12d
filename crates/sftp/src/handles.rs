//! The files and folders that a session has open.

use std::collections::HashMap;

use homeroom_inbox::{DropEntry, DropPath, ReadHandle, UploadHandle};

use crate::packet::{Fields, Status};
use crate::status_reply::{StatusReply, no_handle};

/// An open file or folder.
pub(crate) enum Handle {
    Read(Box<ReadHandle>),
    Write(Box<UploadHandle>, DropPath),
    /// The entries of a folder that have not been sent yet.
    Folder(std::vec::IntoIter<DropEntry>),
}

/// Open handles by their numbers.
pub(crate) struct Handles {
    open: HashMap<u32, Handle>,
    next: u32,
    max: usize,
}

impl Handles {
    /// At most `max` handles.
    pub(crate) fn new(max: usize) -> Handles {
        Handles { open: HashMap::new(), next: 0, max }
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    /// Fails unless one more handle may be opened.
    pub(crate) fn check_room(&self) -> Result<(), StatusReply> {
        if self.open.len() >= self.max {
            return Err(StatusReply::Status(Status::Failure, "too many files are open".into()));
        }
        Ok(())
    }

    /// Adds a handle, and returns its number.
    pub(crate) fn add(&mut self, handle: Handle) -> u32 {
        while self.open.contains_key(&self.next) {
            self.next = self.next.wrapping_add(1);
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        self.open.insert(number, handle);
        number
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Handle> {
        self.open.get(&number)
    }

    /// The handle that a packet's next field names.
    pub(crate) fn named_by(&mut self, fields: &mut Fields<'_>) -> Result<&mut Handle, StatusReply> {
        let number = handle_number(fields)?;
        self.open.get_mut(&number).ok_or_else(no_handle)
    }

    /// Removes the handle that a packet's next field names.
    pub(crate) fn remove(&mut self, fields: &mut Fields<'_>) -> Result<Handle, StatusReply> {
        let number = handle_number(fields)?;
        self.open.remove(&number).ok_or_else(no_handle)
    }
}

/// The number of the handle that a packet's next field names.
pub(crate) fn handle_number(fields: &mut Fields<'_>) -> Result<u32, StatusReply> {
    let bytes = fields.bytes()?.try_into().map_err(|_| no_handle())?;
    Ok(u32::from_be_bytes(bytes))
}
