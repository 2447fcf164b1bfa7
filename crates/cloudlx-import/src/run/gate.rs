//! The gate of a round: decides whether another row may be sent, by the rate, by the backoff, and by how the last rows ended.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::context::Run;
use super::outcome::Next;
use super::pace::Pace;
use super::progress::Phase;
use super::summary::EndedEarly;

/// The longest time that a run waits when the API says when to come back. For a longer one, the run ends.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// How a round of sending ended.
#[derive(Debug)]
pub(super) enum SendRound {
    /// Each pending row was sent once, or too many rows failed one after the other, or the run was told to stop.
    Through {
        /// The last failure.
        trouble: Option<EndedEarly>,
        /// Whether every failure was temporary: the API provably did not process the row. Such rows need no settling.
        temporary: bool,
    },
    /// The API asks to come back later than a run waits.
    Later(EndedEarly),
}

/// The gate of one round.
pub(super) struct Gate<J> {
    run: Arc<Run<J>>,
    pace: Pace,
    trouble: Mutex<Trouble>,
    closing: watch::Sender<Closing>,
    /// How many failures, one after the other, close the gate.
    most_failures: usize,
    /// After how many failures, one after the other, a temporary one makes the run back off: more than may be on the wire at once.
    most_unprocessed: usize,
}

/// The failures of a round.
#[derive(Debug, Default)]
struct Trouble {
    /// How many rows have failed since the last one that went well.
    in_a_row: usize,
    last: Option<EndedEarly>,
    /// Whether the last failure was temporary, and the API did not say when to come back.
    is_temporary: bool,
    /// Whether there was a failure that was not temporary.
    is_mixed: bool,
}

/// Whether the gate is open.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closing {
    #[default]
    Open,
    /// No other row is begun in this round.
    Closed,
    /// No other row is begun in this run: the API asks to come back later than a run waits.
    ClosedForRun,
}

impl<J> Gate<J> {
    pub(super) fn new(run: &Arc<Run<J>>, most_failures: usize, most_unprocessed: usize) -> Self {
        Self {
            run: Arc::clone(run),
            pace: Pace::new(run.options.rate),
            trouble: Mutex::default(),
            closing: watch::Sender::default(),
            most_failures,
            most_unprocessed,
        }
    }

    /// Begins no other row in this round.
    pub(super) fn close(&self) {
        self.close_as(Closing::Closed);
    }

    fn close_as(&self, closing: Closing) {
        self.closing.send_if_modified(|current| {
            let is_stricter = closing > *current;
            if is_stricter {
                *current = closing;
            }
            is_stricter
        });
    }

    pub(super) fn is_closed(&self) -> bool {
        self.run.stop.is_requested() || *self.closing.borrow() > Closing::Open
    }

    /// Waits until the gate closes.
    pub(super) async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        tokio::select! {
            // The sender lives as long as the gate.
            _ = closing.wait_for(|closing| *closing > Closing::Open) => {}
            () = self.run.stop.requested() => {}
        }
    }

    /// Why the gate is closed.
    pub(super) fn why_closed(&self) -> &'static str {
        if self.run.stop.is_requested() { "the import was stopped" } else { "there was too much trouble" }
    }

    /// Why a row that was claimed must not be sent now; none when it may.
    pub(super) fn why_not_now(&self) -> Option<&'static str> {
        if self.is_closed() {
            Some(self.why_closed())
        } else {
            self.run.backoff.remaining().map(|_| "the API is left alone for a while")
        }
    }

    /// Waits until another row may be begun. False when the gate is closed.
    pub(super) async fn may_begin(&self) -> bool {
        loop {
            while let Some(remaining) = self.run.backoff.remaining() {
                self.unless_closed(sleep(remaining)).await;
                if self.is_closed() {
                    return false;
                }
            }
            self.take_turn().await;
            if self.is_closed() {
                return false;
            }
            if self.run.backoff.remaining().is_none() {
                self.run.resume_sending();
                return true;
            }
        }
    }

    /// Waits for a turn of the rate, unless the gate closes.
    pub(super) async fn take_turn(&self) {
        self.unless_closed(self.pace.turn()).await;
    }

    async fn unless_closed(&self, wait: impl Future<Output = ()>) {
        tokio::select! {
            () = wait => {}
            () = self.closed() => {}
        }
    }

    /// Takes the result of a row into account. Backs off, or closes the gate, where needed.
    pub(super) fn note(&self, next: Next) {
        let mut trouble = self.trouble();
        let Next::Trouble { after, reason, again, temporary } = next else {
            trouble.in_a_row = 0;
            trouble.is_temporary = false;
            self.run.backoff.reset_delays();
            return;
        };
        // A delay of zero does not tell when the API will process rows again.
        let after = after.filter(|after| !after.is_zero());
        trouble.in_a_row += 1;
        trouble.last = Some(EndedEarly { reason, again });
        trouble.is_temporary = temporary && after.is_none();
        trouble.is_mixed |= !temporary;
        if after.is_some_and(|after| after > LONGEST_WAIT) {
            self.close_as(Closing::ClosedForRun);
        } else if trouble.in_a_row >= self.most_failures {
            self.close();
        }
        if let Some(after) = after {
            if after <= LONGEST_WAIT {
                self.report_backoff(self.run.backoff.at_least(after), true);
            }
        } else if temporary && trouble.in_a_row.is_multiple_of(self.most_unprocessed) {
            self.report_backoff(self.run.backoff.grow(), false);
        }
    }

    /// Ends the round, once every row that was begun is completed.
    pub(super) fn end(&self) -> SendRound {
        let trouble = std::mem::take(&mut *self.trouble());
        if trouble.is_temporary {
            // Time must pass before the next round, or it would fail the same way.
            self.report_backoff(self.run.backoff.grow(), false);
        }
        match trouble.last {
            Some(last) if *self.closing.borrow() == Closing::ClosedForRun => SendRound::Later(last),
            last => SendRound::Through { trouble: last, temporary: !trouble.is_mixed },
        }
    }

    /// Reports a backoff as progress, where it is worth reporting.
    fn report_backoff(&self, time: Option<Duration>, asked: bool) {
        if let Some(time) = time {
            self.run.enter(Phase::Holding { time, asked });
        }
    }

    fn trouble(&self) -> MutexGuard<'_, Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
