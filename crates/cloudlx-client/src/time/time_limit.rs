//! Which of the times that a builder sets ended a wait.

use std::fmt;
use std::time::Duration;

/// A time that ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeLimit {
    /// [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    Connect(Duration),
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    Attempt(Duration),
    /// [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout).
    Call(Duration),
    /// None of this crate's: one of an [`http_client`](crate::ClientBuilder::http_client) of the caller's, or of the
    /// operating system's.
    Other,
}

/// The times that could have run out, and how long the attempt had waited when one did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waited {
    pub(crate) time: Duration,
    /// None where it is the HTTP client's own affair.
    pub(crate) connect: Option<Duration>,
    pub(crate) attempt: Duration,
    pub(crate) call: Duration,
    /// What the call has left.
    pub(crate) left: Duration,
}

impl Waited {
    /// The limit that ended the wait, for a connection or for an answer.
    pub(crate) fn limit(self, is_connect: bool) -> TimeLimit {
        match self.connect {
            _ if self.left.is_zero() => TimeLimit::Call(self.call),
            Some(connect) if is_connect && connect <= self.time => TimeLimit::Connect(connect),
            _ if !is_connect && self.attempt <= self.time => TimeLimit::Attempt(self.attempt),
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
            let waited = Waited { time: seconds(waited), connect, attempt, call, left: seconds(left) };
            assert_eq!(waited.limit(is_connect), limit, "{waited:?}");
        }
    }
}
