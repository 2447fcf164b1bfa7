//! When the API is to be left alone: because it asked for that, or because request after request is not processed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use cloudlx_client::{DEFAULT_FIRST_RETRY_DELAY, DEFAULT_LONGEST_RETRY_DELAY};
use tokio::time::Instant;

/// The shortest time that anybody is told of.
const WORTH_SAYING: Duration = Duration::from_secs(1);

/// Until when no row is sent.
#[derive(Debug, Default)]
pub(crate) struct Hold(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    /// How long to wait where the API does not say; begun anew when something goes well.
    delays: Option<ExponentialBackoff>,
}

impl Hold {
    /// How long from now on; none when rows may be sent.
    pub(crate) fn left(&self) -> Option<Duration> {
        let left = self.state().until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// No row is sent for so long, or longer where that was said before. Returns the time where it is worth saying: a
    /// second more than was known.
    pub(crate) fn at_least(&self, time: Duration) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.state();
        let known = state.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        state.until = state.until.max(Some(now + time));
        (time >= known + WORTH_SAYING).then_some(time)
    }

    /// No row is sent for a while, and longer than the last time since something went well.
    pub(crate) fn longer(&self) -> Option<Duration> {
        let delay = self.state().delays.get_or_insert_with(|| delays().build()).next();
        self.at_least(delay.unwrap_or(DEFAULT_LONGEST_RETRY_DELAY))
    }

    /// Something went well.
    pub(crate) fn forget_delays(&self) {
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
    async fn the_longest_that_was_said_holds() {
        let hold = Hold::default();
        assert_eq!(hold.left(), None);
        assert_eq!(hold.at_least(7 * SECOND), Some(7 * SECOND));
        assert_eq!(hold.at_least(3 * SECOND), None);
        assert_eq!(hold.at_least(7 * SECOND + SECOND / 2), None, "said as good as that");
        assert_eq!(hold.left(), Some(7 * SECOND + SECOND / 2));
        tokio::time::advance(SECOND / 2).await;
        tokio::time::advance(6 * SECOND).await;
        assert_eq!(hold.left(), Some(SECOND));
        tokio::time::advance(SECOND).await;
        assert_eq!(hold.left(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_longer_each_time_until_something_goes_well() {
        let hold = Hold::default();
        let wait = async || {
            hold.longer();
            let delay = hold.left().unwrap();
            tokio::time::advance(delay).await;
            delay
        };
        let first = wait().await;
        assert_eq!((wait().await, wait().await), (2 * first, 4 * first));
        for _ in 0..10 {
            wait().await;
        }
        assert_eq!(wait().await, DEFAULT_LONGEST_RETRY_DELAY);
        hold.forget_delays();
        assert_eq!(wait().await, first);
    }
}
