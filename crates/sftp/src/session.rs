//! One SSH connection: its login, and the channels that use SFTP.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homeroom_inbox::{AccountLogin, LoginRefused};
use homeroom_store::StoreError;
use russh::keys::{Algorithm, HashAlg, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session as Ssh, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, Pty, Sig};
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use crate::connections::CountedConnection;
use crate::detached::Detached;
use crate::engine::{Engine, Next};
use crate::settings::SftpSettings;
use crate::shared::{Shared, login_methods};

/// The most channels of a connection.
const MAX_CHANNELS: usize = 10;
/// Bytes of answers that may be in memory for a client whose window would accept more.
const MAX_ANSWERS: usize = 4 << 20;

/// How the requests of a channel are answered.
enum ChannelState {
    /// SFTP has not been requested yet.
    Idle,
    /// By the session itself.
    Inline(Box<Engine>),
    /// By a task, for a client that requests very much at once.
    Detached(Detached),
}

/// The callbacks of one connection.
pub(crate) struct Session {
    shared: Arc<Shared>,
    peer: SocketAddr,
    logged_in: Arc<AtomicBool>,
    login: Option<AccountLogin>,
    channels: HashMap<ChannelId, ChannelState>,
    _counted: CountedConnection,
}

type HandlerResult = Result<(), russh::Error>;

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        peer: SocketAddr,
        logged_in: Arc<AtomicBool>,
        counted: CountedConnection,
    ) -> Session {
        Session { shared, peer, logged_in, login: None, channels: HashMap::new(), _counted: counted }
    }

    pub(crate) fn settings(&self) -> &SftpSettings {
        &self.shared.settings
    }

    /// Accepts or refuses a login.
    fn finish_login(
        &mut self,
        user: &str,
        method: &'static str,
        result: Result<Result<AccountLogin, LoginRefused>, StoreError>,
    ) -> Auth {
        match result {
            Ok(Ok(login)) => {
                tracing::info!(peer = %self.peer.ip(), user, method, district = login.district.0, "logged in");
                self.login = Some(login);
                return Auth::Accept;
            }
            Ok(Err(reason)) => {
                tracing::warn!(peer = %self.peer.ip(), user, method, %reason, "a login was refused");
            }
            Err(error) => tracing::error!(error = %error, "a login could not be looked up"),
        }
        refused()
    }

    /// Answers waiting requests as long as the client's window accepts the answers.
    fn answer_waiting(&mut self, channel: ChannelId, ssh: &mut Ssh) -> HandlerResult {
        let Some(ChannelState::Inline(engine)) = self.channels.get_mut(&channel) else { return Ok(()) };
        let mut answered = 0;
        while !ssh.has_pending_data(channel) {
            let answer = match engine.next() {
                Next::None => return Ok(()),
                _ if answered > MAX_ANSWERS => return self.detach(channel, ssh),
                Next::Fast => engine.answer_next(),
                Next::Blocking => block_in_place(|| engine.answer_next()),
            };
            match answer {
                Ok(Some(answer)) => {
                    answered += answer.len();
                    ssh.data(channel, answer)?;
                }
                Ok(None) => return Ok(()),
                Err(reason) => return self.end(channel, ssh, reason.0),
            }
        }
        Ok(())
    }

    /// Moves the engine of a channel to a task.
    fn detach(&mut self, channel: ChannelId, ssh: &mut Ssh) -> HandlerResult {
        if let Some(ChannelState::Inline(engine)) = self.channels.remove(&channel) {
            let detached = Detached::spawn(*engine, ssh.handle(), channel);
            self.channels.insert(channel, ChannelState::Detached(detached));
        }
        Ok(())
    }

    fn end(&mut self, channel: ChannelId, ssh: &mut Ssh, reason: &str) -> HandlerResult {
        tracing::warn!(peer = %self.peer.ip(), reason, "an SFTP session was ended");
        self.channels.remove(&channel);
        ssh.close(channel)
    }
}

/// Both methods stay available after a refusal, since people mistype.
fn refused() -> Auth {
    Auth::Reject { proceed_with_methods: Some(login_methods()), partial_success: false }
}

fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

