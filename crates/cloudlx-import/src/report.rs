//! What became of each row, a line a row.

use std::io::{self, Write};
use std::path::Path;

use cloudlx_model::CustomerId;
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
struct Reported<'a> {
    line: u64,
    outcome: State,
    customer_id: Option<CustomerId>,
    reason: &'a str,
}

/// Writes where each row is: its line, the outcome, the customer's id, and the reason.
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
            each(journal, |row| csv.serialize(reported(row)).map_err(io::Error::other)).await?;
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

fn reported(row: &RowOutcome) -> Reported<'_> {
    Reported {
        line: row.line,
        outcome: row.outcome,
        customer_id: row.customer_id,
        reason: row.reason.as_deref().unwrap_or_default(),
    }
}
