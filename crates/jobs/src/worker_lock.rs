//! Tells live workers from dead ones: every worker locks a file of its own for as long as it runs.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use homeroom_model::Random;
use homeroom_store::{Store, StoreError};

/// A worker's lock on its file. The operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct WorkerLock {
    id: String,
    path: PathBuf,
    _locked: File,
}

impl WorkerLock {
    /// Locks a file in `folder` for a new worker.
    pub fn acquire(folder: &Path, random: &Random) -> io::Result<WorkerLock> {
        fs::create_dir_all(folder)?;
        let id = random.uuid().to_string();
        let path = lock_path(folder, &id);
        let file = File::create(&path)?;
        file.lock()?;
        Ok(WorkerLock { id, path, _locked: file })
    }

    /// The worker's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for WorkerLock {
    fn drop(&mut self) {
        // A file that stays behind is found unlocked, and is removed by the next start.
        let _ = fs::remove_file(&self.path);
    }
}

fn lock_path(folder: &Path, worker: &str) -> PathBuf {
    folder.join(format!("{worker}.lock"))
}

/// Requeues the jobs of dead workers of this machine, and those of any machine whose lease has expired. Returns how many.
pub fn release_jobs_of_dead_workers(store: &Store, folder: &Path) -> Result<u64, StoreError> {
    let mut released = 0;
    for worker in store.jobs_workers()? {
        let path = lock_path(folder, &worker);
        // Without a file, it is a worker of another machine: only its lease says whether it is alive.
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock() {
            Ok(()) => {
                released += store.jobs_release_worker(&worker)?;
                let _ = fs::remove_file(&path);
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                return Err(StoreError::io(format!("checking the lock {}", path.display()))(error));
            }
        }
    }
    Ok(released + store.jobs_release_expired()?)
}
