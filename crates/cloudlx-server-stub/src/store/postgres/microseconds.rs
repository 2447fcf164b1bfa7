//! Durations as the database counts them.

use std::time::Duration;

/// The longest duration that the database gets: a thousand years, because its timestamps do not reach much further.
const LONGEST: Duration = Duration::from_hours(1_000 * 365 * 24);

/// A duration in microseconds.
pub(super) fn in_microseconds(time: Duration) -> i64 {
    i64::try_from(time.min(LONGEST).as_micros()).unwrap_or(i64::MAX)
}
