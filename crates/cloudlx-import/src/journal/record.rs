//! A row as it enters a journal, and as a report reads it.

use cloudlx_model::CustomerId;
use serde::Serialize;

use super::state::State;
use crate::row::RowId;

/// A row that a journal is to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewRow {
    /// To be sent.
    Pending {
        /// The line that it begins on, from 1.
        line: u64,
        /// The request, as JSON.
        request: Vec<u8>,
    },
    /// Invalid, and not to be sent.
    Skipped {
        /// The line that it begins on, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// The state of a row, for the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowOutcome {
    /// The row.
    pub row: RowId,
    /// The line of the input that it begins on, from 1.
    pub line: u64,
    /// Its state.
    pub outcome: State,
    /// Its customer, where it has one.
    pub customer_id: Option<CustomerId>,
    /// The reason, where there is one.
    pub reason: Option<String>,
}
