//! The clock that tokens expire by: the machine's own, and what a test adds to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A monotonic clock that can be moved forwards. Its clones are one clock.
///
/// ```
/// use std::time::Duration;
/// use cloudlx_server_stub::Clock;
///
/// let clock = Clock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_hours(1));
/// assert!(clock.now() - before >= Duration::from_hours(1));
/// ```
#[derive(Debug, Clone)]
pub struct Clock(Arc<Reading>);

#[derive(Debug)]
struct Reading {
    started: Instant,
    /// Nanoseconds that were added; 64 bits hold 584 years of them.
    ahead: AtomicU64,
}

impl Clock {
    /// A clock that stands at zero and runs.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Reading { started: Instant::now(), ahead: AtomicU64::new(0) }))
    }

    /// How long the clock has run, with everything that was added to it.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.0.started.elapsed().saturating_add(self.ahead())
    }

    /// How far it was moved forwards.
    pub(crate) fn ahead(&self) -> Duration {
        Duration::from_nanos(self.0.ahead.load(Ordering::SeqCst))
    }

    /// Takes back all that was added. Whoever kept a reading of it has to forget that first.
    pub(crate) fn turn_back(&self) {
        self.0.ahead.store(0, Ordering::SeqCst);
    }

    /// Moves the clock forwards, for everyone who reads it. It stops at the far end (584 years) and never turns over.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        // The closure always gives a value, so there is no failure to look at.
        let _ = self
            .0
            .ahead
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ahead| Some(ahead.saturating_add(by)));
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_one_clock() {
        let clock = Clock::new();
        clock.clone().advance(Duration::from_mins(1));
        assert!(clock.now() >= Duration::from_mins(1));
    }

    #[test]
    fn it_does_not_turn_over() {
        let clock = Clock::new();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() >= Duration::from_nanos(u64::MAX));
    }
}
