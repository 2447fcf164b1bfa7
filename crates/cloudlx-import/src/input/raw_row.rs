//! A row as a reader hands it on, before it is checked.

use super::columns::Columns;
use super::error::RowProblem;

/// The mark that some programs write at the beginning of UTF-8 text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A row that a reader has found.
#[derive(Debug, PartialEq)]
pub(crate) enum RawRow<'a> {
    /// The JSON of a request. It has not been checked.
    Json {
        /// The line that the row begins on, from 1.
        line: u64,
        /// The request.
        json: &'a [u8],
        /// The columns of the file; none where the row was written as JSON.
        columns: Option<&'a Columns>,
    },
    /// A row that cannot be turned into a request.
    Unreadable {
        /// The line that the row begins on, from 1.
        line: u64,
        /// What is wrong with the row.
        problem: RowProblem,
    },
}

/// For the readers' tests: each row's line and JSON, or its line and problem.
#[cfg(test)]
pub(super) fn collected(
    read: impl FnOnce(
        &mut dyn FnMut(RawRow<'_>) -> std::ops::ControlFlow<std::convert::Infallible>,
    ) -> Result<std::ops::ControlFlow<std::convert::Infallible>, super::error::ReadError>,
) -> Result<Vec<(u64, String)>, super::error::ReadError> {
    let mut rows = Vec::new();
    let _ = read(&mut |row| {
        rows.push(match row {
            RawRow::Json { line, json, .. } => (line, String::from_utf8(json.to_vec()).unwrap()),
            RawRow::Unreadable { line, problem } => (line, problem.to_string()),
        });
        std::ops::ControlFlow::Continue(())
    })?;
    Ok(rows)
}
