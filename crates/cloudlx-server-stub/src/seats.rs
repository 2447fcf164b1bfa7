//! How many connections there are at once, and which one goes when another comes.
//!
//! A connection that has no request under way costs its owner nothing to make again. So when all seats are taken, the one
//! that has idled longest gives up its own: a crowd that only sits there cannot keep a caller out who has something to ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::{AbortHandle, Id};
use tokio::time::{Instant, sleep};

use crate::state::locked;

/// The seats of one server.
pub(crate) struct Seats {
    most: usize,
    taken: HashMap<Id, (Seat, AbortHandle)>,
    idled: Arc<Notify>,
}

/// What one connection sits on. Its clones are one seat.
#[derive(Clone)]
pub(crate) struct Seat {
    use_of: Arc<Mutex<Use>>,
    idled: Arc<Notify>,
}

#[derive(Debug, Clone, Copy)]
enum Use {
    /// No request is under way, since then.
    Idle(Instant),
    /// So many are.
    Busy(usize),
    /// Another connection has the seat, and this one is ending.
    Lost,
}

/// A request under way, until it is dropped.
pub(crate) struct UnderWay(Seat);

impl Seats {
    /// At least one.
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), taken: HashMap::new(), idled: Arc::default() }
    }

    /// A seat for a connection that has just come, to be [taken](Self::take).
    pub(crate) fn seat(&self) -> Seat {
        Seat { use_of: Arc::new(Mutex::new(Use::Idle(Instant::now()))), idled: Arc::clone(&self.idled) }
    }

    /// The connection that a task serves has this seat until the task ends.
    pub(crate) fn take(&mut self, seat: Seat, task: AbortHandle) {
        self.taken.insert(task.id(), (seat, task));
    }

    /// A task has ended.
    pub(crate) fn leave(&mut self, task: Id) {
        self.taken.remove(&task);
    }

    /// Whether one more may come; one that idles makes room if need be.
    pub(crate) fn have_room(&mut self) -> bool {
        self.taken.len() < self.most || self.give_up_one()
    }

    /// Ends the connection that has idled longest, if one does.
    pub(crate) fn give_up_one(&mut self) -> bool {
        let idle = self.taken.iter().filter_map(|(id, (seat, _))| Some((seat.idle_since()?, *id)));
        let Some((_, longest)) = idle.min_by_key(|(since, _)| *since) else { return false };
        // A request that came meanwhile keeps its connection; the caller asks again when something idles.
        let lost = self.taken.get(&longest).is_some_and(|(seat, _)| seat.lose());
        if lost && let Some((_, task)) = self.taken.remove(&longest) {
            task.abort();
        }
        lost
    }

    /// Done when a connection has begun to idle.
    pub(crate) async fn idled(&self) {
        self.idled.notified().await;
    }
}

impl Seat {
    /// A request begins; none when the seat is lost, and the request must not be processed: its answer would not be sent.
    pub(crate) fn begin(&self) -> Option<UnderWay> {
        let mut use_of = locked(&self.use_of);
        *use_of = match *use_of {
            Use::Idle(_) => Use::Busy(1),
            Use::Busy(requests) => Use::Busy(requests + 1),
            Use::Lost => return None,
        };
        Some(UnderWay(self.clone()))
    }

    /// Done when no request has been under way for so long.
    #[cfg_attr(not(feature = "http2"), allow(dead_code, reason = "HTTP/1.1 has hyper's own timer"))]
    pub(crate) async fn idles_for(&self, time: Duration) {
        loop {
            let left = self.idle_since().map_or(time, |since| time.saturating_sub(since.elapsed()));
            if left.is_zero() {
                return;
            }
            sleep(left).await;
        }
    }

    fn idle_since(&self) -> Option<Instant> {
        match *locked(&self.use_of) {
            Use::Idle(since) => Some(since),
            Use::Busy(_) | Use::Lost => None,
        }
    }

    fn lose(&self) -> bool {
        let mut use_of = locked(&self.use_of);
        let idle = matches!(*use_of, Use::Idle(_));
        if idle {
            *use_of = Use::Lost;
        }
        idle
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Self(Seat { use_of, idled }) = self;
        let mut use_of = locked(use_of);
        if let Use::Busy(requests) = *use_of {
            *use_of = if requests > 1 { Use::Busy(requests - 1) } else { Use::Idle(Instant::now()) };
        }
        drop(use_of);
        idled.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn the_one_that_has_idled_longest_makes_room() {
        let (mut seats, mut tasks) = (Seats::new(2), JoinSet::new());
        let mut come = |seats: &mut Seats| {
            let seat = seats.seat();
            seats.take(seat.clone(), tasks.spawn(pending::<()>()));
            seat
        };
        let (first, second) = (come(&mut seats), come(&mut seats));
        let under_way = first.begin().expect("a seat");
        assert!(seats.have_room(), "the second idles");
        assert!(second.begin().is_none(), "its seat is lost");
        let third = come(&mut seats);
        let other = third.begin().expect("a seat");
        assert!(!seats.have_room(), "both are busy");
        drop((under_way, other));
        seats.idled().await;
        assert!(seats.have_room());
        assert!(first.begin().is_none(), "the first idled before the third");
        assert!(third.begin().is_some());
    }

    #[tokio::test]
    async fn a_seat_is_busy_while_any_of_its_requests_is_under_way() {
        let seat = Seats::new(0).seat();
        let (one, other) = (seat.begin(), seat.begin());
        drop(one);
        assert!(seat.idle_since().is_none());
        drop(other);
        assert!(seat.idle_since().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn idling_is_counted_from_the_last_request_on() {
        let seat = Seats::new(1).seat();
        sleep(Duration::from_secs(6)).await;
        drop(seat.begin());
        let start = Instant::now();
        seat.idles_for(Duration::from_secs(10)).await;
        assert!(start.elapsed() >= Duration::from_secs(10), "{:?}", start.elapsed());
    }
}
