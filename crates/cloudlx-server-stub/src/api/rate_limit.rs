//! How many calls a client may make in a minute: status 429, and the headers that say so.
//!
//! No page speaks of a limit. The headers are those of Laravel, which the vendor's API is built on as far as its error
//! bodies tell (inferred): `X-RateLimit-Limit` and `X-RateLimit-Remaining` on every answer that counts, and `Retry-After`
//! and `X-RateLimit-Reset` on a 429. So are the windows: a minute that begins with a client's first call.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hyper::StatusCode;
use hyper::header::{HeaderName, RETRY_AFTER};

use super::answer::Answer;
use crate::Clock;
use crate::lock::locked;

const WINDOW: Duration = Duration::from_mins(1);

/// The limit, and how much of it each client has used.
pub(crate) struct RateLimit {
    clock: Clock,
    per_minute: NonZeroU32,
    /// By client: as many as there are clients.
    windows: Mutex<HashMap<Arc<str>, Window>>,
}

struct Window {
    began: Duration,
    calls: u32,
}

/// A call that the limit leaves room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed {
    limit: NonZeroU32,
    remaining: u32,
}

/// A call too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    limit: NonZeroU32,
    /// How long until the client may call again.
    wait: Duration,
}

impl RateLimit {
    pub(crate) fn new(clock: Clock, per_minute: NonZeroU32) -> Self {
        Self { clock, per_minute, windows: Mutex::default() }
    }

    /// Counts a call of a client, unless it is one too many.
    pub(crate) fn count(&self, client: &Arc<str>) -> Result<Allowed, TooMany> {
        let (now, limit) = (self.clock.now(), self.per_minute);
        let mut windows = locked(&self.windows);
        let window = windows.entry(Arc::clone(client)).or_insert(Window { began: now, calls: 0 });
        if now.saturating_sub(window.began) >= WINDOW {
            *window = Window { began: now, calls: 0 };
        }
        let Some(remaining) = limit.get().checked_sub(window.calls + 1) else {
            return Err(TooMany { limit, wait: window.began.saturating_add(WINDOW).saturating_sub(now) });
        };
        window.calls += 1;
        Ok(Allowed { limit, remaining })
    }

    /// Forgets all calls, and when each client's minute began.
    pub(crate) fn forget(&self) {
        locked(&self.windows).clear();
    }
}

impl Allowed {
    /// Adds the headers that count the calls which are left.
    pub(crate) fn shown_on(self, answer: Answer) -> Answer {
        counted(answer, self.limit, self.remaining)
    }
}

impl TooMany {
    /// Whole seconds, rounded up: after them a call is allowed.
    fn seconds(self) -> u64 {
        self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0)
    }
}

impl From<TooMany> for Answer {
    /// 429, with `Retry-After`.
    fn from(refused: TooMany) -> Self {
        let seconds = refused.seconds();
        let message = format!(
            "expected a client to call at most {} times a minute, found one call more: call again in {seconds} s",
            refused.limit
        );
        // The caller's clock is the machine's, whatever was added to the stub's.
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        counted(Answer::error(StatusCode::TOO_MANY_REQUESTS, message), refused.limit, 0)
            .with(RETRY_AFTER, seconds.into())
            .with(HeaderName::from_static("x-ratelimit-reset"), now.saturating_add(seconds).into())
    }
}

fn counted(answer: Answer, limit: NonZeroU32, remaining: u32) -> Answer {
    answer
        .with(HeaderName::from_static("x-ratelimit-limit"), limit.get().into())
        .with(HeaderName::from_static("x-ratelimit-remaining"), remaining.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_minute() {
        let clock = Clock::new();
        let limit = RateLimit::new(clock.clone(), NonZeroU32::new(2).unwrap());
        let (one, other) = ("one".into(), "other".into());
        assert_eq!(limit.count(&one).map(|allowed| allowed.remaining), Ok(1));
        clock.advance(Duration::from_secs(30));
        assert_eq!(limit.count(&one).map(|allowed| allowed.remaining), Ok(0));
        assert!(limit.count(&one).is_err());
        assert_eq!(limit.count(&other).map(|allowed| allowed.remaining), Ok(1));
        // What was refused does not count, and the minute began with the first call.
        clock.advance(Duration::from_secs(30));
        assert_eq!(limit.count(&one).map(|allowed| allowed.remaining), Ok(1));
    }

    #[test]
    fn the_wait_is_rounded_up() {
        let limit = NonZeroU32::MIN;
        for (wait, seconds) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (60_000, 60)] {
            let refused = TooMany { limit, wait: Duration::from_millis(wait) };
            assert_eq!(refused.seconds(), seconds, "{wait} ms");
        }
    }
}
