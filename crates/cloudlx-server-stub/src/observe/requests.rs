//! The requests that the stub saw: the last ones only, within a bound on their number and one on their bytes.

mod recorded;
mod secrets;

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::watch;

pub use recorded::RecordedRequest;
pub(crate) use secrets::Secrets;

use crate::lock::locked;

/// How many bytes a journal may take for each request that it is made for. Most take a tenth of it.
const BYTES_FOR_EACH: usize = 8 * 1024;

/// How many bytes every journal may take, so that a short one has room for long requests.
const BYTES_AT_LEAST: usize = 1024 * 1024;

/// The last requests, as many as it was made for and as fit in its bytes. The newest is there, whatever it takes.
pub(crate) struct Journal {
    size: usize,
    bytes: usize,
    seen: Mutex<Seen>,
    /// Tells those who wait of every change, and at the end that there is nothing to wait for any more.
    ended: watch::Sender<bool>,
}

#[derive(Default)]
struct Seen {
    /// The number of the newest request. Numbers go on when the journal is cleared, so that nobody who follows it misses
    /// one.
    newest: u64,
    /// The newest number when the journal was cleared.
    cleared: u64,
    last: VecDeque<RecordedRequest>,
    /// What `last` holds.
    bytes: usize,
}

/// A part of the journal.
pub(crate) struct Excerpt {
    /// How many requests there were, since the start or since the journal was cleared.
    pub(crate) total: u64,
    /// How many of them are kept.
    pub(crate) kept: usize,
    /// The number of the newest request.
    pub(crate) newest: u64,
    /// Requests with their numbers, oldest first.
    pub(crate) requests: Vec<(u64, RecordedRequest)>,
}

impl Journal {
    pub(crate) fn new(size: usize) -> Self {
        let bytes = size.saturating_mul(BYTES_FOR_EACH).max(BYTES_AT_LEAST);
        Self { size, bytes, seen: Mutex::default(), ended: watch::Sender::new(false) }
    }

    /// Keeps a request that was made safe, in the place of the oldest ones when there is no more room.
    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut seen = locked(&self.seen);
        seen.newest = seen.newest.saturating_add(1);
        seen.bytes = seen.bytes.saturating_add(request.bytes_held());
        seen.last.push_back(request);
        while seen.last.len() > self.size || seen.bytes > self.bytes && seen.last.len() > 1 {
            let Some(oldest) = seen.last.pop_front() else { break };
            seen.bytes = seen.bytes.saturating_sub(oldest.bytes_held());
        }
        drop(seen);
        // Mostly nobody waits. Who begins to from here on looks at what is there first.
        if self.ended.receiver_count() > 0 {
            self.ended.send_modify(|_| {});
        }
    }

    /// The first `limit` requests after the one with the number `after`; the newest where there is no such number.
    pub(crate) fn excerpt(&self, after: Option<u64>, limit: usize) -> Excerpt {
        let seen = locked(&self.seen);
        let kept = seen.last.len();
        let oldest = seen.newest.saturating_sub(u64::try_from(kept).unwrap_or(u64::MAX)).saturating_add(1);
        let skipped = match after {
            Some(after) => usize::try_from(after.saturating_add(1).saturating_sub(oldest)).unwrap_or(kept),
            None => kept.saturating_sub(limit),
        };
        let numbered = (oldest..).zip(&seen.last).skip(skipped).take(limit);
        Excerpt {
            total: seen.newest.saturating_sub(seen.cleared),
            kept,
            newest: seen.newest,
            requests: numbered.map(|(number, request)| (number, request.clone())).collect(),
        }
    }

    /// Forgets all requests, and says how many there were.
    pub(crate) fn clear(&self) -> u64 {
        let mut seen = locked(&self.seen);
        let total = seen.newest.saturating_sub(seen.cleared);
        seen.cleared = seen.newest;
        seen.last.clear();
        seen.bytes = 0;
        drop(seen);
        self.ended.send_modify(|_| {});
        total
    }

    /// What changes with every change of the journal from now on. It holds whether waits have ended.
    pub(crate) fn changes(&self) -> watch::Receiver<bool> {
        self.ended.subscribe()
    }

    /// Lets nobody wait any more: the stub ends.
    pub(crate) fn end_waits(&self) {
        self.ended.send_replace(true);
    }

    /// The requests that are kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        locked(&self.seen).last.iter().cloned().collect()
    }

    /// How many requests there were, with those that are no longer kept, since the start or since it was cleared.
    pub(crate) fn total(&self) -> u64 {
        let seen = locked(&self.seen);
        seen.newest.saturating_sub(seen.cleared)
    }

    /// Returns once there were so many.
    pub(crate) async fn reached(&self, total: u64) {
        let mut changes = self.changes();
        // The sender lives as long as this does, so the wait ends with the number alone.
        while self.total() < total && changes.changed().await.is_ok() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(path: &str) -> RecordedRequest {
        RecordedRequest { path: path.to_owned(), ..recorded::tests::request() }
    }

    fn paths(journal: &Journal) -> Vec<String> {
        journal.requests().into_iter().map(|request| request.path).collect()
    }

    #[test]
    fn the_oldest_goes_first_and_is_still_counted() {
        let journal = Journal::new(2);
        for path in ["/1", "/2", "/3"] {
            journal.record(to(path));
        }
        assert_eq!(paths(&journal), ["/2", "/3"]);
        assert_eq!(journal.total(), 3);
        let none = Journal::new(0);
        none.record(to("/1"));
        assert_eq!((none.requests().len(), none.total()), (0, 1));
    }

    #[test]
    fn bytes_are_bounded_too_and_the_newest_stays() {
        let journal = Journal::new(1_000);
        let held = |journal: &Journal| {
            locked(&journal.seen).last.iter().map(RecordedRequest::bytes_held).sum::<usize>()
        };
        for _ in 0..1_000 {
            journal.record(RecordedRequest { body: vec![0; 64 * 1024], ..to("/") });
            assert!(held(&journal) <= 1_000 * BYTES_FOR_EACH);
            assert_eq!(held(&journal), locked(&journal.seen).bytes);
        }
        assert!(held(&journal) > 900 * BYTES_FOR_EACH, "{}", held(&journal));
        journal.record(RecordedRequest { body: vec![0; 1_001 * BYTES_FOR_EACH], ..to("/huge") });
        assert_eq!(paths(&journal), ["/huge"]);
    }
}
