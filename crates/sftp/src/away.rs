//! Answers for clients who ask for more at once than is to lie in memory.
//!
//! A session answers its requests in the callback that brought them, and stops when the client's window is full. Some
//! clients open a window of 2 GiB and ask for a whole file in one go: nothing would stop their answers but memory. Such
//! an engine is sent away to a task of its own, which waits for the network, until everything is answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use russh::ChannelId;
use russh::server::Handle;
use tokio::task::block_in_place;

use crate::engine::{Ended, Engine, WAITING};

/// An engine at work in its own task. When it is dropped, the task ends.
pub(crate) struct Away(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    /// What the client has sent since.
    input: Vec<u8>,
    /// The engine, when it has answered everything.
    back: Option<Engine>,
    /// Nobody waits for the answers any more.
    is_over: bool,
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Away {
    /// Sends an engine away.
    pub(crate) fn send(engine: Engine, ssh: Handle, channel: ChannelId) -> Away {
        let shared = Arc::new(Mutex::new(Shared::default()));
        tokio::spawn(answer(engine, shared.clone(), ssh, channel));
        Away(shared)
    }

    /// Passes on what the client sent, or gives the engine back when it has come home.
    pub(crate) fn feed(&self, bytes: &[u8]) -> Result<Option<Engine>, Ended> {
        let mut shared = lock(&self.0);
        if let Some(mut engine) = shared.back.take() {
            engine.feed(bytes)?;
            return Ok(Some(engine));
        }
        if shared.input.len() + bytes.len() > WAITING {
            return Err(Ended("too many requests wait for answers"));
        }
        shared.input.extend_from_slice(bytes);
        Ok(None)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        lock(&self.0).is_over = true;
    }
}

async fn answer(mut engine: Engine, shared: Arc<Mutex<Shared>>, ssh: Handle, channel: ChannelId) {
    loop {
        match block_in_place(|| engine.answer_next()) {
            Ok(Some(answer)) => {
                if ssh.data(channel, answer).await.is_err() || lock(&shared).is_over {
                    return;
                }
            }
            Ok(None) => match go_home(engine, &shared) {
                Ok(Some(more)) => engine = more,
                Ok(None) => return,
                Err(broken) => return end(&ssh, channel, &broken).await,
            },
            Err(broken) => return end(&ssh, channel, &broken).await,
        }
    }
}

/// Gives the engine back, unless the client has sent more: then it goes on.
fn go_home(mut engine: Engine, shared: &Mutex<Shared>) -> Result<Option<Engine>, Ended> {
    let mut shared = lock(shared);
    // Under the lock, so that nothing is passed on to an engine that is on its way home.
    if shared.input.is_empty() {
        shared.back = Some(engine);
        return Ok(None);
    }
    engine.feed(&std::mem::take(&mut shared.input))?;
    Ok(Some(engine))
}

async fn end(ssh: &Handle, channel: ChannelId, broken: &Ended) {
    tracing::warn!(why = broken.0, "an SFTP session was ended");
    // The connection may have ended first.
    let _ = ssh.close(channel).await;
}
