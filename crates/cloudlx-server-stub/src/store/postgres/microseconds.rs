//! Times as the database counts them.

use std::time::Duration;

/// The longest time that the database is told: a thousand years, for it does not count much further.
const LONGEST: Duration = Duration::from_hours(1_000 * 365 * 24);

/// A time as the database counts it.
pub(super) fn in_microseconds(time: Duration) -> i64 {
    i64::try_from(time.min(LONGEST).as_micros()).unwrap_or(i64::MAX)
}
