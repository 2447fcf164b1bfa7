//! The rate at which requests for customers are sent.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// The most requests for customers per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

/// A rate that is out of range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("expected a rate above 0 and up to {} a second, found {found}", Rate::MOST)]
pub struct RateError {
    found: f64,
}

impl Rate {
    /// The highest rate, per second: timers count milliseconds.
    pub const MOST: f64 = 1_000.0;

    /// The lowest rate: one request a day.
    const LEAST: f64 = 1.0 / 86_400.0;

    /// So many requests per second. Fractions are allowed.
    ///
    /// # Errors
    ///
    /// When `requests` is not above 0 (the lowest rate is one a day), or is above [`MOST`](Self::MOST).
    pub fn per_second(requests: f64) -> Result<Self, RateError> {
        if (Self::LEAST..=Self::MOST).contains(&requests) {
            Ok(Self(requests))
        } else {
            Err(RateError { found: requests })
        }
    }
}

/// Gives turns at the rate. Turns that nobody took are not made up for.
pub(super) struct Pace(Option<Mutex<Interval>>);

impl Pace {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        Self(rate.map(|rate| {
            let mut turns = interval(Duration::from_secs_f64(1.0 / rate.0));
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            Mutex::new(turns)
        }))
    }

    /// Waits for the next turn.
    pub(super) async fn turn(&self) {
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
