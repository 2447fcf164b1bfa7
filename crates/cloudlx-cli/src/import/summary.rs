//! How an import ended: counts, and the rows that somebody has to look at.

use std::io;

use cloudlx_import::Summary;
use cloudlx_import::journal::{Account, Counts, ReadJournal, RowOutcome, State};
use cloudlx_import::report;
use serde::Serialize;

use super::findings::{Findings, Kept};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::{credentials, output};

/// How many rows are named to people, and how many to programs; the report has all.
const MOST_NAMED: usize = 20;
const MOST_KEPT: usize = 1_000;

/// The exit code: what is left to do says more than what went wrong.
pub(crate) fn exit(summary: &Summary) -> Exit {
    let counts = &summary.counts;
    match &summary.ended_early {
        Some(early) if early.again => Exit::NotProcessed,
        Some(_) => Exit::Refused,
        None if counts.done() < counts.rows() => Exit::NotProcessed,
        None if counts.uncertain > 0 => Exit::Unknown,
        None if counts.refused + counts.skipped > 0 => Exit::Refused,
        None => Exit::Done,
    }
}

#[derive(Serialize)]
struct Printed<'a> {
    outcome: &'static str,
    rows: u64,
    #[serde(flatten)]
    summary: &'a Summary,
    /// The rows that somebody has to look at, and how many more there are.
    to_look_at: Vec<RowOutcome>,
    to_look_at_left_out: usize,
    #[serde(skip_serializing_if = "<[Kept]>::is_empty")]
    findings: &'a [Kept],
}

/// Prints how a run ended.
pub(crate) async fn print(
    journal: &impl ReadJournal,
    summary: &Summary,
    findings: &Findings,
    format: Format,
) -> Result<(), Failure> {
    match format {
        Format::Json => {
            let (to_look_at, to_look_at_left_out) = rows_to_look_at(journal, MOST_KEPT).await?;
            output::json(&Printed {
                outcome: outcome(exit(summary)),
                rows: summary.counts.rows(),
                summary,
                to_look_at,
                to_look_at_left_out,
                findings: findings.kept(),
            })
        }
        Format::Human => {
            table(&summary.counts)?;
            name_rows(journal).await?;
            if let Some(early) = &summary.ended_early {
                let remedy = if early.again {
                    "run the same command again, and it goes on"
                } else {
                    "put that right and run the same command again, and it goes on"
                };
                output::note(&format!("not done: {}: {remedy}", early.reason));
                if let Some(token_first) = credentials::token_first().filter(|_| !early.again) {
                    output::note(&format!("if the token was refused: {}", token_first.advice()));
                }
            }
            Ok(())
        }
    }
}

#[derive(Serialize)]
struct PrintedStatus {
    rows: u64,
    #[serde(flatten)]
    counts: Counts,
    /// The rows that somebody has to look at, and how many more there are.
    to_look_at: Vec<RowOutcome>,
    to_look_at_left_out: usize,
    input_sha256: Option<String>,
    base_url: Option<String>,
    account: Option<String>,
}

/// Prints where an import is.
pub(crate) async fn print_status(journal: &impl ReadJournal, format: Format) -> Result<(), Failure> {
    let counts = journal.counts().await?;
    match format {
        Format::Json => {
            let bound = journal.bound().await?;
            let (to_look_at, to_look_at_left_out) = rows_to_look_at(journal, MOST_KEPT).await?;
            let base_url = bound.as_ref().and_then(|bound| bound.api.clone());
            let account = bound.as_ref().and_then(|bound| bound.account.as_ref()).map(Account::to_string);
            let input_sha256 = bound.map(|bound| bound.input);
            output::json(&PrintedStatus {
                rows: counts.rows(),
                counts,
                to_look_at,
                to_look_at_left_out,
                input_sha256,
                base_url,
                account,
            })
        }
        Format::Human => {
            table(&counts)?;
            name_rows(journal).await
        }
    }
}

fn outcome(exit: Exit) -> &'static str {
    match exit {
        Exit::Done => "done",
        Exit::Invalid => "invalid",
        Exit::NotRun => "not-run",
        Exit::Refused => "refused",
        Exit::NotProcessed => "not-processed",
        Exit::Unknown => "unknown",
    }
}

fn table(counts: &Counts) -> Result<(), Failure> {
    let Counts { pending, sending, created, refused, unknown, settled, uncertain, skipped } = *counts;
    let rows = [
        ("created", created),
        ("created, as the list shows", settled),
        ("refused", refused),
        ("left out", skipped),
        ("uncertain", uncertain),
        ("unknown yet", unknown),
        ("being sent", sending),
        ("to be sent", pending),
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|(what, count)| *count > 0 || *what == "created")
        .map(|(what, count)| [what.to_owned(), count.to_string()])
        .collect();
    output::table(["OUTCOME", "ROWS"], &rows)
}

/// Names the rows that somebody has to look at.
async fn name_rows(journal: &impl ReadJournal) -> Result<(), Failure> {
    let (named, left_out) = rows_to_look_at(journal, MOST_NAMED).await?;
    for row in named {
        let reason = row.reason.as_deref().unwrap_or_default();
        output::note(&format!("line {}: {}: {reason}", row.line, row.outcome));
    }
    if left_out > 0 {
        output::note(&format!("… and {left_out} more: --report FILE names all"));
    }
    Ok(())
}

/// The rows that somebody has to look at, no more than `most` of them, and how many there are besides.
async fn rows_to_look_at(
    journal: &impl ReadJournal,
    most: usize,
) -> Result<(Vec<RowOutcome>, usize), Failure> {
    let (mut named, mut left_out) = (Vec::new(), 0);
    let take = |row: &RowOutcome| -> io::Result<()> {
        if matches!(row.outcome, State::Refused | State::Uncertain | State::Skipped | State::Unknown) {
            if named.len() < most {
                named.push(row.clone());
            } else {
                left_out += 1;
            }
        }
        Ok(())
    };
    report::each(journal, take).await.map_err(Failure::ReadJournal)?;
    Ok((named, left_out))
}
