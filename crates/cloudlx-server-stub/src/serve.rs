//! The listening socket and its connections, from the first to the end of all.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::exchange;
use crate::state::{State, locked};

/// The buffer for the head of a request, in bytes. hyper answers 431 to a head that fills it, give or take one read.
const HEAD_BYTES: usize = 64 * 1024;

/// How long to wait before accepting again when accepting failed, which mostly means that the process has no file
/// handles left: at once would be a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The listening socket. Its clones are one socket, and each can close it, whether or not the server gets to run.
#[derive(Clone)]
pub(crate) struct Port(Arc<Mutex<Option<TcpListener>>>);

impl Port {
    pub(crate) fn of(listener: TcpListener) -> Self {
        Self(Arc::new(Mutex::new(Some(listener))))
    }

    pub(crate) fn close(&self) {
        locked(&self.0).take();
    }

    /// The next connection; none ever comes once the port is closed.
    async fn accept(&self) -> io::Result<TcpStream> {
        let accepted = poll_fn(|context| match &*locked(&self.0) {
            Some(listener) => listener.poll_accept(context),
            None => Poll::Pending,
        });
        accepted.await.map(|(stream, _)| stream)
    }
}

/// Serves until `stop` fires or its other end is dropped, then lets requests under way end, for a while.
///
/// Dropping the future ends all connections at once: they live in its join set.
pub(crate) async fn serve(port: Port, state: Arc<State>, stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(state.limits.header_time).max_buf_size(HEAD_BYTES);
    tokio::pin!(stop);

    loop {
        tokio::select! {
            _ = &mut stop => break,
            // Takes finished connections out of the set; how one ended is its peer's affair.
            Some(_) = connections.join_next() => {}
            accepted = port.accept() => match accepted {
                Ok(stream) => {
                    // Answers are small and written whole: waiting to fill a packet only adds delay.
                    let _ = stream.set_nodelay(true);
                    let state = Arc::clone(&state);
                    let service = service_fn(move |request| {
                        let state = Arc::clone(&state);
                        async move { Ok::<_, Infallible>(exchange::answer(state, request).await) }
                    });
                    connections.spawn(graceful.watch(http.serve_connection(TokioIo::new(stream), service)));
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    }

    port.close();
    // What is not done by then is cut off by dropping the join set.
    let _ = timeout(state.limits.shutdown_time, graceful.shutdown()).await;
}
