//! Accepts connections and serves them, until the stub stops.

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
use connection_limit::ConnectionLimit;

/// The pause after a failed accept. Mostly the process has no file handles left, and without a pause this would be a busy
/// loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` fires or its sender is dropped, then waits for active requests within the shutdown time.
///
/// Dropping the future ends all connections at once: they live in its join set.
pub(crate) async fn serve(exchange: Arc<Exchange>, stop: oneshot::Receiver<()>) {
    let server = Arc::clone(&exchange.server);
    let mut connections = JoinSet::new();
    let mut limit = ConnectionLimit::new(server.limits.connections);
    // Accepted, and without a slot. Until it has one, no other is accepted.
    let mut waiting = None;
    // Nothing is ever sent: dropping the sender ends all connections.
    let (end, ending) = watch::channel(());
    tokio::pin!(stop);

    loop {
        tokio::select! {
            _ = &mut stop => break,
            // An error of one connection concerns its peer only.
            Some(ended) = connections.join_next_with_id() => {
                limit.free(ended.map_or_else(|error| error.id(), |(task, ())| task));
            }
            () = limit.idled(), if waiting.is_some() => {}
            event = server.listener.next(), if waiting.is_none() => match event {
                Event::Connection(Ok(stream)) => {
                    let closed = server.faults.should_close();
                    // Decided before anything is read: the caller may open its next connection at once.
                    server.faults.refuse_next();
                    waiting = (!closed).then_some(stream);
                }
                Event::Connection(Err(_)) => {
                    limit.close_longest_idle();
                    sleep(ACCEPT_PAUSE).await;
                }
                Event::RefusalOver => if !server.faults.refuse_next() {
                    server.listener.listen_when_over();
                },
            },
        }
        if let Some(stream) = waiting.take_if(|_| limit.has_room()) {
            let slot = limit.new_slot();
            let connection =
                Connection { exchange: Arc::clone(&exchange), slot: slot.clone(), ending: ending.clone() };
            limit.occupy(slot, connections.spawn(connection.serve(stream)).id());
        }
    }

    server.listener.close();
    server.observers.requests.end_waits();
    drop((end, waiting));
    // Dropping the join set aborts what has not ended by then.
    let _ = timeout(server.limits.shutdown_time, async { while connections.join_next().await.is_some() {} })
        .await;
}
