//! The requests that the stub saw: the last ones only, within a bound on their number and one on their bytes.

mod recorded;
mod secrets;

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::watch;

pub use recorded::RecordedRequest;
pub(crate) use secrets::Secrets;

use crate::state::locked;

/// How many bytes a journal may take for each request that it is made for. Most take a tenth of it.
const BYTES_FOR_EACH: usize = 8 * 1024;

/// How many bytes every journal may take, so that a short one has room for long requests.
const BYTES_AT_LEAST: usize = 1024 * 1024;

/// The last requests, as many as it was made for and as fit in its bytes. The newest is there, whatever it takes.
pub(crate) struct Journal {
    size: usize,
    bytes: usize,
    last: Mutex<Last>,
    total: watch::Sender<u64>,
}

#[derive(Default)]
struct Last {
    requests: VecDeque<RecordedRequest>,
    bytes: usize,
}

impl Journal {
    pub(crate) fn new(size: usize) -> Self {
        let bytes = size.saturating_mul(BYTES_FOR_EACH).max(BYTES_AT_LEAST);
        Self { size, bytes, last: Mutex::default(), total: watch::Sender::new(0) }
    }

    /// Keeps a request that was made safe, in the place of the oldest ones when there is no more room.
    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut last = locked(&self.last);
        last.bytes = last.bytes.saturating_add(request.bytes_held());
        last.requests.push_back(request);
        while last.requests.len() > self.size || last.bytes > self.bytes && last.requests.len() > 1 {
            let Some(oldest) = last.requests.pop_front() else { break };
            last.bytes = last.bytes.saturating_sub(oldest.bytes_held());
        }
        // Under the lock: who sees the number finds the request.
        self.total.send_modify(|total| *total = total.saturating_add(1));
    }

    /// The requests that are kept, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        locked(&self.last).requests.iter().cloned().collect()
    }

    /// How many requests there were, with those that are no longer kept.
    pub(crate) fn total(&self) -> u64 {
        *self.total.borrow()
    }

    /// Returns once there were so many.
    pub(crate) async fn reached(&self, total: u64) {
        // The sender lives as long as this does, so the wait ends with the number alone.
        let _ = self.total.subscribe().wait_for(|so_far| *so_far >= total).await;
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
            locked(&journal.last).requests.iter().map(RecordedRequest::bytes_held).sum::<usize>()
        };
        for _ in 0..1_000 {
            journal.record(RecordedRequest { body: vec![0; 64 * 1024], ..to("/") });
            assert!(held(&journal) <= 1_000 * BYTES_FOR_EACH);
            assert_eq!(held(&journal), locked(&journal.last).bytes);
        }
        assert!(held(&journal) > 900 * BYTES_FOR_EACH, "{}", held(&journal));
        journal.record(RecordedRequest { body: vec![0; 1_001 * BYTES_FOR_EACH], ..to("/huge") });
        assert_eq!(paths(&journal), ["/huge"]);
    }
}
