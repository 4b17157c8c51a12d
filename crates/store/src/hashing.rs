//! Hashes files on two threads: one reads, one hashes or copies.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::panic::resume_unwind;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use homeroom_model::ids::BlobId;

/// Bytes read at once: small enough that all blocks stay in the processor's cache.
const BLOCK: usize = 1 << 16;
/// Blocks in use at the same time.
const BLOCKS: usize = 8;

/// The blob id of the bytes that `hasher` has seen.
pub fn blob_id(hasher: &blake3::Hasher) -> BlobId {
    BlobId::from(*hasher.finalize().as_bytes())
}

/// Reads a whole file. Returns its blob id and length.
///
/// # Errors
/// When the file cannot be read.
pub fn hash_file(file: &File) -> io::Result<(BlobId, u64)> {
    let mut hasher = blake3::Hasher::new();
    let hash = |block: &[u8]| {
        hasher.update(block);
        Ok(())
    };
    let length = each_block(file, |_| (), hash)?;
    Ok((blob_id(&hasher), length))
}

/// Like [`hash_file`], and passes the bytes, in order, to `copy` on another thread: writing takes as long as reading and hashing.
///
/// # Errors
/// When the file cannot be read, and the errors of `copy`.
pub fn hash_and_copy(
    file: &File,
    copy: impl FnMut(&[u8]) -> io::Result<()> + Send,
) -> io::Result<(BlobId, u64)> {
    let mut hasher = blake3::Hasher::new();
    let hash = |block: &[u8]| {
        hasher.update(block);
    };
    let length = each_block(file, hash, copy)?;
    Ok((blob_id(&hasher), length))
}

/// Passes each block of the file to `here`, and to `there` on another thread. Returns the file's length.
fn each_block(
    file: &File,
    mut here: impl FnMut(&[u8]),
    mut there: impl FnMut(&[u8]) -> io::Result<()> + Send,
) -> io::Result<u64> {
    let mut block = vec![0; BLOCK];
    let mut length = 0;
    let mut read = read_full_at(file, &mut block, length)?;
    if read < BLOCK {
        here(&block[..read]);
        there(&block[..read])?;
        return Ok(read as u64);
    }
    thread::scope(|scope| {
        let (send, full) = sync_channel::<(Vec<u8>, usize)>(BLOCKS);
        let (give_back, empty) = channel();
        for _ in 1..BLOCKS {
            give_back.send(vec![0; BLOCK]).expect("the receiver is still in scope");
        }
        let other = scope.spawn(move || {
            for (block, read) in full {
                there(&block[..read])?;
                // Once the whole file is read, no one takes blocks back.
                let _ = give_back.send(block);
            }
            Ok::<_, io::Error>(())
        });
        while read > 0 {
            here(&block[..read]);
            length += read as u64;
            // When the other thread has failed, joining it returns the error.
            let Some(next) = send.send((block, read)).ok().and_then(|()| empty.recv().ok()) else { break };
            block = next;
            read = read_full_at(file, &mut block, length)?;
        }
        drop(send);
        other.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(length)
    })
}

/// Fills `buffer` from `offset` on. Returns fewer bytes only at the end of the file.
///
/// # Errors
/// When the file cannot be read.
pub fn read_full_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{BLOCK, BlobId, hash_and_copy, hash_file};

    #[test]
    fn files_of_every_length_have_the_hash_of_their_bytes() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK, 9 * BLOCK + 77] {
            let bytes = (0..length).map(|at| (at / 251 + at) as u8).collect::<Vec<_>>();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            let mut copy = vec![];
            let copied = hash_and_copy(&file, |block| {
                copy.extend_from_slice(block);
                Ok(())
            });
            let hash = BlobId::from(*blake3::hash(&bytes).as_bytes());
            assert_eq!(copied.unwrap(), (hash, length as u64));
            assert_eq!(copy, bytes);
            assert_eq!(hash_file(&file).unwrap(), (hash, length as u64));
        }
    }

    #[test]
    fn an_error_on_the_way_ends_it() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; 20 * BLOCK]).unwrap();
        let mut blocks = 0;
        let failed = hash_and_copy(&file, |_| {
            blocks += 1;
            if blocks == 7 { Err(std::io::Error::other("the disk is full")) } else { Ok(()) }
        });
        assert_eq!(failed.unwrap_err().to_string(), "the disk is full");
    }
}
