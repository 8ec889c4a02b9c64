//! A socket that reports its activity.

use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::activity::Activity;

/// A socket that reports its activity. Clones share the socket.
#[derive(Debug, Clone)]
pub(super) struct Socket {
    stream: Arc<Mutex<TcpStream>>,
    activity: Arc<Activity>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        // Sends small responses without delay. This only fails if the connection is already gone.
        drop(stream.set_nodelay(true));
        Self { stream: Arc::new(Mutex::new(stream)), activity }
    }

    fn stream(&self) -> MutexGuard<'_, TcpStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether unread bytes have arrived. Asks the system, because the runtime may not have been notified yet.
    pub(super) fn has_unread(&self) -> bool {
        SockRef::from(&*self.stream()).peek(&mut [MaybeUninit::uninit()]).is_ok_and(|count| count > 0)
    }

    fn wrote<T>(&self, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.activity.written(progress.is_pending());
        progress
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let progress = Pin::new(&mut *self.stream()).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.read();
        }
        progress
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut *self.stream()).poll_write(context, bytes);
        self.wrote(progress)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut *self.stream()).poll_write_vectored(context, slices);
        self.wrote(progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream()).poll_shutdown(context)
    }
}
