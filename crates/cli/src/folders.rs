//! The folders that hold data: who may read them, and whether they can be written to.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, Mode, StatVfsMountFlags, access, statvfs};

/// With less space than this on the disk nothing new is accepted, so that what runs can still end.
const SPACE: u64 = 64 << 20;

/// The permissions that others have.
const OTHERS: u32 = 0o077;

/// New files and folders are this user's only.
pub(crate) fn keep_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Files and folders that other users may read, write or enter.
pub(crate) fn open_to_others(folders: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut open = Vec::new();
    let mut left = folders.to_vec();
    while let Some(path) = left.pop() {
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found,
            // A file that was finished or removed in the meantime.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        if found.is_dir() {
            left.extend(
                fs::read_dir(&path)?
                    .map(|entry| entry.map(|entry| entry.path()))
                    .collect::<Result<Vec<_>, _>>()?,
            );
        }
        if !found.is_symlink() && found.mode() & OTHERS != 0 {
            open.push(path);
        }
    }
    open.sort();
    Ok(open)
}

/// Why nothing can be written to one of the folders.
pub(crate) fn unwritable(folders: &[PathBuf]) -> Option<String> {
    folders.iter().find_map(|folder| unwritable_folder(folder))
}

fn unwritable_folder(folder: &Path) -> Option<String> {
    let disk = match statvfs(folder) {
        Ok(disk) => disk,
        Err(error) => return Some(format!("the folder {} cannot be looked at: {error}", folder.display())),
    };
    if disk.f_flag.contains(StatVfsMountFlags::RDONLY) || access(folder, Access::WRITE_OK).is_err() {
        return Some(format!("the folder {} is read-only", folder.display()));
    }
    let free = disk.f_bavail * disk.f_frsize;
    (free < SPACE).then(|| format!("the disk of {} is full: {} MB are free", folder.display(), free >> 20))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::unwritable;

    #[test]
    fn a_folder_without_space_or_without_permission_or_that_is_gone_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(unwritable(&[folder.path().to_owned()]), None);
        // A file system that has no space for anybody.
        let full = unwritable(&[folder.path().to_owned(), PathBuf::from("/proc")]).unwrap();
        assert!(full.contains("/proc"), "{full}");
        let gone = unwritable(&[folder.path().join("gone")]).unwrap();
        assert!(gone.contains("cannot be looked at"), "{gone}");
    }
}
