//! How long a claim holds, and until when its row may be sent.
//!
//! A database that several share takes a row from whoever is not heard of, after a lease, by its own clock. Whoever holds
//! the claim cannot see that clock, and may stand still at any moment. So it sends only in the first half of the lease,
//! which it counts from before it asked for it, and gives up an answer that has not come in the third quarter.

use std::time::{Duration, Instant, SystemTime};

/// Whether a claim still holds.
#[derive(Debug, Clone, Copy)]
pub enum Confirmed {
    /// It does, for as long as this process uses the journal.
    Held,
    /// It does, for a lease from now on.
    Leased(Lease),
    /// It does not: the row is no longer this claim's, and must not be sent.
    Lapsed,
}

/// A lease, as its holder sees it.
///
/// It is measured by two clocks, and the one that has gone further counts: the one that never jumps stands still while
/// the machine sleeps, and the one that does not may be set back.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    asked: Instant,
    asked_at: SystemTime,
    time: Duration,
}

impl Lease {
    /// A lease that is asked for now: it cannot begin before.
    #[must_use]
    pub fn ask(time: Duration) -> Self {
        Self { asked: Instant::now(), asked_at: SystemTime::now(), time }
    }

    /// Whether a request may leave.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.elapsed() < self.time / 2
    }

    /// How long an answer may be waited for.
    #[must_use]
    pub fn left_for_an_answer(&self) -> Duration {
        (self.time / 4 * 3).saturating_sub(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        // A clock that was set back to before the beginning says nothing.
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
