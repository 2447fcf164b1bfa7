//! Since when this process has seen each unknown row to be so.
//!
//! The settle time is counted by a clock of this process and not by the database's, which may be set forward. So it
//! begins when the row is first seen here: later than it could, and never earlier.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::journal::RowId;

/// What was seen: a row, the version that it had, and when that was.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<(RowId, u64), Instant>);

impl Seen {
    /// A row becomes unknown now.
    pub(super) fn note(&mut self, row: RowId, version: u64) {
        self.0.insert((row, version), Instant::now());
    }

    /// For how long all of `unknown` have been so, which are all that there are now.
    pub(super) fn quiet_for(&mut self, unknown: impl Iterator<Item = (RowId, u64)>) -> Option<Duration> {
        let now = Instant::now();
        self.0 = unknown.map(|row| (row, self.0.get(&row).copied().unwrap_or(now))).collect();
        self.0.values().max().map(|last| now.duration_since(*last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_quiet_since_the_last_row_became_unknown() {
        let mut seen = Seen::default();
        assert_eq!(seen.quiet_for([].into_iter()), None);
        assert_eq!(seen.quiet_for([(RowId(1), 1)].into_iter()), Some(Duration::ZERO));
        while seen.quiet_for([(RowId(1), 1)].into_iter()) == Some(Duration::ZERO) {}
        // Another row, and the same row sent once more.
        assert_eq!(seen.quiet_for([(RowId(1), 1), (RowId(2), 1)].into_iter()), Some(Duration::ZERO));
        assert_eq!(seen.quiet_for([(RowId(1), 2)].into_iter()), Some(Duration::ZERO));
    }
}
