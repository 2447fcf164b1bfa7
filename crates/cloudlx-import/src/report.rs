//! What became of each row, a line a row.

use std::io::{self, Write};
use std::path::Path;

use cloudlx_model::CustomerId;
use cloudlx_validate::plain::Plain;
use serde::Serialize;

use crate::journal::{JournalError, ReadJournal, RowOutcome, State};

/// How many rows are held at a time.
const PAGE: u32 = 1_000;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// A header and a row a row.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

impl ReportFormat {
    /// The format that a file's name stands for: CSV unless it is a name for JSON.
    #[must_use]
    pub fn by_name(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ndjson" | "jsonl" | "json") => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// Why a report is not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It cannot be written.
    #[error("the file could not be written")]
    Write(#[from] io::Error),
}

#[derive(Serialize)]
struct Reported {
    line: u64,
    outcome: State,
    customer_id: Option<CustomerId>,
    reason: String,
}

/// Writes where each row is: its line, the outcome, the customer's id, and the reason.
///
/// A reason is for people, and may quote the input or the server: it is one [plain](cloudlx_validate::plain) line, and in CSV
/// never what a spreadsheet takes for a formula.
///
/// # Errors
///
/// When the journal cannot be read, or `to` not be written.
pub async fn write(
    journal: &impl ReadJournal,
    to: impl Write + Send,
    format: ReportFormat,
) -> Result<(), ReportError> {
    let mut to = io::BufWriter::new(to);
    match format {
        ReportFormat::Csv => {
            let mut csv = csv::Writer::from_writer(&mut to);
            each(journal, |row| csv.serialize(no_formula(reported(row))).map_err(io::Error::other)).await?;
            csv.flush()?;
        }
        ReportFormat::Ndjson => {
            each(journal, |row| {
                serde_json::to_writer(&mut to, &reported(row))?;
                to.write_all(b"\n")
            })
            .await?;
        }
    }
    to.flush()?;
    Ok(())
}

/// Hands each row to `work`, a page in memory at a time.
///
/// # Errors
///
/// When the journal cannot be read, or `work` fails.
pub async fn each(
    journal: &impl ReadJournal,
    mut work: impl FnMut(&RowOutcome) -> io::Result<()> + Send,
) -> Result<(), ReportError> {
    let mut after = None;
    loop {
        let rows = journal.outcomes(after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.row);
        rows.iter().try_for_each(&mut work)?;
    }
}

fn reported(row: &RowOutcome) -> Reported {
    Reported {
        line: row.line,
        outcome: row.outcome,
        customer_id: row.customer_id,
        reason: Plain(row.reason.as_deref().unwrap_or_default()).to_string(),
    }
}

/// With a quote in front of a reason that a spreadsheet would calculate.
fn no_formula(mut row: Reported) -> Reported {
    if row.reason.starts_with(['=', '+', '-', '@']) {
        row.reason.insert(0, '\'');
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::RowId;

    #[test]
    fn a_reason_is_one_plain_line_and_no_formula() {
        for (reason, plain, in_csv) in [
            ("refused: a\r\nb\u{202e}", r"refused: a\r\nb\u{202e}", r"refused: a\r\nb\u{202e}"),
            ("=1+1", "=1+1", "'=1+1"),
            ("@SUM(A1)", "@SUM(A1)", "'@SUM(A1)"),
        ] {
            let row = RowOutcome {
                row: RowId(1),
                line: 2,
                outcome: State::Refused,
                customer_id: None,
                reason: Some(reason.to_owned()),
            };
            assert_eq!(reported(&row).reason, plain);
            assert_eq!(no_formula(reported(&row)).reason, in_csv);
        }
    }
}
