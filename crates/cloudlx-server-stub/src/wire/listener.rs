//! The port that the stub listens at, and sometimes does not.
//!
//! A socket that listens lets callers in whether or not anyone accepts them: the system does it. So what refuses them is a
//! socket that is bound to the port and does not listen, which also keeps the system from giving the port to somebody who asks for any that is free.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::lock::locked;

/// How many callers the system lets in before they are accepted.
const BACKLOG: u32 = 1024;

/// How long to wait before listening again when that failed.
const LISTEN_PAUSE: Duration = Duration::from_millis(50);

/// The port. Its clones are one port, and each can close it, whether or not the server gets to run.
#[derive(Clone)]
pub(crate) struct Listener(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    runtime: Handle,
    socket: Mutex<Socket>,
    changed: Notify,
}

enum Socket {
    Listening(TcpListener),
    Refusing {
        /// None when the system did not let it be bound; then another process could take the port.
        bound: Option<TcpSocket>,
        /// None for ever.
        until: Option<Instant>,
    },
    Closed,
}

/// What happened at the port.
pub(crate) enum Event {
    /// A caller came, or could not be accepted.
    Connection(io::Result<TcpStream>),
    /// The time of a refusal is over. It goes on until the port listens.
    RefusalOver,
}

impl Listener {
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub(crate) fn new(listener: TcpListener, address: SocketAddr) -> Self {
        let socket = Mutex::new(Socket::Listening(listener));
        Self(Arc::new(Shared { address, runtime: Handle::current(), socket, changed: Notify::new() }))
    }

    pub(crate) fn close(&self) {
        *locked(&self.0.socket) = Socket::Closed;
    }

    /// Refuses callers from now on, for so long.
    pub(crate) fn refuse(&self, lasts: Duration) {
        let mut socket = locked(&self.0.socket);
        let bound = match &mut *socket {
            Socket::Listening(_) => {
                // The port cannot be bound anew while it is listened at.
                *socket = Socket::Closed;
                bind(self.0.address).ok()
            }
            Socket::Refusing { bound, .. } => bound.take(),
            Socket::Closed => return,
        };
        *socket = Socket::Refusing { bound, until: Instant::now().checked_add(lasts) };
        drop(socket);
        self.0.changed.notify_one();
    }

    /// Listens again, whatever is left of a refusal's time.
    pub(crate) fn listen(&self) {
        self.listen_when(|_| true);
    }

    /// Listens again when the time of the refusal is over.
    pub(crate) fn listen_when_over(&self) {
        self.listen_when(|until| until.is_some_and(|until| until <= Instant::now()));
    }

    fn listen_when(&self, ready: impl FnOnce(Option<Instant>) -> bool) {
        let mut socket = locked(&self.0.socket);
        if let Socket::Refusing { bound, until } = &mut *socket
            && ready(*until)
        {
            let _within = self.0.runtime.enter();
            let bound = bound.take().map_or_else(|| bind(self.0.address), Ok);
            match bound.and_then(|bound| bound.listen(BACKLOG)) {
                Ok(listener) => *socket = Socket::Listening(listener),
                Err(_) => *until = Instant::now().checked_add(LISTEN_PAUSE),
            }
        }
        drop(socket);
        self.0.changed.notify_one();
    }

    /// What happens next; nothing ever does once the port is closed.
    pub(crate) async fn next(&self) -> Event {
        loop {
            let accepted = poll_fn(|context| match &*locked(&self.0.socket) {
                Socket::Listening(listener) => listener.poll_accept(context),
                Socket::Refusing { .. } | Socket::Closed => Poll::Pending,
            });
            tokio::select! {
                accepted = accepted => return Event::Connection(accepted.map(|(stream, _)| stream)),
                () = self.refusal_over() => return Event::RefusalOver,
                // Another socket than the one that was looked at.
                () = self.0.changed.notified() => {}
            }
        }
    }

    async fn refusal_over(&self) {
        let until = match &*locked(&self.0.socket) {
            Socket::Refusing { until, .. } => *until,
            Socket::Listening(_) | Socket::Closed => None,
        };
        match until {
            Some(until) => sleep_until(until).await,
            None => std::future::pending().await,
        }
    }
}

/// Listens at an address. Who is let in and not accepted waits in a row; where it is full, the system resets callers.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    bind(address)?.listen(BACKLOG)
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections of this port may be open or just have ended. On Windows this would let others take the port.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    socket.bind(address)?;
    Ok(socket)
}
