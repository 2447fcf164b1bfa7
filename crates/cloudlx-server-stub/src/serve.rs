//! The listening socket and its connections, from the first to the end of all.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::exchange;
use crate::state::State;

/// The buffer for the head of a request, in bytes. hyper answers 431 to a head that fills it, give or take one read.
const HEAD_BYTES: usize = 64 * 1024;

/// How long to wait before accepting again when accepting failed, which mostly means that the process has no file
/// handles left: at once would be a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` fires or its other end is dropped, then lets requests under way end, for a while.
///
/// Dropping the future ends everything at once: connections live in its join set.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>, stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    // Locals go in reverse order: when this future is dropped, the port closes before the connections do. So a peer
    // that sees its connection end can rely on the port being closed.
    let listener = listener;
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(state.limits.header_time).max_buf_size(HEAD_BYTES);
    tokio::pin!(stop);

    loop {
        tokio::select! {
            _ = &mut stop => break,
            // Takes finished connections out of the set; how one ended is its peer's affair.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
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

    drop(listener);
    // What is not done by then is cut off by dropping the join set.
    let _ = timeout(state.limits.shutdown_time, graceful.shutdown()).await;
}
