//! How an import ended: counts, and the rows that somebody has to look at.

use std::io;

use cloudlx_import::Summary;
use cloudlx_import::journal::{Account, Counts, ReadJournal, RowOutcome, State};
use cloudlx_import::report::{self, ReportError};
use serde::Serialize;

use super::findings::{Findings, Kept};
use crate::credentials;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::output::{self, Output, Print};

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

/// The journal cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("could not read the journal")]
struct UnreadableJournal(#[source] ReportError);

impl CommandError for UnreadableJournal {}

/// How a run ended.
#[derive(Serialize)]
struct Summarized<'a> {
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

impl Print for Summarized<'_> {
    fn json(&self) -> impl Serialize {
        self
    }

    fn human(&self) -> Vec<String> {
        table(&self.summary.counts)
    }
}

/// Prints how a run ended.
pub(super) async fn print(
    journal: &impl ReadJournal,
    summary: &Summary,
    findings: &Findings,
    output: Output,
) -> Result<(), Failure> {
    let (to_look_at, to_look_at_left_out) = rows_to_look_at(journal, most_named(output)).await?;
    let summarized = Summarized {
        outcome: exit(summary).outcome(),
        rows: summary.counts.rows(),
        summary,
        to_look_at,
        to_look_at_left_out,
        findings: findings.kept(),
    };
    output.print(&summarized)?;
    if output.shows_as_found() {
        name_rows(&summarized.to_look_at, to_look_at_left_out);
        tell_ended_early(summary);
    } else if output.stdout_is_for_people() {
        // Where stdout has the counts alone and stderr is for programs, all of it stands there.
        output.tell(&summarized);
    }
    Ok(())
}

/// Tells people why a run ended early, and what to do.
fn tell_ended_early(summary: &Summary) {
    let Some(early) = &summary.ended_early else { return };
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

/// The outcomes of an import's rows.
#[derive(Serialize)]
struct Status {
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

impl Print for Status {
    fn json(&self) -> impl Serialize {
        self
    }

    fn human(&self) -> Vec<String> {
        table(&self.counts)
    }
}

/// Prints the outcomes of an import's rows.
pub(super) async fn print_status(journal: &impl ReadJournal, output: Output) -> Result<(), Failure> {
    let counts = journal.counts().await?;
    let bound = journal.bound().await?;
    let (to_look_at, to_look_at_left_out) = rows_to_look_at(journal, most_named(output)).await?;
    let status = Status {
        rows: counts.rows(),
        counts,
        to_look_at,
        to_look_at_left_out,
        base_url: bound.as_ref().and_then(|bound| bound.api.clone()),
        account: bound.as_ref().and_then(|bound| bound.account.as_ref()).map(Account::to_string),
        input_sha256: bound.map(|bound| bound.input),
    };
    output.print(&status)?;
    if output.shows_as_found() {
        name_rows(&status.to_look_at, to_look_at_left_out);
    } else if output.stdout_is_for_people() {
        output.tell(&status);
    }
    Ok(())
}

fn table(counts: &Counts) -> Vec<String> {
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

/// How many rows are named: few to people, who have the report for all.
fn most_named(output: Output) -> usize {
    if output.shows_as_found() { MOST_NAMED } else { MOST_KEPT }
}

/// Names rows that somebody has to look at.
fn name_rows(rows: &[RowOutcome], left_out: usize) {
    for row in rows {
        let reason = row.reason.as_deref().unwrap_or_default();
        output::note(&format!("line {}: {}: {reason}", row.line, row.outcome));
    }
    if left_out > 0 {
        output::note(&format!("… and {left_out} more: --report FILE names all"));
    }
}

/// The rows that somebody has to look at, no more than `most` of them, and how many there are besides.
async fn rows_to_look_at(
    journal: &impl ReadJournal,
    most: usize,
) -> Result<(Vec<RowOutcome>, usize), UnreadableJournal> {
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
    report::each(journal, take).await.map_err(UnreadableJournal)?;
    Ok((named, left_out))
}
