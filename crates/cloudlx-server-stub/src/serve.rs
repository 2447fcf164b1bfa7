//! Connections, from the first to the end of all.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::exchange::{self, Reply};
use crate::port::Event;
use crate::state::State;

/// The buffer for the head of a request, in bytes. hyper answers 431 to a head that fills it, give or take one read.
const HEAD_BYTES: usize = 64 * 1024;

/// How long to wait before accepting again when accepting failed, which mostly means that the process has no file
/// handles left: at once would be a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` fires or its other end is dropped, then lets requests under way end, for a while.
///
/// Dropping the future ends all connections at once: they live in its join set.
pub(crate) async fn serve(state: Arc<State>, stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    // Never sent to: dropping it tells all connections.
    let (end, ending) = watch::channel(());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(state.limits.header_time).max_buf_size(HEAD_BYTES);
    tokio::pin!(stop);

    loop {
        tokio::select! {
            _ = &mut stop => break,
            // Takes finished connections out of the set; how one ended is its peer's affair.
            Some(_) = connections.join_next() => {}
            event = state.port.next() => match event {
                Event::Connection(Ok(stream)) => {
                    let closed = state.faults.closes_this();
                    // Before anything is read: what this connection's caller does next may be to open another.
                    state.refuse_if_due();
                    if !closed {
                        connections.spawn(converse(stream, http.clone(), Arc::clone(&state), ending.clone()));
                    }
                }
                Event::Connection(Err(_)) => sleep(ACCEPT_PAUSE).await,
                Event::RefusalOver => if !state.refuse_if_due() {
                    state.port.listen_when_over();
                },
            },
        }
    }

    state.port.close();
    state.journal.end_waits();
    drop(end);
    // What is not done by then is cut off by dropping the join set.
    let _ =
        timeout(state.limits.shutdown_time, async { while connections.join_next().await.is_some() {} }).await;
}

/// Serves one connection, until it ends or a fault takes it over.
async fn converse(
    stream: TcpStream,
    http: http1::Builder,
    state: Arc<State>,
    mut ending: watch::Receiver<()>,
) {
    // Answers are small and written whole: waiting to fill a packet only adds delay.
    let _ = stream.set_nodelay(true);
    let patience = state.limits.header_time;
    let (take_over, mut scripts) = mpsc::channel(1);
    let service = service_fn(move |request| {
        let (state, take_over) = (Arc::clone(&state), take_over.clone());
        async move {
            match exchange::answer(state, request).await {
                Reply::Http(response) => Ok::<_, Infallible>(response),
                Reply::Script(script) => {
                    // The receiver lives as long as the connection. Then this future is dropped with the server's part
                    // of the connection, which is all that it waits for.
                    let _ = take_over.send(script).await;
                    pending().await
                }
            }
        }
    });
    let mut connection = http.serve_connection(TokioIo::new(stream), service);
    let mut told = false;
    loop {
        tokio::select! {
            _ = &mut connection => return,
            Some(script) = scripts.recv() => {
                let stream = connection.into_parts().io.into_inner();
                return script.play(stream, ending, patience).await;
            }
            _ = ending.changed(), if !told => told = true,
        }
        Pin::new(&mut connection).graceful_shutdown();
    }
}
