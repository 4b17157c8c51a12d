//! Settings of the job runner.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The `[jobs]` section of the settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobSettings {
    /// Jobs done at the same time.
    pub workers: usize,
    /// How long a claimed job stays with a node that shows no sign of life.
    pub lease_seconds: u64,
    /// How often an idle worker checks for jobs that other processes have queued.
    pub poll_milliseconds: u64,
}

impl Default for JobSettings {
    fn default() -> Self {
        JobSettings { workers: 2, lease_seconds: 60, poll_milliseconds: 250 }
    }
}

impl JobSettings {
    /// Refuses values that cannot work, in words for the operator.
    pub fn validate(&self) -> Result<(), String> {
        if self.workers < 1 {
            return Err("jobs.workers must be at least 1".into());
        }
        if self.lease_seconds < 5 {
            return Err("jobs.lease_seconds must be at least 5".into());
        }
        if self.poll_milliseconds < 10 {
            return Err("jobs.poll_milliseconds must be at least 10".into());
        }
        Ok(())
    }

    /// The settings of a worker whose lock file is in `folder`.
    pub fn for_worker(&self, folder: PathBuf) -> WorkerSettings {
        WorkerSettings {
            folder,
            lease: Duration::from_secs(self.lease_seconds),
            poll: Duration::from_millis(self.poll_milliseconds),
        }
    }
}

/// How a worker behaves.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// The folder of the workers' lock files.
    pub folder: PathBuf,
    /// How long a claim holds without a sign of life.
    pub lease: Duration,
    /// How often an idle worker checks for jobs that others have queued.
    pub poll: Duration,
}
