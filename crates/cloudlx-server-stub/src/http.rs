//! Connections, from the first to the end of all.

mod connection;
mod connection_limit;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::exchange::Exchange;
use crate::wire::listener::Event;
use connection::Connection;
use connection_limit::Seats;

/// How long to wait before accepting again when accepting failed, which mostly means that the process has no file
/// handles left: at once would be a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` fires or its other end is dropped, then lets requests under way end, for a while.
///
/// Dropping the future ends all connections at once: they live in its join set.
pub(crate) async fn serve(exchange: Arc<Exchange>, stop: oneshot::Receiver<()>) {
    let server = Arc::clone(&exchange.server);
    let mut connections = JoinSet::new();
    let mut seats = Seats::new(server.limits.connections);
    // One that was accepted and has no seat yet. Until it has one, no other is accepted.
    let mut waiting = None;
    // Never sent to: dropping it tells all connections.
    let (end, ending) = watch::channel(());
    tokio::pin!(stop);

    loop {
        tokio::select! {
            _ = &mut stop => break,
            // How one ended is its peer's affair.
            Some(ended) = connections.join_next_with_id() => {
                seats.leave(ended.map_or_else(|error| error.id(), |(task, ())| task));
            }
            () = seats.idled(), if waiting.is_some() => {}
            event = server.listener.next(), if waiting.is_none() => match event {
                Event::Connection(Ok(stream)) => {
                    let closed = server.faults.closes_this();
                    // Before anything is read: what this connection's caller does next may be to open another.
                    server.faults.refuse_next();
                    waiting = (!closed).then_some(stream);
                }
                Event::Connection(Err(_)) => {
                    seats.give_up_one();
                    sleep(ACCEPT_PAUSE).await;
                }
                Event::RefusalOver => if !server.faults.refuse_next() {
                    server.listener.listen_when_over();
                },
            },
        }
        if let Some(stream) = waiting.take_if(|_| seats.have_room()) {
            let seat = seats.seat();
            let connection =
                Connection { exchange: Arc::clone(&exchange), seat: seat.clone(), ending: ending.clone() };
            seats.take(seat, connections.spawn(connection.converse(stream)).id());
        }
    }

    server.listener.close();
    server.observers.requests.end_waits();
    drop((end, waiting));
    // What is not done by then is cut off by dropping the join set.
    let _ = timeout(server.limits.shutdown_time, async { while connections.join_next().await.is_some() {} })
        .await;
}
