//! Checking every row before any is sent, and taking them into a journal when all is well.

use std::convert::Infallible;
use std::fmt;
use std::ops::ControlFlow;

use cloudlx_model::CreateCustomer;
use cloudlx_validate::{Validated, Violation, Violations, from_json};
use tokio::sync::{mpsc, oneshot};

use crate::equal::Fingerprints;
use crate::input::{Input, InputHash};
use crate::journal::{Bound, Journal, JournalError, NewRow};
use crate::rows::{self, Columns, Found, ReadError, RowProblem};

/// How many rows are handed to the journal together, and how long they may be together, in bytes.
const CHUNK: usize = 256;
const CHUNK_BYTES: usize = 1 << 18;

/// What is checked, and what is let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Leave invalid rows out, and send the others.
    pub skip_invalid: bool,
    /// Create a customer for each of several rows that are equal.
    pub allow_equal_rows: bool,
}

/// Something that is wrong with a row.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finding<'a> {
    /// It breaks rules.
    Invalid {
        /// The line that it begins on, from 1.
        line: u64,
        /// The request, as JSON: as it stands in the file, or made out of cells.
        json: &'a [u8],
        /// The columns that it was written in, unless it was written as JSON.
        columns: Option<&'a Columns>,
        /// All that is wrong with it.
        violations: &'a Violations,
    },
    /// No request can be made of it.
    Unreadable {
        /// The line that it begins on, from 1.
        line: u64,
        /// What is wrong with it.
        problem: &'a RowProblem,
    },
    /// It asks for the same customer as another one.
    Equal {
        /// The line that it begins on, from 1.
        line: u64,
        /// The line of the first row that it equals.
        first: u64,
    },
}

/// What is wrong, and on which line.
impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { line, columns, violations, .. } => {
                write!(f, "line {line}: {}", in_words(*columns, violations))
            }
            Self::Unreadable { line, problem } => write!(f, "line {line}: {problem}"),
            Self::Equal { line, first } => {
                write!(f, "line {line}: the row equals the one on line {first}: remove one of them")
            }
        }
    }
}

/// What was found in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// All rows.
    pub rows: u64,
    /// Those that are invalid.
    pub invalid: u64,
    /// Those that equal an earlier one.
    pub equal: u64,
}

impl Checked {
    /// Whether its rows may be sent; where there are none, something is wrong with the file.
    #[must_use]
    pub fn passes(&self, options: CheckOptions) -> bool {
        self.rows > 0
            && (self.invalid == 0 || options.skip_invalid)
            && (self.equal == 0 || options.allow_equal_rows)
    }
}

/// How an input and a journal came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// The journal is new, and has the rows now.
    Loaded(Checked),
    /// The rows do not pass. Nothing was kept.
    Refused(Checked),
    /// The journal has the rows of this input from before.
    Resumed,
}

