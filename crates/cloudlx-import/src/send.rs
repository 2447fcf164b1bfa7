//! Sending what is pending, several rows at a time.
//!
//! In a round each row is sent once at most, so that one which is never processed does not keep the others waiting. A
//! place sends one row after the other: it claims a row, which makes the intent durable, sends it, and makes the
//! outcome durable before it claims the next. There are twice as many places as there may be requests on the wire, so
//! that half of them can wait for the disk while the other half wait for the API.
//!
//! Here alone is decided when a row is sent again, not in the client: so a rate holds for every request, and when the API
//! asks to be left alone, nothing is sent at all. A row that was claimed by then is given back.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloudlx_client::Client;
use cloudlx_model::CreateCustomer;
use cloudlx_validate::Validated;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::import::{EndedEarly, Phase, Run};
use crate::journal::{Claim, Completed, Confirmed, End, Journal, JournalError, Round, Said, State};
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
        /// Whether all trouble was that rows were not processed for the moment, which needs no settling.
        passing: bool,
    },
    /// The API asks to come back later than a run waits.
    Later(EndedEarly),
}

/// What the places share.
struct Places<J> {
    run: Arc<Run<J>>,
    /// Which tries once.
    client: Client,
    wire: Semaphore,
    pace: Pace,
    trouble: Mutex<Trouble>,
    /// Those that wait are told of it.
    verdict: watch::Sender<Verdict>,
    /// How much trouble in a row ends it.
    patience: usize,
    /// How many rows that were not processed in a row make it wait: more than may have been on the wire together.
    many: usize,
}

/// What came of a row that was claimed.
struct Sent {
    end: End,
    /// None where it was not sent after all.
    next: Option<Next>,
    /// How many requests it was.
    requests: u32,
}

/// What went wrong.
#[derive(Debug, Default)]
struct Trouble {
    /// How many rows since the last one that went well.
    in_a_row: usize,
    last: Option<EndedEarly>,
    /// Whether the last row was not processed for the moment, and nobody said until when.
    is_passing: bool,
    /// Whether there was trouble of another kind.
    is_mixed: bool,
}

/// What is to become of the round.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    #[default]
    GoOn,
    /// No other row is begun.
    Over,
    /// Nor in another round, for the API asks to come back later than a run waits.
    Later,
}

/// How many requests have left for a row, or that none ever will.
#[derive(Clone, Default)]
struct Requests(Arc<AtomicU32>);

