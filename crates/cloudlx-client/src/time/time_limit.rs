//! Which of the time limits that a builder sets ended a wait.

use std::fmt;
use std::time::Duration;

/// A time limit that ended a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeLimit {
    /// [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    Connect(Duration),
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    Attempt(Duration),
    /// [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout).
    Call(Duration),
    /// None of this crate's limits: one of the caller's own [`http_client`](crate::ClientBuilder::http_client), or of the
    /// operating system.
    Other,
}

/// The limits of an attempt, and how long it had waited when one of them ended the wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimits {
    pub(crate) waited: Duration,
    /// None where only the caller's own HTTP client knows it.
    pub(crate) connect: Option<Duration>,
    pub(crate) attempt: Duration,
    pub(crate) call: Duration,
    /// How much time the call has left.
    pub(crate) left: Duration,
}

impl TimeLimits {
    /// The limit that ended the wait for a connection, or for a response.
    pub(crate) fn ended(self, is_connect: bool) -> TimeLimit {
        match self.connect {
            _ if self.left.is_zero() => TimeLimit::Call(self.call),
            Some(connect) if is_connect && connect <= self.waited => TimeLimit::Connect(connect),
            _ if !is_connect && self.attempt <= self.waited => TimeLimit::Attempt(self.attempt),
            _ => TimeLimit::Other,
        }
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(time) => write!(f, "the connect timeout of {time:?}"),
            Self::Attempt(time) => write!(f, "the attempt timeout of {time:?}"),
            Self::Call(time) => write!(f, "the call timeout of {time:?}"),
            Self::Other => f.write_str("a time limit of the HTTP client or the operating system"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_that_ended_a_wait() {
        let seconds = Duration::from_secs;
        for (waited, connect, left, is_connect, limit) in [
            (10, Some(10), 110, true, TimeLimit::Connect(seconds(10))),
            (9, Some(10), 110, true, TimeLimit::Other),
            (10, None, 110, true, TimeLimit::Other),
            (30, Some(10), 90, false, TimeLimit::Attempt(seconds(30))),
            (29, Some(10), 90, false, TimeLimit::Other),
            (20, Some(10), 0, false, TimeLimit::Call(seconds(120))),
            (5, Some(10), 0, true, TimeLimit::Call(seconds(120))),
        ] {
            let connect = connect.map(seconds);
            let (attempt, call) = (seconds(30), seconds(120));
            let limits = TimeLimits { waited: seconds(waited), connect, attempt, call, left: seconds(left) };
            assert_eq!(limits.ended(is_connect), limit, "{limits:?}");
        }
    }
}