/// Why an input and a journal do not come together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// The input cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Checks every row of `input` and says of each what is wrong with it. Nothing is kept and nothing is sent.
///
/// Equal rows are found at the end, and reported in order.
///
/// # Errors
///
/// When the input cannot be read to its end.
pub fn check(input: &Input, report: impl FnMut(&Finding<'_>)) -> Result<Checked, ReadError> {
    let flow = each_row(input, report, |_| ControlFlow::<Infallible>::Continue(()))?;
    match flow {
        ControlFlow::Continue((checked, _)) => Ok(checked),
        ControlFlow::Break(never) => match never {},
    }
}

/// Takes the rows of `input` into a new `journal` when they pass, or makes sure that they are those of a journal that was
/// begun before.
///
/// # Errors
///
/// When the input cannot be read, the journal cannot be used, or it belongs to another input.
pub async fn prepare<J: Journal>(
    journal: &J,
    input: &Input,
    options: CheckOptions,
    report: impl FnMut(&Finding<'_>) + Send + 'static,
) -> Result<Prepared, PrepareError> {
    if let Some(bound) = journal.bound().await? {
        return resume(journal, input.clone(), &bound).await;
    }
    let (rows, to_load) = mpsc::channel(4);
    let (seal, sealed) = oneshot::channel();
    let (input, loading) = (input.clone(), input.clone());
    let reading = tokio::task::spawn_blocking(move || read_into(&input, options, report, &rows, seal));
    let loaded = journal.load(to_load, sealed).await;
    let checked = reading.await.map_err(|_| JournalError::NotLoaded)??;
    match (checked, loaded) {
        // Several began at once, and another was first.
        (_, Err(JournalError::LoadedAlready)) => {
            let bound = journal.bound().await?.ok_or(JournalError::NotLoaded)?;
            resume(journal, loading, &bound).await
        }
        (Some(checked), Ok(())) => Ok(Prepared::Loaded(checked)),
        // Loading was broken off because they do not pass.
        (Some(checked), Err(JournalError::NotLoaded)) if !checked.passes(options) => {
            Ok(Prepared::Refused(checked))
        }
        (_, loaded) => Err(loaded.err().unwrap_or(JournalError::NotLoaded).into()),
    }
}

async fn resume<J: Journal>(journal: &J, input: Input, bound: &Bound) -> Result<Prepared, PrepareError> {
    let hashed = tokio::task::spawn_blocking(move || input.hash()).await;
    let found = hashed.map_err(|_| JournalError::NotLoaded)?.map_err(ReadError::from)?;
    if found.to_string() == bound.input {
        Ok(Prepared::Resumed)
    } else {
        let skipped = journal.counts().await?.skipped;
        Err(JournalError::OtherInput { bound: bound.input.clone(), found, skipped }.into())
    }
}

/// Reads and checks, and hands rows on; seals them when they pass. None when nobody takes the rows any more.
fn read_into(
    input: &Input,
    options: CheckOptions,
    report: impl FnMut(&Finding<'_>),
    rows: &mpsc::Sender<Vec<NewRow>>,
    seal: oneshot::Sender<InputHash>,
) -> Result<Option<Checked>, ReadError> {
    let (mut chunk, mut bytes) = (Vec::with_capacity(CHUNK), 0);
    let flow = each_row(input, report, |row| {
        bytes += match &row {
            NewRow::Pending { request, .. } => request.len(),
            NewRow::Skipped { reason, .. } => reason.len(),
        };
        chunk.push(row);
        if chunk.len() < CHUNK && bytes < CHUNK_BYTES {
            return ControlFlow::Continue(());
        }
        bytes = 0;
        match rows.blocking_send(std::mem::take(&mut chunk)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    let ControlFlow::Continue((checked, hash)) = flow else { return Ok(None) };
    if checked.passes(options) {
        // Where nobody takes them, the journal says why.
        let _ = rows.blocking_send(chunk).map(|()| seal.send(hash));
    }
    Ok(Some(checked))
}

/// Checks each row, reports what is wrong, and hands on what is to be kept.
fn each_row<B>(
    input: &Input,
    mut report: impl FnMut(&Finding<'_>),
    mut keep: impl FnMut(NewRow) -> ControlFlow<B>,
) -> Result<ControlFlow<B, (Checked, InputHash)>, ReadError> {
    let mut checked = Checked::default();
    let mut fingerprints = Fingerprints::default();
    let flow = rows::read(input, |found| {
        checked.rows += 1;
        keep(match found {
            Found::Row { line, json, columns } => match from_json(json) {
                Ok(request) => {
                    fingerprints.push(line, &request);
                    NewRow::Pending { line, request: as_json(&request) }
                }
                Err(violations) => {
                    checked.invalid += 1;
                    report(&Finding::Invalid { line, json, columns, violations: &violations });
                    NewRow::Skipped { line, reason: in_words(columns, &violations) }
                }
            },
            Found::Unreadable { line, problem } => {
                checked.invalid += 1;
                report(&Finding::Unreadable { line, problem: &problem });
                NewRow::Skipped { line, reason: problem.to_string() }
            }
        })
    })?;
    let ControlFlow::Continue(hash) = flow else { return Ok(flow.map_continue(|hash| (checked, hash))) };
    for (line, first) in fingerprints.repeated() {
        checked.equal += 1;
        report(&Finding::Equal { line, first });
    }
    Ok(ControlFlow::Continue((checked, hash)))
}

/// As it will be sent.
fn as_json(request: &Validated<CreateCustomer>) -> Vec<u8> {
    // A request is always JSON; were it not, the journal would find nothing in its place, and send nothing.
    serde_json::to_vec(request).unwrap_or_default()
}

fn in_words(columns: Option<&Columns>, violations: &Violations) -> String {
    let words = match columns {
        Some(columns) => columns.in_words(violations),
        None => violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("; "),
    };
    match violations.total().saturating_sub(violations.as_slice().len()) {
        0 => words,
        more => format!("{words}; and {more} more"),
    }
}