/// Sends each pending row once, until the run is told to stop or there is too much trouble in a row.
pub(crate) async fn send<J: Journal>(run: &Arc<Run<J>>) -> Result<Sending, JournalError> {
    run.enter(Phase::Sending);
    let concurrency = run.options.concurrency.clamp(1, Semaphore::MAX_PERMITS / 2);
    // Under a rate, a row that has its turn is not to wait for others'.
    let places = if run.options.rate.is_some() { concurrency } else { concurrency * 2 };
    let shared = Arc::new(Places {
        run: Arc::clone(run),
        client: run.client.no_retries(),
        wire: Semaphore::new(concurrency),
        pace: Pace::new(run.options.rate),
        trouble: Mutex::default(),
        verdict: watch::Sender::default(),
        patience: places * 2,
        many: concurrency + 1,
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
        shared.end(Verdict::Over);
        first_failure.get_or_insert(failed);
    }
    if let Some(failure) = first_failure {
        return Err(failure);
    }
    let trouble = std::mem::take(&mut *shared.trouble());
    if trouble.is_passing {
        // The next round is not to find everything as it is now.
        shared.say_hold(run.hold.longer(), false);
    }
    Ok(match trouble.last {
        Some(last) if *shared.verdict.borrow() == Verdict::Later => Sending::Later(last),
        last => Sending::Through { trouble: last, passing: !trouble.is_mixed },
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
        let Sent { end, next, requests } = places.send(&claim, &request).await?;
        // Trouble, before the next one has its place. That a row went well is known when the journal has taken it.
        let went_well = next == Some(Next::GoOn);
        if let Some(next) = next.filter(|_| !went_well) {
            places.note(next);
        }
        drop(on_the_wire);

        let state = match &end {
            End::Created { .. } => State::Created,
            End::Refused { .. } => State::Refused,
            End::NotProcessed { .. } => State::Pending,
            End::Unknown { .. } => State::Unknown,
        };
        match run.journal.complete(claim, end).await? {
            Completed::Kept => {
                if went_well {
                    places.note(Next::GoOn);
                }
                moved(run, State::Sending, state);
            }
            Completed::Taken(taken) => {
                places.note(Next::of_taken(&taken));
                moved(run, State::Sending, State::Unknown);
            }
        }
        // One that was sent once more with a new token has taken a turn that was not its own.
        for _ in 1..requests {
            places.unless_over(places.pace.turn()).await;
        }
    }
}

fn moved<J>(run: &Run<J>, from: State, to: State) {
    run.progress.send_modify(|progress| {
        let from = progress.counts.of(from);
        *from = from.saturating_sub(1);
        *progress.counts.of(to) += 1;
    });
}

impl Requests {
    const CLOSED: u32 = u32::MAX;

    fn may_leave(&self) -> bool {
        let next = |left| (left != Self::CLOSED).then(|| left + 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).is_ok()
    }

    /// Lets none leave from now on, unless one has.
    fn close_unless_left(&self) -> bool {
        self.0.compare_exchange(0, Self::CLOSED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn left(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}

impl<J> Places<J> {
    fn trouble(&self) -> std::sync::MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, verdict: Verdict) {
        self.verdict.send_if_modified(|said| {
            let is_more = verdict > *said;
            if is_more {
                *said = verdict;
            }
            is_more
        });
    }

    fn is_over(&self) -> bool {
        self.run.stop.is_told() || *self.verdict.borrow() > Verdict::GoOn
    }

    /// Waits until no other row is begun.
    async fn over(&self) {
        let mut verdict = self.verdict.subscribe();
        tokio::select! {
            // The sender is here.
            _ = verdict.wait_for(|verdict| *verdict > Verdict::GoOn) => {}
            () = self.run.stop.told() => {}
        }
    }

    /// Why no other row is begun.
    fn why_over(&self) -> &'static str {
        if self.run.stop.is_told() { "the import was stopped" } else { "there was too much trouble" }
    }

    /// Why a row that was claimed is not to be sent now.
    fn kept_back(&self) -> Option<&'static str> {
        if self.is_over() {
            Some(self.why_over())
        } else {
            self.run.hold.left().map(|_| "the API is left alone for a while")
        }
    }

    /// Waits until another row may be begun; false when none may be.
    async fn may_begin(&self) -> bool {
        loop {
            while let Some(left) = self.run.hold.left() {
                self.unless_over(sleep(left)).await;
                if self.is_over() {
                    return false;
                }
            }
            self.unless_over(self.pace.turn()).await;
            if self.is_over() {
                return false;
            }
            if self.run.hold.left().is_none() {
                self.run.go_on_sending();
                return true;
            }
        }
    }

    /// Says that nothing is sent for so long, where that is worth saying.
    fn say_hold(&self, time: Option<Duration>, asked: bool) {
        if let Some(time) = time {
            self.run.enter(Phase::Holding { time, asked });
        }
    }

    async fn unless_over(&self, wait: impl Future<Output = ()>) {
        tokio::select! {
            () = wait => {}
            () = self.over() => {}
        }
    }

    /// Takes note of how a row ended.
    fn note(&self, next: Next) {
        let mut trouble = self.trouble();
        let Next::Careful { after, reason, again, passing } = next else {
            trouble.in_a_row = 0;
            trouble.is_passing = false;
            self.run.hold.forget_delays();
            return;
        };
        // To come back at once says nothing of when.
        let after = after.filter(|after| !after.is_zero());
        trouble.in_a_row += 1;
        trouble.last = Some(EndedEarly { reason, again });
        trouble.is_passing = passing && after.is_none();
        trouble.is_mixed |= !passing;
        if after.is_some_and(|after| after > LONGEST_WAIT) {
            self.end(Verdict::Later);
        } else if trouble.in_a_row >= self.patience {
            self.end(Verdict::Over);
        }
        match after {
            Some(after) if after <= LONGEST_WAIT => {
                self.say_hold(self.run.hold.at_least(after), true);
            }
            None if passing && trouble.in_a_row.is_multiple_of(self.many) => {
                self.say_hold(self.run.hold.longer(), false);
            }
            _ => {}
        }
    }
}

impl<J: Journal> Places<J> {
    /// Sends a row that was claimed, if it still may be.
    async fn send(&self, claim: &Claim, request: &Validated<CreateCustomer>) -> Result<Sent, JournalError> {
        let not_sent = |reason: &str| {
            let end = End::NotProcessed { reason: format!("not sent, for {reason}") };
            Ok(Sent { end, next: None, requests: 0 })
        };
        if let Some(why) = self.kept_back() {
            return not_sent(why);
        }
        let lease = match self.run.journal.confirm(claim).await? {
            Confirmed::Held => None,
            Confirmed::Leased(lease) => Some(lease),
            Confirmed::Lapsed => return not_sent("it was not its turn any more"),
        };
        // Another row may have ended while a database was asked.
        if let Some(why) = self.kept_back() {
            return not_sent(why);
        }
        let requests = Requests::default();
        let (run, leaving) = (Arc::clone(&self.run), requests.clone());
        let creating = self.client.create_customer_while(request, move || {
            lease.is_none_or(|lease| lease.may_send()) && run.hold.left().is_none() && leaving.may_leave()
        });
        // It may be waiting for a token, and for long.
        let over_before = async {
            self.over().await;
            if !requests.close_unless_left() {
                std::future::pending::<()>().await;
            }
        };
        let overdue = async {
            match lease {
                Some(lease) => sleep(lease.left_for_an_answer()).await,
                None => std::future::pending().await,
            }
        };
        let (end, next) = tokio::select! {
            // After standing still, the time is what counts.
            biased;
            () = overdue => {
                let reason = "no outcome was known within the lease".to_owned();
                let next =
                    Next::Careful { after: None, reason: reason.clone(), again: true, passing: false };
                (End::Unknown { reason, said: Said::Nothing }, next)
            }
            () = over_before => return not_sent(self.why_over()),
            created = creating => outcome::of(request, created, |error| self.run.describe(error)),
        };
        Ok(Sent { end, next: Some(next), requests: requests.left() })
    }
}

#[cfg(test)]
mod tests {
    use super::Requests;

    #[test]
    fn what_has_left_cannot_be_kept_back_and_what_is_kept_back_never_leaves() {
        let requests = Requests::default();
        assert!(requests.may_leave() && !requests.close_unless_left() && requests.may_leave());
        assert_eq!(requests.left(), 2);
        let requests = Requests::default();
        assert!(requests.close_unless_left() && !requests.may_leave());
    }
}
