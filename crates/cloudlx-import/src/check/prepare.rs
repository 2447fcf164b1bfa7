//! Loads checked rows into a journal.

use std::ops::ControlFlow;

use tokio::sync::{mpsc, oneshot};

use super::finding::Finding;
use super::rows::{CheckOptions, Checked, each_row};
use crate::hash::InputHash;
use crate::input::{Input, ReadError};
use crate::journal::{Bound, Journal, JournalError, NewRow};

/// The most rows, and bytes of rows, that are sent to the journal together.
const CHUNK: usize = 256;
const CHUNK_BYTES: usize = 1 << 18;

/// What `prepare` did with an input and a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prepared {
    /// The journal was new, and has stored the rows.
    Loaded(Checked),
    /// The rows do not pass the check. The journal has stored nothing.
    Refused(Checked),
    /// The journal already had the rows of this input.
    Resumed,
}

/// Why an input cannot be prepared for an import.
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

/// Checks the rows of `input` and stores them in a new `journal` if they pass. With a journal that already has rows, checks that
/// they are the rows of `input`.
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
        // Several runs began at once, and another one loaded its rows first.
        (_, Err(JournalError::LoadedAlready)) => {
            let bound = journal.bound().await?.ok_or(JournalError::NotLoaded)?;
            resume(journal, loading, &bound).await
        }
        (Some(checked), Ok(())) => Ok(Prepared::Loaded(checked)),
        // `read_into` dropped the seal because the rows do not pass.
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

/// Reads and checks the rows, and sends them to the journal. Sends the seal if they pass. None when the journal has stopped
/// receiving.
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
        // If the journal has stopped receiving, its own error says why.
        let _ = rows.blocking_send(chunk).map(|()| seal.send(hash));
    }
    Ok(Some(checked))
}
