//! Sending what is pending, several rows at a time.
//!
//! In a round each row is sent once at most, so that one which is never processed does not keep the others waiting. A
//! place sends one row after the other: it claims a row, which makes the intent durable, sends it, and makes the
//! outcome durable before it claims the next. There are twice as many places as there may be requests on the wire, so
//! that half of them can wait for the disk while the other half wait for the API.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloudlx_model::CreateCustomer;
use cloudlx_validate::Validated;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::import::{EndedEarly, Phase, Run};
use crate::journal::{Claim, Confirmed, End, Journal, JournalError, Round, State};
use crate::outcome::{self, Next};
use crate::pace::Pace;

/// How long a run waits when the API says when to come back; past it, it ends.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How a round of sending ended.
#[derive(Debug)]
pub(crate) enum Sending {
    /// Each pending row was sent once, or there was too much trouble in a row to go on, or the run was told to stop.
    Through {
        /// The last trouble that there was.
        trouble: Option<EndedEarly>,
    },
    /// The API asks to come back later than a run waits.
    Later(EndedEarly),
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

/// What went wrong.
#[derive(Debug, Default)]
struct Trouble {
    /// How many rows since the last one that went well.
    in_a_row: usize,
    last: Option<EndedEarly>,
    is_over: bool,
    later: bool,
}

/// Sends each pending row once, until the run is told to stop or there is too much trouble in a row.
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
    let round = run.journal.begin_round().await?;
    let mut tasks = JoinSet::new();
    for _ in 0..places {
        tasks.spawn(place(Arc::clone(&shared), round));
    }
    let mut first_failure = None;
    while let Some(ended) = tasks.join_next().await {
        let failed = match ended {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error,
            Err(error) => JournalError::NotWritten { reason: error.to_string() },
        };
        // The others end what is under way, and begin nothing more.
        shared.trouble().is_over = true;
        first_failure.get_or_insert(failed);
    }
    if let Some(failure) = first_failure {
        return Err(failure);
    }
    let trouble = std::mem::take(&mut *shared.trouble());
    Ok(match trouble.last {
        Some(last) if trouble.later => Sending::Later(last),
        last => Sending::Through { trouble: last },
    })
}

async fn place<J: Journal>(places: Arc<Places<J>>, round: Round) -> Result<(), JournalError> {
    let run = &*places.run;
    loop {
        if !places.may_begin().await {
            return Ok(());
        }
        let Some((claim, request)) = run.journal.claim(round).await? else { return Ok(()) };
        moved(run, State::Pending, State::Sending);

        let on_the_wire = places.wire.acquire().await;
        let (end, next) = if places.is_over() {
            (End::NotProcessed { reason: "not sent, for the import was stopped".to_owned() }, Next::GoOn)
        } else {
            confirmed(run, &claim, &request).await?
        };
        drop(on_the_wire);

        let state = match &end {
            End::Created { .. } => State::Created,
            End::Refused { .. } => State::Refused,
            End::NotProcessed { .. } => State::Pending,
            End::Unknown { .. } => State::Unknown,
        };
        run.journal.complete(claim, end).await?;
        moved(run, State::Sending, state);
        places.note(next);
    }
}

/// Sends a row if its claim still holds.
async fn confirmed<J: Journal>(
    run: &Run<J>,
    claim: &Claim,
    request: &Validated<CreateCustomer>,
) -> Result<(End, Next), JournalError> {
    let lease = match run.journal.confirm(claim).await? {
        Confirmed::Held => return Ok(outcome::of(request, run.client.create_customer(request).await)),
        Confirmed::Lapsed => {
            let reason = "not sent, for it was not its turn any more".to_owned();
            return Ok((End::NotProcessed { reason }, Next::GoOn));
        }
        Confirmed::Leased(lease) => lease,
    };
    let sending = run.client.create_customer_while(request, move || lease.may_send());
    tokio::select! {
        // After standing still, the time is what counts.
        biased;
        () = sleep(lease.left_for_an_answer()) => {
            let reason = "no outcome was known within the lease".to_owned();
            let next = Next::Careful { after: None, reason: reason.clone(), again: true };
            Ok((End::Unknown { reason, acted: false }, next))
        }
        created = sending => Ok(outcome::of(request, created)),
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
        self.run.stop.is_told() || self.trouble().is_over
    }

    /// Waits until another row may be begun; false when none may be.
    async fn may_begin(&self) -> bool {
        self.unless_told(self.pace.turn()).await;
        let not_before = *self.run.not_before();
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
    fn note(&self, next: Next) {
        let mut trouble = self.trouble();
        let Next::Careful { after, reason, again } = next else {
            trouble.in_a_row = 0;
            return;
        };
        trouble.in_a_row += 1;
        trouble.last = Some(EndedEarly { reason, again });
        trouble.later |= after.is_some_and(|after| after > LONGEST_WAIT);
        trouble.is_over |= trouble.later || trouble.in_a_row >= self.patience;
        if let Some(after) = after.filter(|after| *after <= LONGEST_WAIT) {
            let mut not_before = self.run.not_before();
            *not_before = not_before.max(Some(Instant::now() + after));
        }
    }
}
