//! Tells living workers from dead ones: a worker holds a lock on a file of its own for as long as it lives.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use homeroom_model::Random;
use homeroom_store::{Store, StoreError};

/// A worker's sign of life. The operating system takes the lock back when the process ends, however it ends.
#[derive(Debug)]
pub struct Liveness {
    id: String,
    path: PathBuf,
    _locked: File,
}

impl Liveness {
    /// A new worker, with a file in `folder`.
    pub fn begin(folder: &Path, random: &Random) -> io::Result<Liveness> {
        fs::create_dir_all(folder)?;
        let id = random.uuid().to_string();
        let path = lock_path(folder, &id);
        let file = File::create(&path)?;
        file.lock()?;
        Ok(Liveness { id, path, _locked: file })
    }

    /// The worker's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Liveness {
    fn drop(&mut self) {
        // A file left behind is found unlocked and removed by the next start.
        let _ = fs::remove_file(&self.path);
    }
}

fn lock_path(folder: &Path, worker: &str) -> PathBuf {
    folder.join(format!("{worker}.lock"))
}

/// Puts back the jobs of workers of this machine that have died, and of any machine whose lease has run out;
/// how many.
pub fn release_jobs_of_dead_workers(store: &Store, folder: &Path) -> Result<u64, StoreError> {
    let mut released = 0;
    for worker in store.jobs_workers()? {
        let path = lock_path(folder, &worker);
        // No file: a worker of another machine, about which only its lease tells.
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock() {
            Ok(()) => {
                released += store.jobs_release_worker(&worker)?;
                let _ = fs::remove_file(&path);
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                return Err(StoreError::io(format!("looking at {}", path.display()))(error));
            }
        }
    }
    Ok(released + store.jobs_release_expired()?)
}
