//! Leases: how long a claim is valid, and until when its row may be sent.
//!
//! A shared database takes a row from a worker when the row's lease lapses, by the database's own clock. The worker cannot
//! read that clock, and may be suspended at any moment. So it counts the lease from before it asked for it, sends only in
//! the first half, and stops waiting for an answer at three quarters.

use std::time::{Duration, Instant, SystemTime};

/// Whether a claim is still valid.
#[derive(Debug, Clone, Copy)]
pub enum Confirmed {
    /// It is, as long as this process uses the journal.
    Held,
    /// It is, for a lease from now on.
    Leased(Lease),
    /// It is not: the row may be another worker's by now, and must not be sent.
    Lapsed,
}

/// A lease, as its worker measures it.
///
/// Two clocks measure it, and the one that shows more time counts. The monotonic clock stops while the machine sleeps. The
/// system clock goes on, but may be set back.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    asked: Instant,
    asked_at: SystemTime,
    time: Duration,
}

impl Lease {
    /// A lease that is requested now. The database cannot begin it earlier.
    #[must_use]
    pub fn ask(time: Duration) -> Self {
        Self { asked: Instant::now(), asked_at: SystemTime::now(), time }
    }

    /// Whether a request may still leave: true in the first half of the lease.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.elapsed() < self.time / 2
    }

    /// How long to wait for an answer: until three quarters of the lease have passed.
    #[must_use]
    pub fn left_for_an_answer(&self) -> Duration {
        (self.time / 4 * 3).saturating_sub(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        // A system clock that was set back to before the beginning is ignored.
        self.asked.elapsed().max(self.asked_at.elapsed().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Duration = Duration::from_mins(4);

    fn asked(monotonic: Duration, at: SystemTime) -> Lease {
        Lease { asked: Instant::now().checked_sub(monotonic).unwrap(), asked_at: at, time: TIME }
    }

    #[test]
    fn the_clock_that_has_gone_further_counts() {
        let now = SystemTime::now();
        let minutes = Duration::from_mins;
        assert!(Lease::ask(TIME).may_send());
        assert!(!asked(minutes(2), now).may_send());
        // The machine slept.
        assert!(!asked(minutes(0), now - minutes(2)).may_send());
        // The clock was set back.
        assert!(!asked(minutes(2), now + minutes(60)).may_send());
        assert!(asked(minutes(1), now + minutes(60)).may_send());
        assert!(asked(minutes(1), now).left_for_an_answer() <= minutes(2));
        assert_eq!(asked(minutes(3), now).left_for_an_answer(), Duration::ZERO);
        assert!(!Lease::ask(Duration::ZERO).may_send());
    }
}
