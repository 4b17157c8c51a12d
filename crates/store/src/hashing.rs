//! The hash of a file, made on another thread while the file is read.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

/// Bytes read at once: few enough that all blocks stay in the processor's cache.
const BLOCK: usize = 1 << 16;
/// Blocks that are read, hashed or on their way.
const BLOCKS: usize = 3;

/// Reads a file from its first byte to its last; gives its hash and its length. `also` gets the bytes in their order.
///
/// # Errors
/// When the file cannot be read, and those of `also`.
pub fn hash_file(
    file: &File,
    mut also: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(blake3::Hash, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; BLOCK];
    let mut length = 0;
    let mut read = fill(file, &mut block, length)?;
    if read == BLOCK {
        thread::scope(|scope| {
            let (send, full) = sync_channel::<(Vec<u8>, usize)>(BLOCKS);
            let (give_back, empty) = channel();
            for _ in 1..BLOCKS {
                give_back.send(vec![0; BLOCK]).expect("the other end is here");
            }
            let hasher = &mut hasher;
            scope.spawn(move || {
                for (block, read) in full {
                    hasher.update(&block[..read]);
                    // Nobody wants the block any more once the file is at its end.
                    let _ = give_back.send(block);
                }
            });
            while read > 0 {
                also(&block[..read])?;
                length += read as u64;
                send.send((block, read)).expect("the hashing thread takes blocks until there are no more");
                block = empty.recv().expect("the hashing thread gives each block back");
                read = fill(file, &mut block, length)?;
            }
            Ok::<_, io::Error>(())
        })?;
    } else {
        also(&block[..read])?;
        length = read as u64;
        hasher.update(&block[..read]);
    }
    Ok((hasher.finalize(), length))
}

/// Fills the block; shorter only at the end of the file.
fn fill(file: &File, block: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match file.read_at(&mut block[filled..], offset + filled as u64) {
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

    use super::{BLOCK, hash_file};

    #[test]
    fn files_of_every_length_have_the_hash_of_their_bytes() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK, 9 * BLOCK + 77] {
            let bytes = (0..length).map(|at| (at / 251 + at) as u8).collect::<Vec<_>>();
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            let mut copy = vec![];
            let (hash, hashed) = hash_file(&file, |block| {
                copy.extend_from_slice(block);
                Ok(())
            })
            .unwrap();
            assert_eq!(hash, blake3::hash(&bytes), "{length}");
            assert_eq!((hashed, &copy), (length as u64, &bytes));
        }
    }

    #[test]
    fn an_error_on_the_way_ends_it() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&vec![7; 20 * BLOCK]).unwrap();
        let mut blocks = 0;
        let failed = hash_file(&file, |_| {
            blocks += 1;
            if blocks == 7 { Err(std::io::Error::other("the disk is full")) } else { Ok(()) }
        });
        assert_eq!(failed.unwrap_err().to_string(), "the disk is full");
    }
}
