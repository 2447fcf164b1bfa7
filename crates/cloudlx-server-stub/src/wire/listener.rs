//! Opens, refuses and closes the listening socket.
//!
//! The system completes connections to a listening socket, also before the stub accepts them. To refuse connections, the stub
//! replaces that socket by one that is bound to the port and does not listen. The bound socket keeps the system from giving
//! the port to another process that asks for any free one.

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

/// How many connections the system completes before the stub accepts them.
const BACKLOG: u32 = 1024;

/// The pause before another attempt to listen.
const LISTEN_PAUSE: Duration = Duration::from_millis(50);

/// The listening socket. Its clones share one socket, and each can close it, also when the server never runs.
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
        /// None when binding failed; then another process can take the port.
        bound: Option<TcpSocket>,
        /// None: without an end.
        until: Option<Instant>,
    },
    Closed,
}

/// What happened at the socket.
pub(crate) enum Event {
    /// A connection was accepted, or accepting one failed.
    Connection(io::Result<TcpStream>),
    /// The time of a refusal is over. Connections are refused until the socket listens.
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

    /// Refuses connections from now on, for as long as `lasts`.
    pub(crate) fn refuse(&self, lasts: Duration) {
        let mut socket = locked(&self.0.socket);
        let bound = match &mut *socket {
            Socket::Listening(_) => {
                // The port cannot be bound again while a socket listens at it.
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

    /// Listens again, also before the time of a refusal is over.
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

    /// The next event. Once the socket is closed, there is none, and this never completes.
    pub(crate) async fn next(&self) -> Event {
        loop {
            let accepted = poll_fn(|context| match &*locked(&self.0.socket) {
                Socket::Listening(listener) => listener.poll_accept(context),
                Socket::Refusing { .. } | Socket::Closed => Poll::Pending,
            });
            tokio::select! {
                accepted = accepted => return Event::Connection(accepted.map(|(stream, _)| stream)),
                () = self.refusal_over() => return Event::RefusalOver,
                // The socket has been replaced: wait on the new one.
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

/// Listens at an address. Connections wait in the backlog to be accepted; where it is full, the system resets further ones.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    bind(address)?.listen(BACKLOG)
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // The port may have connections that are open or have just ended. On Windows, this option would let others take the port.
    socket.set_reuseaddr(cfg!(not(windows)))?;
    socket.bind(address)?;
    Ok(socket)
}
