//! Bounds the number of connections, and picks the one that closes when another needs its slot.
//!
//! A peer can replace a connection without an active request at no cost. So when all slots are occupied, the connection that
//! has idled longest is asked to close: idle connections cannot keep out a caller with a request. A connection that closes
//! sends what it has begun first, so that no caller loses the answer to a request that was processed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::Id;
use tokio::time::{Instant, sleep};

use crate::lock::locked;

/// The slots of one server.
pub(crate) struct ConnectionLimit {
    most: usize,
    occupied: HashMap<Id, Slot>,
    idled: Arc<Notify>,
}

/// The slot of one connection. Its clones are one slot.
#[derive(Clone)]
pub(crate) struct Slot {
    usage: Arc<Mutex<Usage>>,
    idled: Arc<Notify>,
    asked_to_close: Arc<Notify>,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy)]
struct Usage {
    /// How many requests are active.
    requests: usize,
    /// When a request was last active or the peer last read a part of an answer; at first, when the connection was accepted.
    last_active: Instant,
    /// Whether there was any request. Only then can an answer be in transit.
    had_request: bool,
    asked_to_close: bool,
}

/// An active request, until it is dropped.
pub(crate) struct ActiveRequest(Slot);

impl ConnectionLimit {
    /// Allows `most` connections, and at least one.
    pub(crate) fn new(most: usize) -> Self {
        Self { most: most.max(1), occupied: HashMap::new(), idled: Arc::default() }
    }

    /// A slot for a new connection, to be [occupied](Self::occupy).
    pub(crate) fn new_slot(&self) -> Slot {
        let usage =
            Usage { requests: 0, last_active: Instant::now(), had_request: false, asked_to_close: false };
        let usage = Arc::new(Mutex::new(usage));
        Slot { usage, idled: Arc::clone(&self.idled), asked_to_close: Arc::default() }
    }

    /// The task that serves a connection occupies its slot until the task ends.
    pub(crate) fn occupy(&mut self, slot: Slot, task: Id) {
        self.occupied.insert(task, slot);
    }

    /// Frees the slot of a task that has ended.
    pub(crate) fn free(&mut self, task: Id) {
        self.occupied.remove(&task);
    }

    /// Whether another connection may begin. If not, an idle one is asked to close.
    pub(crate) fn has_room(&self) -> bool {
        let room = self.occupied.len() < self.most;
        if !room {
            self.close_longest_idle();
        }
        room
    }

    /// Asks the connection that has idled longest to close, unless one is closing already.
    pub(crate) fn close_longest_idle(&self) {
        let idle = self.occupied.values().filter_map(|slot| Some((slot.idle_usage()?, slot)));
        let idle: Vec<_> = idle.collect();
        if idle.iter().any(|(usage, _)| usage.asked_to_close) {
            return;
        }
        // A connection that receives a request meanwhile answers it first. The caller asks again when another one idles.
        if let Some((_, longest)) = idle.into_iter().min_by_key(|(usage, _)| usage.last_active) {
            longest.ask_to_close();
        }
    }

    /// Completes when a connection has begun to idle.
    pub(crate) async fn idled(&self) {
        self.idled.notified().await;
    }
}

impl Slot {
    /// A request begins.
    pub(crate) fn begin_request(&self) -> ActiveRequest {
        let mut usage = locked(&self.usage);
        usage.requests += 1;
        usage.had_request = true;
        ActiveRequest(self.clone())
    }

    /// The peer, or a proxy before it, has read a part of an answer.
    pub(crate) fn touch(&self) {
        locked(&self.usage).last_active = Instant::now();
    }

    /// Completes when the connection is asked to close because another one needs its slot.
    pub(crate) async fn asked_to_close(&self) {
        self.asked_to_close.notified().await;
    }

