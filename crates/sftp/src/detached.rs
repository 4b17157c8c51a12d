//! Answers clients who request more at once than may be held in memory.
//!
//! A session answers requests in the callback that brought them, and stops when the client's window is full. Some clients open
//! a window of 2 GiB and request a whole file at once, so that only memory would limit the answers. Such an engine is moved to a
//! task of its own, which waits for the network, until everything is answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use russh::ChannelId;
use russh::server::Handle;
use tokio::task::block_in_place;

use crate::engine::{Engine, MAX_WAITING, SessionEnd};

/// An engine in a task of its own. The task ends when this is dropped.
pub(crate) struct Detached(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    /// What the client has sent since the engine was detached.
    input: Vec<u8>,
    /// The engine, once it has answered everything.
    idle: Option<Engine>,
    /// Whether the session no longer needs the answers.
    is_cancelled: bool,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Detached {
    /// Moves an engine to a task.
    pub(crate) fn spawn(engine: Engine, ssh: Handle, channel: ChannelId) -> Detached {
        let shared = Arc::new(Mutex::new(Shared::default()));
        tokio::spawn(answer(engine, shared.clone(), ssh, channel));
        Detached(shared)
    }

    /// Passes on what the client sent. Returns the engine if it was idle, and the task has therefore ended.
    pub(crate) fn feed(&self, bytes: &[u8]) -> Result<Option<Engine>, SessionEnd> {
        let mut shared = lock(&self.0);
        if let Some(mut engine) = shared.idle.take() {
            engine.feed(bytes)?;
            return Ok(Some(engine));
        }
        if shared.input.len() + bytes.len() > MAX_WAITING {
            return Err(SessionEnd("too many requests are waiting for answers"));
        }
        shared.input.extend_from_slice(bytes);
        Ok(None)
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        lock(&self.0).is_cancelled = true;
    }
}

async fn answer(mut engine: Engine, shared: Arc<Mutex<Shared>>, ssh: Handle, channel: ChannelId) {
    loop {
        match block_in_place(|| engine.answer_next()) {
            Ok(Some(answer)) => {
                if ssh.data(channel, answer).await.is_err() || lock(&shared).is_cancelled {
                    return;
                }
            }
            Ok(None) => match end_task(engine, &shared) {
                Ok(Some(more)) => engine = more,
                Ok(None) => return,
                Err(reason) => return end_session(&ssh, channel, &reason).await,
            },
            Err(reason) => return end_session(&ssh, channel, &reason).await,
        }
    }
}

/// Returns the engine if the client has sent more; otherwise leaves it for the session to take back.
fn end_task(mut engine: Engine, shared: &Mutex<Shared>) -> Result<Option<Engine>, SessionEnd> {
    let mut shared = lock(shared);
    // Under the lock, so that nothing is passed on to a task that is ending.
    if shared.input.is_empty() {
        shared.idle = Some(engine);
        return Ok(None);
    }
    engine.feed(&std::mem::take(&mut shared.input))?;
    Ok(Some(engine))
}

async fn end_session(ssh: &Handle, channel: ChannelId, reason: &SessionEnd) {
    tracing::warn!(reason = reason.0, "an SFTP session was ended");
    // The connection may have ended already.
    let _ = ssh.close(channel).await;
}
