//! When this process first saw each unknown row to be unknown.
//!
//! The settle time is measured by this process's clock, because the database's may be set forward. So it begins when this
//! process first sees the row unknown: perhaps later than necessary, and never earlier.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::row::RowId;

/// The time at which each row was first seen unknown, by row and version.
#[derive(Debug, Default)]
pub(super) struct UnknownSince(HashMap<(RowId, u64), Instant>);

impl UnknownSince {
    /// Notes that a row becomes unknown now.
    pub(super) fn note(&mut self, row: RowId, version: u64) {
        self.0.insert((row, version), Instant::now());
    }

    /// How long all of `unknown`, which are all unknown rows now, have been unknown at least.
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
        let mut rows = UnknownSince::default();
        assert_eq!(rows.quiet_for([].into_iter()), None);
        assert_eq!(rows.quiet_for([(RowId(1), 1)].into_iter()), Some(Duration::ZERO));
        while rows.quiet_for([(RowId(1), 1)].into_iter()) == Some(Duration::ZERO) {}
        // Another row, and the same row sent once more.
        assert_eq!(rows.quiet_for([(RowId(1), 1), (RowId(2), 1)].into_iter()), Some(Duration::ZERO));
        assert_eq!(rows.quiet_for([(RowId(1), 2)].into_iter()), Some(Duration::ZERO));
    }
}
