//! The time that a whole call has.

use std::time::Duration;

use tokio::time::Instant;

/// The time of one call, from its start to its end, whatever happens in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallTime {
    pub(crate) started: Instant,
    pub(crate) limit: Duration,
    /// How much of it there has to be for an attempt at a create, so that the server has the whole of an attempt's time to
    /// answer in.
    pub(crate) whole_attempt: Duration,
}

impl CallTime {
    pub(crate) fn start(limit: Duration, attempt_timeout: Duration) -> Self {
        Self { started: Instant::now(), limit, whole_attempt: whole_attempt(limit, attempt_timeout) }
    }

    /// What is left; zero once the time has run out.
    pub(crate) fn left(&self) -> Duration {
        self.limit.saturating_sub(self.started.elapsed())
    }
}

/// An attempt's timeout, or three quarters of the call's time where these are less: the last quarter is for what comes before
/// the request is sent, such as getting a token. Otherwise a call with no more time than one attempt could send nothing.
fn whole_attempt(limit: Duration, attempt_timeout: Duration) -> Duration {
    attempt_timeout.min(limit.saturating_sub(limit / 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_attempt_is_its_timeout_or_three_quarters_of_the_call() {
        for (attempt, call, whole) in [
            (30, 120, 30),
            (30, 40, 30),
            (30, 36, 27),
            (40, 40, 30),
            (300, 120, 90),
            (u64::MAX, 120, 90),
            (30, u64::MAX, 30),
        ] {
            let found = whole_attempt(Duration::from_secs(call), Duration::from_secs(attempt));
            assert_eq!(found, Duration::from_secs(whole), "{attempt} s of {call} s");
        }
    }
}
