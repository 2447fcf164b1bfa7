//! Claims: the right to send a row, given out in rounds.

use crate::row::RowId;

/// The number of a round, from 1. A round sends each row at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Round(pub(super) u64);

/// The right to send one row once. It cannot be copied, and completing the row consumes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    pub(super) row: RowId,
    pub(super) line: u64,
    /// The number of this claim among the row's claims. A later claim may belong to another worker.
    pub(super) version: u64,
}

impl Claim {
    /// The claimed row.
    #[must_use]
    pub fn row(&self) -> RowId {
        self.row
    }

    /// The line of the input that the row begins on, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}
