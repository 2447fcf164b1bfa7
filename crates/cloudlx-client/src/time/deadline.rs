//! The deadline of a call.

use std::time::Duration;

use tokio::time::Instant;

/// When a call has to end, and how much time each attempt at a create needs before that.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    /// When the call started.
    pub(crate) started: Instant,
    /// How long the whole call may take.
    pub(crate) limit: Duration,
    /// How much time has to be left for an attempt at a create, so that the server has the time of a whole attempt to respond.
    pub(crate) whole_attempt: Duration,
}

impl Deadline {
    /// The deadline of a call that starts now.
    pub(crate) fn start(limit: Duration, attempt_timeout: Duration) -> Self {
        Self { started: Instant::now(), limit, whole_attempt: whole_attempt(limit, attempt_timeout) }
    }

    /// How much time is left; zero once the deadline has passed.
    pub(crate) fn left(&self) -> Duration {
        self.limit.saturating_sub(self.started.elapsed())
    }
}

/// An attempt's timeout, or three quarters of the call's time where that is less. The last quarter is for what happens before
/// the request is sent, such as fetching a token. Without it, a call with the time of one attempt could send nothing.
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
