//! The default settings of a client.

use std::time::Duration;

/// How long it may take to connect, DNS and TLS included: 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection stays usable: 1 second.
///
/// Servers that close idle connections after a fixed time seldom do so before 2 seconds, and often after 5. A request on a
/// connection of that age may cross the close, and then nobody knows whether the server processed it.
pub const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long one attempt may take, from connecting to the last byte of the response: 30 seconds.
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a whole call may take, including its token and every attempt: 2 minutes, or four attempts where that is longer.
pub const DEFAULT_CALL_TIMEOUT: Duration = Duration::from_mins(2);

/// How many attempts a call has at most, where trying again is safe and can help: 3.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// The longest wait before the second attempt, unless the server sends `Retry-After`: half a second.
pub const DEFAULT_FIRST_RETRY_DELAY: Duration = Duration::from_millis(500);

/// The longest wait before any attempt, unless the server sends `Retry-After`: 20 seconds.
pub const DEFAULT_LONGEST_RETRY_DELAY: Duration = Duration::from_secs(20);

/// How many calls out of a hundred may be retried: 20.
pub const DEFAULT_RETRY_PERCENT: u8 = 20;

/// How many retries per second are allowed in addition, so that a client with few calls has some: 3.
pub const DEFAULT_RETRIES_PER_SECOND: u32 = 3;

/// How many requests may be in progress at once: 64.
pub const DEFAULT_MAX_CONCURRENT_REQUESTS: usize = 64;