    /// Completes when no answer is in transit: at once if there was no request, else after `time` without an active request
    /// or a read by the peer.
    pub(crate) async fn delivered(&self, time: Duration) {
        if locked(&self.usage).had_request {
            self.idle_for(time).await;
        }
    }

    /// Completes after `time` without an active request or a read by the peer.
    pub(crate) async fn idle_for(&self, time: Duration) {
        loop {
            let left =
                self.idle_usage().map_or(time, |usage| time.saturating_sub(usage.last_active.elapsed()));
            if left.is_zero() {
                return;
            }
            sleep(left).await;
        }
    }

    /// The usage while no request is active; none while one is.
    fn idle_usage(&self) -> Option<Usage> {
        let usage = *locked(&self.usage);
        (usage.requests == 0).then_some(usage)
    }

    fn ask_to_close(&self) {
        locked(&self.usage).asked_to_close = true;
        self.asked_to_close.notify_one();
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let Self(Slot { usage, idled, .. }) = self;
        let mut usage = locked(usage);
        usage.requests = usage.requests.saturating_sub(1);
        usage.last_active = Instant::now();
        drop(usage);
        idled.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::task::JoinSet;

    use super::*;

    async fn is_asked_to_close(slot: &Slot) -> bool {
        tokio::select! {
            biased;
            () = slot.asked_to_close() => true,
            () = ready(()) => false,
        }
    }

    #[tokio::test]
    async fn the_connection_that_has_idled_longest_makes_room() {
        let (mut limit, mut tasks) = (ConnectionLimit::new(2), JoinSet::new());
        let mut connect = |limit: &mut ConnectionLimit| {
            let (slot, task) = (limit.new_slot(), tasks.spawn(pending::<()>()).id());
            limit.occupy(slot.clone(), task);
            (slot, task)
        };
        let ((first, _), (second, task)) = (connect(&mut limit), connect(&mut limit));
        let active = first.begin_request();
        assert!(!limit.has_room());
        assert!(is_asked_to_close(&second).await && !is_asked_to_close(&first).await, "the second idles");
        assert!(!limit.has_room(), "until it has ended");
        assert!(!is_asked_to_close(&second).await, "once is enough");
        limit.free(task);
        assert!(limit.has_room());

        let (third, _) = connect(&mut limit);
        let other = third.begin_request();
        assert!(!limit.has_room());
        assert!(!is_asked_to_close(&first).await && !is_asked_to_close(&third).await, "both are busy");
        drop((active, other));
        limit.idled().await;
        assert!(!limit.has_room());
        assert!(
            is_asked_to_close(&first).await && !is_asked_to_close(&third).await,
            "it idled before the third"
        );
        // A request that arrives meanwhile is answered, and another connection makes room.
        let _late = first.begin_request();
        assert!(!limit.has_room());
        assert!(is_asked_to_close(&third).await);
    }

    #[tokio::test]
    async fn a_slot_is_busy_while_any_of_its_requests_is_active() {
        let slot = ConnectionLimit::new(0).new_slot();
        let (one, other) = (slot.begin_request(), slot.begin_request());
        drop(one);
        assert!(slot.idle_usage().is_none());
        drop(other);
        assert!(slot.idle_usage().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn idling_is_counted_from_the_last_request_and_the_last_part_of_its_answer() {
        let slot = ConnectionLimit::new(1).new_slot();
        let start = Instant::now();
        sleep(Duration::from_secs(6)).await;
        drop(slot.begin_request());
        sleep(Duration::from_secs(6)).await;
        slot.touch();
        slot.idle_for(Duration::from_secs(10)).await;
        assert!(start.elapsed() >= Duration::from_secs(22), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_in_transit_on_a_connection_without_requests() {
        let (slot, start) = (ConnectionLimit::new(1).new_slot(), Instant::now());
        slot.delivered(Duration::from_secs(1)).await;
        assert!(start.elapsed().is_zero());
        drop(slot.begin_request());
        slot.delivered(Duration::from_secs(1)).await;
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
}
