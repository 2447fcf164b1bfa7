//! Sends pending rows, several at a time.
//!
//! A round sends each row at most once, so that a row which is never processed does not keep the others waiting. Several loops
//! share a round. Each loop claims a row, which stores the intent durably, sends it, and stores its end durably before it
//! claims the next. There are twice as many loops as requests allowed on the wire, so that half of them can wait for the disk
//! while the other half wait for the API.
//!
//! Only this file sends rows, also rows that were sent before: the client's own retries are off. So the rate applies to every
//! request, and nothing is sent while the run backs off. A row that was claimed by then is given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cloudlx_client::Client;
use cloudlx_model::CreateCustomer;
use cloudlx_validate::Validated;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::context::Run;
use super::gate::{Gate, SendRound};
use super::outcome::{self, Next};
use super::progress::Phase;
use crate::journal::{Claim, Completed, Confirmed, End, Journal, JournalError, Lease, Round, Said, State};

/// What the loops of a round share.
struct Sender<J> {
    run: Arc<Run<J>>,
    /// The client, without its own retries.
    client: Client,
    wire: Semaphore,
    gate: Gate<J>,
}

/// The result of a claimed row.
struct Sent {
    end: End,
    /// None where the row was not sent after all.
    next: Option<Next>,
    /// The number of requests that left.
    requests: u32,
}

/// The number of requests that have left for a row, or a mark that none may leave any more.
#[derive(Clone, Default)]
struct Requests(Arc<AtomicU32>);

/// Sends each pending row once, until the run is told to stop or too many rows fail one after the other.
pub(super) async fn send_round<J: Journal>(run: &Arc<Run<J>>) -> Result<SendRound, JournalError> {
    run.enter(Phase::Sending);
    let concurrency = run.options.concurrency.clamp(1, Semaphore::MAX_PERMITS / 2);
    // Under a rate, a row that has its turn must not wait for other rows.
    let loops = if run.options.rate.is_some() { concurrency } else { concurrency * 2 };
    let sender = Arc::new(Sender {
        run: Arc::clone(run),
        client: run.client.no_retries(),
        wire: Semaphore::new(concurrency),
        gate: Gate::new(run, loops * 2, concurrency + 1),
    });
    let round = run.journal.begin_round().await?;
    let mut tasks = JoinSet::new();
    for _ in 0..loops {
        tasks.spawn(send_rows(Arc::clone(&sender), round));
    }
    let mut first_failure = None;
    while let Some(ended) = tasks.join_next().await {
        let failed = match ended {
            Ok(Ok(())) => continue,
            Ok(Err(error)) => error,
            Err(error) => JournalError::NotWritten { reason: error.to_string() },
        };
        // The other loops complete the rows that they are sending, and begin no others.
        sender.gate.close();
        first_failure.get_or_insert(failed);
    }
    first_failure.map_or_else(|| Ok(sender.gate.end()), Err)
}

/// Sends one row after the other, until the round has none left or the gate closes.
async fn send_rows<J: Journal>(sender: Arc<Sender<J>>, round: Round) -> Result<(), JournalError> {
    let (run, gate) = (&*sender.run, &sender.gate);
    loop {
        if !gate.may_begin().await {
            return Ok(());
        }
        let Some((claim, request)) = run.journal.claim(round).await? else { return Ok(()) };
        run.count_step(State::Pending, State::Sending);

        let on_the_wire = sender.wire.acquire().await;
        let Sent { end, next, requests } = sender.send(&claim, &request).await?;
        // A failure counts before the next row can use the wire. A success counts once the journal has stored it.
        let went_well = next == Some(Next::Continue);
        if let Some(next) = next.filter(|_| !went_well) {
            gate.note(next);
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
                    gate.note(Next::Continue);
                }
                run.count_step(State::Sending, state);
            }
            Completed::Taken(taken) => {
                gate.note(Next::from_taken(&taken));
                run.count_step(State::Sending, State::Unknown);
            }
        }
        // The client sends a row again with a new token. Such a request counts for the rate as well.
        for _ in 1..requests {
            gate.take_turn().await;
        }
    }
}

impl Requests {
    const CLOSED: u32 = u32::MAX;

    fn may_leave(&self) -> bool {
        let next = |left| (left != Self::CLOSED).then(|| left + 1);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).is_ok()
    }

    /// Lets no request leave from now on, unless one already has.
    fn close_unless_left(&self) -> bool {
        self.0.compare_exchange(0, Self::CLOSED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn left(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}

impl<J: Journal> Sender<J> {
    /// Sends a claimed row, if it still may be sent.
    async fn send(&self, claim: &Claim, request: &Validated<CreateCustomer>) -> Result<Sent, JournalError> {
        if let Some(why) = self.gate.why_not_now() {
            return Ok(Sent::not_sent(why));
        }
        let lease = match self.run.journal.confirm(claim).await? {
            Confirmed::Held => None,
            Confirmed::Leased(lease) => Some(lease),
            Confirmed::Lapsed => return Ok(Sent::not_sent("it was not its turn any more")),
        };
        // Another row may have failed while the journal confirmed the claim.
        if let Some(why) = self.gate.why_not_now() {
            return Ok(Sent::not_sent(why));
        }
        Ok(self.send_within(lease, request).await)
    }

    /// Sends a request within its lease.
    async fn send_within(&self, lease: Option<Lease>, request: &Validated<CreateCustomer>) -> Sent {
        let requests = Requests::default();
        let (run, leaving) = (Arc::clone(&self.run), requests.clone());
        let creating = self.client.create_customer_while(request, move || {
            lease.is_none_or(|lease| lease.may_send())
                && run.backoff.remaining().is_none()
                && leaving.may_leave()
        });
        // The client may be waiting for a token, and for long.
        let closed_before_sending = async {
            self.gate.closed().await;
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
            // After the process was suspended, an overdue lease counts before an answer.
            biased;
            () = overdue => {
                let reason = "no outcome was known within the lease".to_owned();
                let next =
                    Next::Trouble { after: None, reason: reason.clone(), again: true, temporary: false };
                (End::Unknown { reason, said: Said::Nothing }, next)
            }
            () = closed_before_sending => return Sent::not_sent(self.gate.why_closed()),
            created = creating => outcome::assess(request, created, |error| self.run.describe(error)),
        };
        Sent { end, next: Some(next), requests: requests.left() }
    }
}

impl Sent {
    /// The row is given back.
    fn not_sent(why: &str) -> Self {
        let end = End::NotProcessed { reason: format!("not sent, for {why}") };
        Self { end, next: None, requests: 0 }
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
