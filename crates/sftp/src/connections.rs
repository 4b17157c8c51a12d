//! Counts connections, and cuts them.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use crate::settings::SftpSettings;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Counts connections by address.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A counted connection, until it is dropped.
pub(crate) struct CountedConnection {
    connections: Connections,
    address: IpAddr,
}

impl Connections {
    /// Counts one more connection; `None` if the address or the server has too many.
    pub(crate) fn add(&self, address: IpAddr, settings: &SftpSettings) -> Option<CountedConnection> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total = counts.values().sum::<usize>();
        if counts.get(&address).is_some_and(|count| *count >= settings.max_connections_per_address)
            || total >= settings.max_connections
        {
            return None;
        }
        *counts.entry(address).or_default() += 1;
        Some(CountedConnection { connections: self.clone(), address })
    }

    /// The number of connections.
    pub(crate) fn total(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for CountedConnection {
    fn drop(&mut self) {
        let mut counts = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// A stream that fails when `cut` completes. The session then ends, even if its client sends or reads nothing.
pub(crate) struct CutStream<S> {
    pub(crate) stream: S,
    pub(crate) cut: Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(crate) is_cut: bool,
}

impl<S> CutStream<S> {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.is_cut = self.is_cut || self.cut.as_mut().poll(context).is_ready();
        if self.is_cut { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for CutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for CutStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
