//! How many connections there are at once, and which one goes when another comes.
//!
//! A connection that has no request under way costs its owner nothing to make again. So when all seats are taken, the one
//! that has idled longest is told to end: a crowd that only sits there cannot keep a caller out who has something to ask. It
//! ends what it has begun to send first, so that nobody loses the answer to something that was done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::Id;
use tokio::time::{Instant, sleep};

use crate::lock::locked;

/// The seats of one server.
pub(crate) struct Seats {
    most: usize,
    taken: HashMap<Id, Seat>,
    idled: Arc<Notify>,
}

/// What one connection sits on. Its clones are one seat.
#[derive(Clone)]
pub(crate) struct Seat {
    use_of: Arc<Mutex<Use>>,
    idled: Arc<Notify>,
    told_to_end: Arc<Notify>,
}

/// What a connection does with its seat.
#[derive(Debug, Clone, Copy)]
struct Use {
    /// How many requests are under way.
    requests: usize,
    /// When a request was under way last, or a part of its answer was taken. The beginning, where there was none.
    last: Instant,
    /// Whether there was any: then there can be an answer that has yet to go out.
    was_busy: bool,
    told_to_end: bool,
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
        let use_of = Use { requests: 0, last: Instant::now(), was_busy: false, told_to_end: false };
        let use_of = Arc::new(Mutex::new(use_of));
        Seat { use_of, idled: Arc::clone(&self.idled), told_to_end: Arc::default() }
    }

    /// The connection that a task serves has this seat until the task ends.
    pub(crate) fn take(&mut self, seat: Seat, task: Id) {
        self.taken.insert(task, seat);
    }

    /// A task has ended.
    pub(crate) fn leave(&mut self, task: Id) {
        self.taken.remove(&task);
    }

    /// Whether one more may come. If not, one that idles is told to make room.
    pub(crate) fn have_room(&self) -> bool {
        let room = self.taken.len() < self.most;
        if !room {
            self.give_up_one();
        }
        room
    }

    /// Tells the connection to end that has idled longest, if one does and none is on its way out already.
    pub(crate) fn give_up_one(&self) {
        let idle = self.taken.values().filter_map(|seat| Some((seat.idle()?, seat)));
        let idle: Vec<_> = idle.collect();
        if idle.iter().any(|(use_of, _)| use_of.told_to_end) {
            return;
        }
        // One to which a request comes meanwhile answers it first; the caller asks again when something idles.
        if let Some((_, longest)) = idle.into_iter().min_by_key(|(use_of, _)| use_of.last) {
            longest.tell_to_end();
        }
    }

    /// Done when a connection has begun to idle.
    pub(crate) async fn idled(&self) {
        self.idled.notified().await;
    }
}

impl Seat {
    /// A request begins.
    pub(crate) fn begin(&self) -> UnderWay {
        let mut use_of = locked(&self.use_of);
        use_of.requests += 1;
        use_of.was_busy = true;
        UnderWay(self.clone())
    }

    /// A part of an answer was taken by its caller, or by what lies between.
    pub(crate) fn touch(&self) {
        locked(&self.use_of).last = Instant::now();
    }

    /// Done when the connection is to end, for another that needs its seat.
    pub(crate) async fn told_to_end(&self) {
        self.told_to_end.notified().await;
    }

    /// Done when nothing can be left to send: at once where there was no request, else when none has been under way for so
    /// long, and nothing of an answer was taken.
    pub(crate) async fn sent_within(&self, time: Duration) {
        if locked(&self.use_of).was_busy {
            self.idles_for(time).await;
        }
    }

    /// Done when no request has been under way for so long, and nothing of an answer was taken.
    pub(crate) async fn idles_for(&self, time: Duration) {
        loop {
            let left = self.idle().map_or(time, |use_of| time.saturating_sub(use_of.last.elapsed()));
            if left.is_zero() {
                return;
            }
            sleep(left).await;
        }
    }

    /// What it is while no request is under way.
    fn idle(&self) -> Option<Use> {
        let use_of = *locked(&self.use_of);
        (use_of.requests == 0).then_some(use_of)
    }

    fn tell_to_end(&self) {
        locked(&self.use_of).told_to_end = true;
        self.told_to_end.notify_one();
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Self(Seat { use_of, idled, .. }) = self;
        let mut use_of = locked(use_of);
        use_of.requests = use_of.requests.saturating_sub(1);
        use_of.last = Instant::now();
        drop(use_of);
        idled.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::task::JoinSet;

    use super::*;

    async fn is_told_to_end(seat: &Seat) -> bool {
        tokio::select! {
            biased;
            () = seat.told_to_end() => true,
            () = ready(()) => false,
        }
    }

    #[tokio::test]
    async fn the_one_that_has_idled_longest_makes_room() {
        let (mut seats, mut tasks) = (Seats::new(2), JoinSet::new());
        let mut come = |seats: &mut Seats| {
            let (seat, task) = (seats.seat(), tasks.spawn(pending::<()>()).id());
            seats.take(seat.clone(), task);
            (seat, task)
        };
        let ((first, _), (second, task)) = (come(&mut seats), come(&mut seats));
        let under_way = first.begin();
        assert!(!seats.have_room());
        assert!(is_told_to_end(&second).await && !is_told_to_end(&first).await, "the second idles");
        assert!(!seats.have_room(), "until it has ended");
        assert!(!is_told_to_end(&second).await, "once is enough");
        seats.leave(task);
        assert!(seats.have_room());

        let (third, _) = come(&mut seats);
        let other = third.begin();
        assert!(!seats.have_room());
        assert!(!is_told_to_end(&first).await && !is_told_to_end(&third).await, "both are busy");
        drop((under_way, other));
        seats.idled().await;
        assert!(!seats.have_room());
        assert!(is_told_to_end(&first).await && !is_told_to_end(&third).await, "it idled before the third");
        // A request that came meanwhile is answered, and somebody else makes room.
        let _late = first.begin();
        assert!(!seats.have_room());
        assert!(is_told_to_end(&third).await);
    }

    #[tokio::test]
    async fn a_seat_is_busy_while_any_of_its_requests_is_under_way() {
        let seat = Seats::new(0).seat();
        let (one, other) = (seat.begin(), seat.begin());
        drop(one);
        assert!(seat.idle().is_none());
        drop(other);
        assert!(seat.idle().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn idling_is_counted_from_the_last_request_and_the_last_part_of_its_answer() {
        let seat = Seats::new(1).seat();
        let start = Instant::now();
        sleep(Duration::from_secs(6)).await;
        drop(seat.begin());
        sleep(Duration::from_secs(6)).await;
        seat.touch();
        seat.idles_for(Duration::from_secs(10)).await;
        assert!(start.elapsed() >= Duration::from_secs(22), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_never_answered_is_waited_for_by_nobody() {
        let (seat, start) = (Seats::new(1).seat(), Instant::now());
        seat.sent_within(Duration::from_secs(1)).await;
        assert!(start.elapsed().is_zero());
        drop(seat.begin());
        seat.sent_within(Duration::from_secs(1)).await;
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
}
