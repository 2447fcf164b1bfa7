//! How many requests for customers are sent in a second.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How many requests for customers are sent in a second, at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

/// A rate that is none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("expected a rate above 0 and up to {} a second, found {found}", Rate::MOST)]
pub struct RateError {
    found: f64,
}

impl Rate {
    /// The highest rate: timers count milliseconds.
    pub const MOST: f64 = 1_000.0;

    /// The lowest: one a day.
    const LEAST: f64 = 1.0 / 86_400.0;

    /// So many a second, which need not be whole.
    ///
    /// # Errors
    ///
    /// When it is none, or above [`MOST`](Self::MOST).
    pub fn per_second(requests: f64) -> Result<Self, RateError> {
        if (Self::LEAST..=Self::MOST).contains(&requests) {
            Ok(Self(requests))
        } else {
            Err(RateError { found: requests })
        }
    }
}

/// Gives turns, no two of them closer than the rate says: what was missed is not made up for.
pub(crate) struct Pace(Option<Mutex<Interval>>);

impl Pace {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self(rate.map(|rate| {
            let mut turns = interval(Duration::from_secs_f64(1.0 / rate.0));
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            Mutex::new(turns)
        }))
    }

    pub(crate) async fn turn(&self) {
        if let Some(turns) = &self.0 {
            turns.lock().await.tick().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_are_no_closer_than_the_rate() {
        let pace = Pace::new(Some(Rate::per_second(4.0).unwrap()));
        pace.turn().await;
        let started = Instant::now();
        pace.turn().await;
        assert_eq!(started.elapsed(), Duration::from_millis(250));
        tokio::time::advance(Duration::from_mins(1)).await;
        pace.turn().await;
        let missed = Instant::now();
        pace.turn().await;
        assert_eq!(missed.elapsed(), Duration::from_millis(250), "a pause does not add up to a burst");
    }

    #[test]
    fn rates_that_are_none() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1_001.0] {
            assert!(Rate::per_second(rate).is_err(), "{rate}");
        }
    }
}
