//! The request log: the last requests that the stub answered, bounded in number and in bytes.

mod recorded;
mod secrets;

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::watch;

pub use recorded::RecordedRequest;
pub(crate) use secrets::Secrets;

use crate::lock::locked;

/// The log's bound in bytes, for each request that it has room for. Most requests need a tenth of it.
const BYTES_PER_REQUEST: usize = 8 * 1024;

/// The smallest bound in bytes, so that a log of few requests has room for long ones.
const LEAST_BYTES: usize = 1024 * 1024;

/// The last requests, within both bounds. The newest is always kept, however long it is.
pub(crate) struct RequestLog {
    most_requests: usize,
    most_bytes: usize,
    entries: Mutex<Entries>,
    /// Wakes all waiters on every change. It becomes true when the stub ends: then nobody waits any more.
    ended: watch::Sender<bool>,
}

#[derive(Default)]
struct Entries {
    /// The number of the newest request. Clearing the log does not reset it, so that a reader who follows the log misses
    /// no request.
    newest: u64,
    /// The newest number when the log was cleared.
    cleared: u64,
    kept: VecDeque<RecordedRequest>,
    /// The size of `kept`.
    bytes: usize,
}

/// A part of the log.
pub(crate) struct Excerpt {
    /// How many requests there were, since the start or since the log was cleared.
    pub(crate) total: u64,
    /// How many of them are kept.
    pub(crate) kept: usize,
    /// The number of the newest request.
    pub(crate) newest: u64,
    /// Requests with their numbers, oldest first.
    pub(crate) requests: Vec<(u64, RecordedRequest)>,
}

impl RequestLog {
    pub(crate) fn new(most_requests: usize) -> Self {
        let most_bytes = most_requests.saturating_mul(BYTES_PER_REQUEST).max(LEAST_BYTES);
        Self { most_requests, most_bytes, entries: Mutex::default(), ended: watch::Sender::new(false) }
    }

    /// Adds a request that has no secrets any more, and drops the oldest ones where there is no room for it.
    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut entries = locked(&self.entries);
        entries.newest = entries.newest.saturating_add(1);
        entries.bytes = entries.bytes.saturating_add(request.bytes_held());
        entries.kept.push_back(request);
        while entries.kept.len() > self.most_requests
            || entries.bytes > self.most_bytes && entries.kept.len() > 1
        {
            let Some(oldest) = entries.kept.pop_front() else { break };
            entries.bytes = entries.bytes.saturating_sub(oldest.bytes_held());
        }
        drop(entries);
        // Mostly nobody waits. A waiter that subscribes after this reads the log first.
        if self.ended.receiver_count() > 0 {
            self.ended.send_modify(|_| {});
        }
    }

    /// The first `limit` requests after the one with the number `after`; without a number, the newest.
    pub(crate) fn excerpt(&self, after: Option<u64>, limit: usize) -> Excerpt {
        let entries = locked(&self.entries);
        let kept = entries.kept.len();
        let oldest = entries.newest.saturating_sub(u64::try_from(kept).unwrap_or(u64::MAX)).saturating_add(1);
        let skipped = match after {
            Some(after) => usize::try_from(after.saturating_add(1).saturating_sub(oldest)).unwrap_or(kept),
            None => kept.saturating_sub(limit),
        };
        let numbered = (oldest..).zip(&entries.kept).skip(skipped).take(limit);
        Excerpt {
            total: entries.newest.saturating_sub(entries.cleared),
            kept,
            newest: entries.newest,
            requests: numbered.map(|(number, request)| (number, request.clone())).collect(),
        }
    }

    /// Removes all requests, and returns how many there were.
    pub(crate) fn clear(&self) -> u64 {
        let mut entries = locked(&self.entries);
        let total = entries.newest.saturating_sub(entries.cleared);
        entries.cleared = entries.newest;
        entries.kept.clear();
        entries.bytes = 0;
        drop(entries);
        self.ended.send_modify(|_| {});
        total
    }

    /// Notifies of every change of the log from now on. Its value tells whether waits have ended.
    pub(crate) fn changes(&self) -> watch::Receiver<bool> {
        self.ended.subscribe()
    }

    /// Ends all waits: the stub ends.
    pub(crate) fn end_waits(&self) {
        self.ended.send_replace(true);
    }

    /// The requests that are kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        locked(&self.entries).kept.iter().cloned().collect()
    }

    /// How many requests there were, with the dropped ones, since the start or since the log was cleared.
    pub(crate) fn total(&self) -> u64 {
        let entries = locked(&self.entries);
        entries.newest.saturating_sub(entries.cleared)
    }

    /// Waits until there have been so many.
    pub(crate) async fn reached(&self, total: u64) {
        let mut changes = self.changes();
        // The sender lives as long as `self`, so only the number can end the wait.
        while self.total() < total && changes.changed().await.is_ok() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(path: &str) -> RecordedRequest {
        RecordedRequest { path: path.to_owned(), ..recorded::tests::request() }
    }

    fn paths(log: &RequestLog) -> Vec<String> {
        log.requests().into_iter().map(|request| request.path).collect()
    }

    #[test]
    fn the_oldest_goes_first_and_is_still_counted() {
        let log = RequestLog::new(2);
        for path in ["/1", "/2", "/3"] {
            log.record(to(path));
        }
        assert_eq!(paths(&log), ["/2", "/3"]);
        assert_eq!(log.total(), 3);
        let none = RequestLog::new(0);
        none.record(to("/1"));
        assert_eq!((none.requests().len(), none.total()), (0, 1));
    }

    #[test]
    fn bytes_are_bounded_too_and_the_newest_stays() {
        let log = RequestLog::new(1_000);
        let held = |log: &RequestLog| {
            locked(&log.entries).kept.iter().map(RecordedRequest::bytes_held).sum::<usize>()
        };
        for _ in 0..1_000 {
            log.record(RecordedRequest { body: vec![0; 64 * 1024], ..to("/") });
            assert!(held(&log) <= 1_000 * BYTES_PER_REQUEST);
            assert_eq!(held(&log), locked(&log.entries).bytes);
        }
        assert!(held(&log) > 900 * BYTES_PER_REQUEST, "{}", held(&log));
        log.record(RecordedRequest { body: vec![0; 1_001 * BYTES_PER_REQUEST], ..to("/huge") });
        assert_eq!(paths(&log), ["/huge"]);
    }
}