impl Handler for Session {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        let answer_at =
            Instant::now() + Duration::from_millis(self.settings().wrong_login_delay_milliseconds);
        let shared = self.shared.clone();
        let (name, secret) = (user.to_owned(), password.to_owned());
        // The semaphore is never closed, so acquiring never fails.
        let permit = shared.passwords.acquire().await;
        let inbox = shared.inbox.clone();
        let result = spawn_blocking(move || inbox.login_with_password(&name, &secret)).await;
        drop(permit);
        let auth = match result {
            Ok(result) => self.finish_login(user, "password", result),
            Err(error) => {
                tracing::error!(error = %error, "a login could not be looked up");
                refused()
            }
        };
        if auth != Auth::Accept {
            sleep_until(answer_at).await;
        }
        Ok(auth)
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        if *offer.algorithm == (Algorithm::Rsa { hash: None }) {
            return Ok(refused());
        }
        let (inbox, name, key) = (self.shared.inbox.clone(), user.to_owned(), fingerprint(offer.public_key));
        let result = block_in_place(|| inbox.login_with_key(&name, &key));
        // Clients offer all their keys; an unknown one is not worth a log line.
        Ok(if matches!(result, Ok(Ok(_))) { Auth::Accept } else { refused() })
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        if *key.algorithm == (Algorithm::Rsa { hash: None }) {
            return Ok(refused());
        }
        let result = block_in_place(|| self.shared.inbox.login_with_key(user, &fingerprint(key.public_key)));
        Ok(self.finish_login(user, "key", result))
    }

    async fn auth_none(&mut self, _user: &str) -> Result<Auth, Self::Error> {
        Ok(refused())
    }

    async fn auth_succeeded(&mut self, _ssh: &mut Ssh) -> HandlerResult {
        self.logged_in.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _ssh: &mut Ssh,
    ) -> HandlerResult {
        if self.login.is_none() || self.channels.len() >= MAX_CHANNELS {
            reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await;
            return Ok(());
        }
        self.channels.insert(channel.id(), ChannelState::Idle);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(&mut self, channel: ChannelId, name: &str, ssh: &mut Ssh) -> HandlerResult {
        let state = self.channels.get_mut(&channel);
        let (Some(login), Some(state @ ChannelState::Idle), "sftp") = (self.login, state, name) else {
            return ssh.channel_failure(channel);
        };
        let drop_box = self.shared.inbox.drop_box(login.district, login.account);
        let engine = Engine::new(drop_box, self.shared.settings.max_handles);
        *state = ChannelState::Inline(Box::new(engine));
        ssh.channel_success(channel)
    }

    async fn data(&mut self, channel: ChannelId, data: &[u8], ssh: &mut Ssh) -> HandlerResult {
        let Some(state) = self.channels.get_mut(&channel) else { return Ok(()) };
        let fed = match state {
            ChannelState::Idle => return Ok(()),
            ChannelState::Inline(engine) => engine.feed(data),
            ChannelState::Detached(detached) => detached.feed(data).map(|idle| {
                if let Some(engine) = idle {
                    *state = ChannelState::Inline(Box::new(engine));
                }
            }),
        };
        match fed {
            Ok(()) => self.answer_waiting(channel, ssh),
            Err(reason) => {
                // Such a client does not read, so closing only the channel would wait for it.
                tracing::warn!(peer = %self.peer.ip(), reason = reason.0, "a connection was ended");
                Err(russh::Error::Disconnect)
            }
        }
    }

    async fn window_adjusted(&mut self, channel: ChannelId, _new_size: u32, ssh: &mut Ssh) -> HandlerResult {
        self.answer_waiting(channel, ssh)
    }

    async fn channel_eof(&mut self, channel: ChannelId, ssh: &mut Ssh) -> HandlerResult {
        if self.channels.remove(&channel).is_some() {
            ssh.exit_status_request(channel, 0)?;
            ssh.eof(channel)?;
            ssh.close(channel)?;
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _ssh: &mut Ssh) -> HandlerResult {
        self.channels.remove(&channel);
        Ok(())
    }

    // The remaining requests are refused with an answer, since clients would otherwise wait for one.

    async fn shell_request(&mut self, channel: ChannelId, ssh: &mut Ssh) -> HandlerResult {
        ssh.channel_failure(channel)
    }

    async fn exec_request(&mut self, channel: ChannelId, _command: &[u8], ssh: &mut Ssh) -> HandlerResult {
        ssh.channel_failure(channel)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _term: &str,
        _columns: u32,
        _rows: u32,
        _width: u32,
        _height: u32,
        _modes: &[(Pty, u32)],
        ssh: &mut Ssh,
    ) -> HandlerResult {
        ssh.channel_failure(channel)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _single: bool,
        _protocol: &str,
        _cookie: &str,
        _screen: u32,
        ssh: &mut Ssh,
    ) -> HandlerResult {
        ssh.channel_failure(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        _value: &str,
        ssh: &mut Ssh,
    ) -> HandlerResult {
        ssh.channel_failure(channel)
    }

    async fn agent_request(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Result<bool, Self::Error> {
        ssh.channel_failure(channel)?;
        Ok(false)
    }

    async fn signal(&mut self, _channel: ChannelId, _signal: Sig, _ssh: &mut Ssh) -> HandlerResult {
        Ok(())
    }
}
