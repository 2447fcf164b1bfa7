//! Backing off: sending nothing for a while, because the API asked for it or processes no requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use cloudlx_client::{DEFAULT_FIRST_RETRY_DELAY, DEFAULT_LONGEST_RETRY_DELAY};
use tokio::time::Instant;

/// The shortest extension that progress reports.
const WORTH_REPORTING: Duration = Duration::from_secs(1);

/// The time until which no row is sent.
#[derive(Debug, Default)]
pub(super) struct Backoff(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    /// The delays for when the API does not name one. They start again after a row that went well.
    delays: Option<ExponentialBackoff>,
}

impl Backoff {
    /// The time that is left; none when rows may be sent.
    pub(super) fn remaining(&self) -> Option<Duration> {
        let left = self.state().until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Backs off for `time` at least. Returns `time` where progress should report it: when it is a second longer than what
    /// was left.
    pub(super) fn at_least(&self, time: Duration) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.state();
        let left = state.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        state.until = state.until.max(Some(now + time));
        (time >= left + WORTH_REPORTING).then_some(time)
    }

    /// Backs off for longer than the last time, counted since the last row that went well.
    pub(super) fn grow(&self) -> Option<Duration> {
        let delay = self.state().delays.get_or_insert_with(|| delays().build()).next();
        self.at_least(delay.unwrap_or(DEFAULT_LONGEST_RETRY_DELAY))
    }

    /// Starts the delays again, after a row that went well.
    pub(super) fn reset_delays(&self) {
        self.state().delays = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn delays() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(DEFAULT_FIRST_RETRY_DELAY)
        .with_max_delay(DEFAULT_LONGEST_RETRY_DELAY)
        .without_max_times()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn the_longest_time_counts() {
        let backoff = Backoff::default();
        assert_eq!(backoff.remaining(), None);
        assert_eq!(backoff.at_least(7 * SECOND), Some(7 * SECOND));
        assert_eq!(backoff.at_least(3 * SECOND), None);
        assert_eq!(backoff.at_least(7 * SECOND + SECOND / 2), None, "not worth reporting");
        assert_eq!(backoff.remaining(), Some(7 * SECOND + SECOND / 2));
        tokio::time::advance(SECOND / 2).await;
        tokio::time::advance(6 * SECOND).await;
        assert_eq!(backoff.remaining(), Some(SECOND));
        tokio::time::advance(SECOND).await;
        assert_eq!(backoff.remaining(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_longer_each_time_until_something_goes_well() {
        let backoff = Backoff::default();
        let wait = async || {
            backoff.grow();
            let delay = backoff.remaining().unwrap();
            tokio::time::advance(delay).await;
            delay
        };
        let first = wait().await;
        assert_eq!((wait().await, wait().await), (2 * first, 4 * first));
        for _ in 0..10 {
            wait().await;
        }
        assert_eq!(wait().await, DEFAULT_LONGEST_RETRY_DELAY);
        backoff.reset_delays();
        assert_eq!(wait().await, first);
    }
}
