//! Rows that a list of customers is to settle.

use cloudlx_model::CreateCustomer;

use crate::row::RowId;

/// A row that is being sent, or whose outcome is unknown: its customer may exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRow {
    /// The row.
    pub row: RowId,
    /// The request that was sent, or is being sent, for it.
    pub request: CreateCustomer,
    /// How far its send got.
    pub progress: Progress,
    /// How many of its latest sends ended, one after the other, with a refusal that proves nothing.
    pub refusals: u32,
}

impl OpenRow {
    /// Whether its send has ended without a known outcome.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.progress != Progress::Sending
    }
}

/// How far the send of an open row got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A worker is sending it.
    Sending,
    /// Its send ended without a known outcome.
    Unknown {
        /// Whether the server indicated that it acted: it answered with a success or a redirect, even if the answer was
        /// unreadable or named another row's customer.
        acted: bool,
    },
}
