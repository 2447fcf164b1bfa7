//! The report: what became of each row, one line per row.

use std::io::{self, Write};
use std::path::Path;

use cloudlx_model::CustomerId;
use cloudlx_validate::plain::Plain;
use serde::Serialize;

use crate::journal::{JournalError, ReadJournal, RowOutcome, State};

/// The number of rows in memory at a time.
const BATCH: u32 = 1_000;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// A header, then one line per row.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

impl ReportFormat {
    /// NDJSON for the extensions `.ndjson`, `.jsonl` and `.json`, CSV for any other.
    #[must_use]
    pub fn by_name(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("ndjson" | "jsonl" | "json") => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The report cannot be written.
    #[error("the file could not be written")]
    Write(#[from] io::Error),
}

/// A line of the report.
#[derive(Serialize)]
struct ReportLine {
    line: u64,
    outcome: State,
    customer_id: Option<CustomerId>,
    reason: String,
}

/// Writes a line for each row: the row's line in the input, its outcome, the customer's id, and the reason.
///
/// A reason is for people. It may quote the input or the server, so it is written as one [plain](cloudlx_validate::plain) line,
/// and in CSV so that no spreadsheet takes it for a formula.
///
/// # Errors
///
/// When the journal cannot be read, or `to` cannot be written.
pub async fn write(
    journal: &impl ReadJournal,
    to: impl Write + Send,
    format: ReportFormat,
) -> Result<(), ReportError> {
    let mut to = io::BufWriter::new(to);
    match format {
        ReportFormat::Csv => {
            let mut csv = csv::Writer::from_writer(&mut to);
            each(journal, |row| csv.serialize(without_formula(report_line(row))).map_err(io::Error::other))
                .await?;
            csv.flush()?;
        }
        ReportFormat::Ndjson => {
            each(journal, |row| {
                serde_json::to_writer(&mut to, &report_line(row))?;
                to.write_all(b"\n")
            })
            .await?;
        }
    }
    to.flush()?;
    Ok(())
}

/// Calls `work` for each row, with a batch of rows in memory at a time.
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
        let rows = journal.outcomes(after, BATCH).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.row);
        rows.iter().try_for_each(&mut work)?;
    }
}

fn report_line(row: &RowOutcome) -> ReportLine {
    ReportLine {
        line: row.line,
        outcome: row.outcome,
        customer_id: row.customer_id,
        reason: Plain(row.reason.as_deref().unwrap_or_default()).to_string(),
    }
}

/// Puts a quote before a reason that a spreadsheet would take for a formula.
fn without_formula(mut row: ReportLine) -> ReportLine {
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
            assert_eq!(report_line(&row).reason, plain);
            assert_eq!(without_formula(report_line(&row)).reason, in_csv);
        }
    }
}
