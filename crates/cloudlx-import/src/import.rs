//! An import from where its journal is to where nothing more can be done: rounds of sending, and of settling what is
//! unknown after it.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_client::{Client, Error, Retry};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::hold::Hold;
use crate::journal::{Account, Counts, Journal, JournalError};
use crate::look::{Looked, id_of, look};
use crate::outcome;
use crate::pace::Rate;
use crate::send::{Sending, send};

/// How many requests are on the wire together, unless said otherwise.
pub const DEFAULT_CONCURRENCY: usize = 4;

/// How long after a lost answer a create may still land, unless said otherwise (inferred: twice what common gateways
/// wait).
pub const DEFAULT_SETTLE_TIME: Duration = Duration::from_mins(2);

/// How many rounds may pass in which nothing is done with any row; and how many where the API only did not process them for
/// the moment, after each of which it is left alone for longer.
const FRUITLESS_ROUNDS: u32 = 2;
const UNPROCESSED_ROUNDS: u32 = 4;

/// How long a run waits, each time, for what others are sending.
const PAUSE: Duration = Duration::from_secs(1);

/// How an import goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many requests are on the wire together, at least one.
    pub concurrency: usize,
    /// How many requests for customers are sent in a second; as many as go when none.
    pub rate: Option<Rate>,
    /// How long after a lost answer a create may still land.
    pub settle_time: Duration,
    /// What an error of the client, or one that caused it, says to whoever reads the journal and the report: the error's own
    /// words unless told, which give advice to programs.
    pub describe: fn(&(dyn std::error::Error + 'static)) -> String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: DEFAULT_CONCURRENCY,
            rate: None,
            settle_time: DEFAULT_SETTLE_TIME,
            describe: ToString::to_string,
        }
    }
}

/// Where an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many rows are where.
    pub counts: Counts,
    /// What it does.
    pub phase: Phase,
}

/// What an import does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has not begun.
    Starting,
    /// It sends rows.
    Sending,
    /// It sends nothing for a while, because the API asked for that, or processes nothing.
    Holding {
        /// For so long, from when this is said.
        time: Duration,
        /// Whether the API asked for it.
        asked: bool,
    },
    /// It waits until what is unknown can be settled.
    Waiting {
        /// For so long, from when this is said.
        time: Duration,
    },
    /// It lists the customers.
    Listing,
    /// It waits for rows that others are sending.
    Others,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many rows are where.
    #[serde(flatten)]
    pub counts: Counts,
    /// Why it ended before all was done; none when nothing more can be done.
    pub ended_early: Option<EndedEarly>,
}

/// Why a run ended before all was done. Running it again goes on in any case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedEarly {
    /// Why, in words.
    pub reason: String,
    /// Whether running it again can help without changing anything.
    pub again: bool,
}

/// Tells an import to stop: rows under way are ended, no others are begun.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// What tells, and what is told. Dropping the first tells nothing.
    #[must_use]
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (tell, told) = watch::channel(false);
        (tell, Self(told))
    }

    /// Whether it was told.
    pub(crate) fn is_told(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is told.
    pub(crate) async fn told(&self) {
        if self.0.clone().wait_for(|told| *told).await.is_err() {
            // Nobody is left to tell.
            std::future::pending::<()>().await;
        }
    }
}

/// What all parts of a run share.
pub(crate) struct Run<J> {
    pub(crate) client: Client,
    pub(crate) journal: Arc<J>,
    pub(crate) options: Options,
    pub(crate) stop: Stop,
    pub(crate) progress: watch::Sender<Progress>,
    /// When the API is to be left alone.
    pub(crate) hold: Hold,
}

impl<J> Run<J> {
    /// Whose customers are made; none with an access token, of which nobody knows whose it is.
    fn account(&self) -> Option<Account> {
        self.client.client_id().map(Account::of_client)
    }

    /// The error and what caused it, in a line.
    pub(crate) fn describe(&self, error: &Error) -> String {
        outcome::in_a_line(error, self.options.describe)
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.progress.send_modify(|progress| progress.phase = phase);
    }

    /// Rows are sent again, where they were held back.
    pub(crate) fn go_on_sending(&self) {
        self.progress.send_if_modified(|progress| {
            let is_holding = matches!(progress.phase, Phase::Holding { .. });
            if is_holding {
                progress.phase = Phase::Sending;
            }
            is_holding
        });
    }
}

impl<J: Journal> Run<J> {
    /// The counts as they are in the journal, which are also shown.
    pub(crate) async fn counts(&self) -> Result<Counts, JournalError> {
        let counts = self.journal.counts().await?;
        self.progress.send_modify(|progress| progress.counts = counts);
        Ok(counts)
    }
}

