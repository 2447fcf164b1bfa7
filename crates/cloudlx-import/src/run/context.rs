//! What all parts of a run share.

use std::sync::Arc;

use cloudlx_client::{Client, Error};
use tokio::sync::watch;

use super::backoff::Backoff;
use super::options::Options;
use super::outcome;
use super::progress::{Phase, Progress};
use super::stop::Stop;
use crate::journal::{Account, Counts, Journal, JournalError, State};

/// What all parts of a run share.
pub(super) struct Run<J> {
    pub(super) client: Client,
    pub(super) journal: Arc<J>,
    pub(super) options: Options,
    pub(super) stop: Stop,
    pub(super) progress: watch::Sender<Progress>,
    pub(super) backoff: Backoff,
}

impl<J> Run<J> {
    /// The account of the client id; none with an access token, which does not identify an account.
    pub(super) fn account(&self) -> Option<Account> {
        self.client.client_id().map(Account::of_client)
    }

    /// The error and its causes, in one line.
    pub(super) fn describe(&self, error: &Error) -> String {
        outcome::describe(error, self.options.describe)
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.progress.send_modify(|progress| progress.phase = phase);
    }

    /// Returns to the phase `Sending` after `Holding`.
    pub(super) fn resume_sending(&self) {
        self.progress.send_if_modified(|progress| {
            let is_holding = matches!(progress.phase, Phase::Holding { .. });
            if is_holding {
                progress.phase = Phase::Sending;
            }
            is_holding
        });
    }

    /// Counts one row in another state.
    pub(super) fn count_step(&self, from: State, to: State) {
        self.progress.send_modify(|progress| {
            let from = progress.counts.count_mut(from);
            *from = from.saturating_sub(1);
            *progress.counts.count_mut(to) += 1;
        });
    }
}

impl<J: Journal> Run<J> {
    /// Reads the counts from the journal, and reports them as progress.
    pub(super) async fn counts(&self) -> Result<Counts, JournalError> {
        let counts = self.journal.counts().await?;
        self.progress.send_modify(|progress| progress.counts = counts);
        Ok(counts)
    }
}
