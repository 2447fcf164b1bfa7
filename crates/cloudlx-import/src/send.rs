//! Sending what is pending, several rows at a time.
//!
//! A place sends one row after the other: it claims a row, which makes the intent durable, sends it, and makes the
//! outcome durable before it claims the next. There are twice as many places as there may be requests on the wire, so
//! that half of them can wait for the disk while the other half wait for the API.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::import::{Phase, Run};
use crate::journal::{End, Journal, JournalError, State};
use crate::outcome::{self, Next};
use crate::pace::Pace;

/// How long a run waits when the API says when to come back; past it, it ends.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sending {
    /// There is nothing more to send, or the run was told to stop.
    Drained,
    /// One row after the other was not processed, or ended without an outcome.
    Trouble { reason: String },
    /// Whatever is sent will be refused.
    Useless { reason: String },
}

/// What the places share.
struct Places<J> {
    run: Arc<Run<J>>,
    wire: Semaphore,
    pace: Pace,
    trouble: Mutex<Trouble>,
    /// How much trouble in a row ends it.
    patience: usize,
}

/// What went wrong since the last row that went well.
#[derive(Debug, Default)]
struct Trouble {
    in_a_row: usize,
    not_before: Option<Instant>,
    ended: Option<Sending>,
}

/// Sends rows until none is pending, the run is told to stop, or it is of no use.
pub(crate) async fn send<J: Journal>(run: &Arc<Run<J>>) -> Result<Sending, JournalError> {
    run.enter(Phase::Sending);
    let concurrency = run.options.concurrency.clamp(1, Semaphore::MAX_PERMITS / 2);
    // Under a rate, a row that has its turn is not to wait for others'.
    let places = if run.options.rate.is_some() { concurrency } else { concurrency * 2 };
    let shared = Arc::new(Places {
        run: Arc::clone(run),
        wire: Semaphore::new(concurrency),
        pace: Pace::new(run.options.rate),
        trouble: Mutex::default(),
        patience: places * 2,
    });
    let mut tasks = JoinSet::new();
    for _ in 0..places {
        tasks.spawn(place(Arc::clone(&shared)));
    }
    let mut first_failure = None;
    while let Some(ended) = tasks.join_next().await {
        let failed = match ended {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error,
            Err(error) => JournalError::NotWritten { reason: error.to_string() },
        };
        // The others end what is under way, and begin nothing more.
        shared.trouble().ended = Some(Sending::Useless { reason: failed.to_string() });
        first_failure.get_or_insert(failed);
    }
    match first_failure {
        Some(failure) => Err(failure),
        None => Ok(shared.trouble().ended.take().unwrap_or(Sending::Drained)),
    }
}

async fn place<J: Journal>(places: Arc<Places<J>>) -> Result<(), JournalError> {
    let run = &*places.run;
    loop {
        if !places.may_begin().await {
            return Ok(());
        }
        let Some((claim, request)) = run.journal.claim().await? else { return Ok(()) };
        moved(run, State::Pending, State::Sending);

        let on_the_wire = places.wire.acquire().await;
        let (end, next) = if places.is_over() {
            (End::NotProcessed { reason: "not sent, for the import was stopped".to_owned() }, Next::GoOn)
        } else {
            outcome::of(&request, run.client.create_customer(&request).await)
        };
        drop(on_the_wire);

        let state = match &end {
            End::Created { .. } => State::Created,
            End::Refused { .. } => State::Refused,
            End::NotProcessed { .. } => State::Pending,
            End::Unknown { .. } => State::Unknown,
        };
        let reason = match &end {
            End::Unknown { reason, .. } | End::NotProcessed { reason } => reason.clone(),
            End::Created { .. } | End::Refused { .. } => String::new(),
        };
        run.journal.complete(claim, end).await?;
        moved(run, State::Sending, state);
        places.note(next, reason);
    }
}

fn moved<J>(run: &Run<J>, from: State, to: State) {
    run.progress.send_modify(|progress| {
        let from = progress.counts.of(from);
        *from = from.saturating_sub(1);
        *progress.counts.of(to) += 1;
    });
}

impl<J> Places<J> {
    fn trouble(&self) -> std::sync::MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.run.stop.is_told() || self.trouble().ended.is_some()
    }

    /// Waits until another row may be begun; false when none may be.
    async fn may_begin(&self) -> bool {
        self.unless_told(self.pace.turn()).await;
        let not_before = self.trouble().not_before;
        if let Some(not_before) = not_before {
            self.unless_told(sleep_until(not_before)).await;
        }
        !self.is_over()
    }

    async fn unless_told(&self, wait: impl Future<Output = ()>) {
        tokio::select! {
            () = wait => {}
            () = self.run.stop.told() => {}
        }
    }

    /// Takes note of how a row ended.
    fn note(&self, next: Next, reason: String) {
        let mut trouble = self.trouble();
        match next {
            Next::GoOn => trouble.in_a_row = 0,
            Next::Stop { reason } => trouble.ended = Some(Sending::Useless { reason }),
            Next::Careful { after } => {
                trouble.in_a_row += 1;
                let too_long = after.is_some_and(|after| after > LONGEST_WAIT);
                if let Some(after) = after.filter(|_| !too_long) {
                    trouble.not_before = trouble.not_before.max(Some(Instant::now() + after));
                }
                if trouble.ended.is_none() && (too_long || trouble.in_a_row >= self.patience) {
                    trouble.ended = Some(Sending::Trouble { reason });
                }
            }
        }
    }
}