/// Sends what is to be sent, settles what is unknown, and does so again while that gets anything done.
///
/// The journal has the rows already ([`prepare`](crate::prepare)). Dropping the future stops at once: rows under way are
/// unknown when the journal is opened the next time, and nothing is lost.
///
/// # Errors
///
/// When the journal cannot be read or written. What the API does is in the [`Summary`].
pub async fn import<J: Journal>(
    client: &Client,
    journal: &Arc<J>,
    options: Options,
    stop: Stop,
    progress: watch::Sender<Progress>,
) -> Result<Summary, JournalError> {
    let (client, journal, hold) = (client.clone(), Arc::clone(journal), Hold::default());
    let run = Run { client, journal, options, stop, progress, hold };
    let run = Arc::new(run);
    let mut counts = run.counts().await?;
    // One that belongs to another API or account is refused before anything is asked, also where nothing is left to do: what
    // was created there is not here. It is bound when the API has answered, so that what was mistyped binds nothing.
    let is_bound = match run.journal.bound().await? {
        Some(bound) => bound.is_to(run.client.base_url(), run.account().as_ref())?,
        None => false,
    };
    let mut ended_early = None;
    if !is_done(&counts) {
        ended_early = rounds(&run, counts, is_bound).await?;
        counts = run.counts().await?;
    }
    Ok(Summary { counts, ended_early: ended_early.filter(|_| !is_done(&counts)) })
}

/// What progress of a journal is shown before an import begins.
#[must_use]
pub fn progress() -> (watch::Sender<Progress>, watch::Receiver<Progress>) {
    watch::channel(Progress { counts: Counts::default(), phase: Phase::Starting })
}

fn is_done(counts: &Counts) -> bool {
    counts.done() == counts.rows()
}

async fn rounds<J: Journal>(
    run: &Arc<Run<J>>,
    mut before: Counts,
    mut is_bound: bool,
) -> Result<Option<EndedEarly>, JournalError> {
    let mut fruitless = 0;
    loop {
        // What the list shows was there before: nothing that this import may have made is without a row.
        if (!is_bound || before.unknown + before.sending == 0)
            && let Some(ended) = know_what_is_there(run).await?
        {
            return Ok(Some(ended));
        }
        is_bound = true;
        let sent = send(run).await?;
        if run.stop.is_told() {
            return Ok(Some(stopped()));
        }
        match look(run).await? {
            Looked::Settled => {}
            Looked::Stopped => return Ok(Some(stopped())),
            Looked::CannotList(error) => return Ok(Some(cannot_list(run, &error))),
        }

        let after = run.counts().await?;
        if is_done(&after) {
            return Ok(None);
        }
        fruitless = if after.done() > before.done() { 0 } else { fruitless + 1 };
        match sent {
            Sending::Later(ended) => return Ok(Some(ended)),
            // What others are sending ends, or lapses, and may be left to settle or to send.
            Sending::Through { trouble: None, .. } if after.sending > 0 => {
                run.enter(Phase::Others);
                tokio::select! {
                    () = sleep(PAUSE) => {}
                    () = run.stop.told() => return Ok(Some(stopped())),
                }
                (before, fruitless) = (after, 0);
            }
            Sending::Through { trouble, passing }
                if fruitless >= if passing { UNPROCESSED_ROUNDS } else { FRUITLESS_ROUNDS } =>
            {
                return Ok(Some(trouble.unwrap_or_else(not_processed)));
            }
            Sending::Through { .. } => before = after,
        }
    }
}

async fn know_what_is_there<J: Journal>(run: &Run<J>) -> Result<Option<EndedEarly>, JournalError> {
    run.enter(Phase::Listing);
    let listed = tokio::select! {
        listed = run.client.fold_customers(Vec::new, |ids: &mut Vec<_>, it| ids.extend(id_of(&it))) => listed,
        () = run.stop.told() => return Ok(Some(stopped())),
    };
    match listed {
        Ok(ids) => {
            run.journal.bind_api(run.client.base_url(), run.account().as_ref()).await?;
            run.journal.know(ids).await?;
            Ok(None)
        }
        Err(error) => Ok(Some(cannot_list(run, &error))),
    }
}

fn not_processed() -> EndedEarly {
    let reason = "the rows that are left were sent again and again, and not processed".to_owned();
    EndedEarly { reason, again: true }
}

fn stopped() -> EndedEarly {
    EndedEarly { reason: "it was told to stop".to_owned(), again: true }
}

fn cannot_list<J>(run: &Run<J>, error: &Error) -> EndedEarly {
    let reason = format!("the customers could not be listed: {}", run.describe(error));
    EndedEarly { reason, again: error.retry() != Retry::Useless }
}
