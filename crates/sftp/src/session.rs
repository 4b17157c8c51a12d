//! One SSH connection: who logs in, and which channel speaks SFTP.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homeroom_inbox::{Login, LoginRefused};
use homeroom_store::StoreError;
use russh::keys::{Algorithm, HashAlg, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session as Ssh, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, Pty, Sig};
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use crate::away::Away;
use crate::engine::Engine;
use crate::limits::Counted;
use crate::server::{Shared, methods};
use crate::settings::SftpSettings;

/// Channels that a connection may have.
const CHANNELS: usize = 10;
/// Bytes of answers that may lie in memory for a client whose window would take more.
const AT_ONCE: usize = 4 << 20;

/// Who answers the requests of a channel.
enum Answering {
    /// Nobody: SFTP has not been asked for.
    Nobody,
    /// The session itself.
    Here(Box<Engine>),
    /// A task, for a client who asks for very much at once.
    Away(Away),
}

/// The callbacks of one connection.
pub(crate) struct Session {
    shared: Arc<Shared>,
    peer: SocketAddr,
    logged_in: Arc<AtomicBool>,
    login: Option<Login>,
    channels: HashMap<ChannelId, Answering>,
    _counted: Counted,
}

type Answered = Result<(), russh::Error>;

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        peer: SocketAddr,
        logged_in: Arc<AtomicBool>,
        counted: Counted,
    ) -> Session {
        Session { shared, peer, logged_in, login: None, channels: HashMap::new(), _counted: counted }
    }

    pub(crate) fn settings(&self) -> &SftpSettings {
        &self.shared.settings
    }

    fn decide(
        &mut self,
        user: &str,
        way: &'static str,
        found: Result<Result<Login, LoginRefused>, StoreError>,
    ) -> Auth {
        match found {
            Ok(Ok(login)) => {
                tracing::info!(peer = %self.peer.ip(), user, way, district = login.district.0, "logged in");
                self.login = Some(login);
                return Auth::Accept;
            }
            Ok(Err(reason)) => {
                tracing::warn!(peer = %self.peer.ip(), user, way, %reason, "a login was refused");
            }
            Err(error) => tracing::error!(error = %error, "a login could not be looked up"),
        }
        refused()
    }

    /// Answers what waits, as long as the client takes the answers.
    fn pump(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Answered {
        let Some(Answering::Here(engine)) = self.channels.get_mut(&channel) else { return Ok(()) };
        let mut answered = 0;
        while !ssh.has_pending_data(channel) {
            let answer = match engine.next_is_slow() {
                None => return Ok(()),
                Some(_) if answered > AT_ONCE => return self.send_away(channel, ssh),
                Some(false) => engine.answer_next(),
                Some(true) => block_in_place(|| engine.answer_next()),
            };
            match answer {
                Ok(Some(answer)) => {
                    answered += answer.len();
                    ssh.data(channel, answer)?;
                }
                Ok(None) => return Ok(()),
                Err(broken) => return self.end(channel, ssh, broken.0),
            }
        }
        Ok(())
    }

    fn send_away(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Answered {
        if let Some(Answering::Here(engine)) = self.channels.remove(&channel) {
            let away = Away::send(*engine, ssh.handle(), channel);
            self.channels.insert(channel, Answering::Away(away));
        }
        Ok(())
    }

    fn end(&mut self, channel: ChannelId, ssh: &mut Ssh, why: &str) -> Answered {
        tracing::warn!(peer = %self.peer.ip(), why, "an SFTP session was ended");
        self.channels.remove(&channel);
        ssh.close(channel)
    }
}

/// Both ways stay open after a refusal: people mistype.
fn refused() -> Auth {
    Auth::Reject { proceed_with_methods: Some(methods()), partial_success: false }
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
        // The semaphore is never closed, so a permit always comes.
        let permit = shared.passwords.acquire().await;
        let inbox = shared.inbox.clone();
        let found = spawn_blocking(move || inbox.login_with_password(&name, &secret)).await;
        drop(permit);
        let auth = match found {
            Ok(found) => self.decide(user, "password", found),
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
        let found = block_in_place(|| inbox.login_with_key(&name, &key));
        // Clients offer all their keys: that one is not known is not worth a line.
        Ok(if matches!(found, Ok(Ok(_))) { Auth::Accept } else { refused() })
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        if *key.algorithm == (Algorithm::Rsa { hash: None }) {
            return Ok(refused());
        }
        let found = block_in_place(|| self.shared.inbox.login_with_key(user, &fingerprint(key.public_key)));
        Ok(self.decide(user, "key", found))
    }

    async fn auth_none(&mut self, _user: &str) -> Result<Auth, Self::Error> {
        Ok(refused())
    }

    async fn auth_succeeded(&mut self, _ssh: &mut Ssh) -> Answered {
        self.logged_in.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _ssh: &mut Ssh,
    ) -> Answered {
        if self.login.is_none() || self.channels.len() >= CHANNELS {
            reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await;
            return Ok(());
        }
        self.channels.insert(channel.id(), Answering::Nobody);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(&mut self, channel: ChannelId, name: &str, ssh: &mut Ssh) -> Answered {
        let place = self.channels.get_mut(&channel);
        let (Some(login), Some(place @ Answering::Nobody), "sftp") = (self.login, place, name) else {
            return ssh.channel_failure(channel);
        };
        let drop_box = self.shared.inbox.drop_box(login.district, login.account);
        let engine = Engine::new(drop_box, self.shared.samples.clone(), self.shared.settings.max_handles);
        *place = Answering::Here(Box::new(engine));
        ssh.channel_success(channel)
    }

    async fn data(&mut self, channel: ChannelId, data: &[u8], ssh: &mut Ssh) -> Answered {
        let Some(answering) = self.channels.get_mut(&channel) else { return Ok(()) };
        let fed = match answering {
            Answering::Nobody => return Ok(()),
            Answering::Here(engine) => engine.feed(data),
            Answering::Away(away) => away.feed(data).map(|back| {
                if let Some(engine) = back {
                    *answering = Answering::Here(Box::new(engine));
                }
            }),
        };
        match fed {
            Ok(()) => self.pump(channel, ssh),
            Err(broken) => {
                // Such a client does not read, so it cannot be told; closing the channel would wait for it as well.
                tracing::warn!(peer = %self.peer.ip(), why = broken.0, "a connection was ended");
                Err(russh::Error::Disconnect)
            }
        }
    }

    async fn window_adjusted(&mut self, channel: ChannelId, _new_size: u32, ssh: &mut Ssh) -> Answered {
        self.pump(channel, ssh)
    }

    async fn channel_eof(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Answered {
        if self.channels.remove(&channel).is_some() {
            ssh.exit_status_request(channel, 0)?;
            ssh.eof(channel)?;
            ssh.close(channel)?;
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _ssh: &mut Ssh) -> Answered {
        self.channels.remove(&channel);
        Ok(())
    }

    // What follows is refused with an answer: without one, clients wait for ever.

    async fn shell_request(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Answered {
        ssh.channel_failure(channel)
    }

    async fn exec_request(&mut self, channel: ChannelId, _command: &[u8], ssh: &mut Ssh) -> Answered {
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
    ) -> Answered {
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
    ) -> Answered {
        ssh.channel_failure(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        _value: &str,
        ssh: &mut Ssh,
    ) -> Answered {
        ssh.channel_failure(channel)
    }

    async fn agent_request(&mut self, channel: ChannelId, ssh: &mut Ssh) -> Result<bool, Self::Error> {
        ssh.channel_failure(channel)?;
        Ok(false)
    }

    async fn signal(&mut self, _channel: ChannelId, _signal: Sig, _ssh: &mut Ssh) -> Answered {
        Ok(())
    }
}
