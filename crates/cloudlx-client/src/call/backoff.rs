//! Backoff: how many attempts a call has, how long it waits between them, and how many retries all calls of a client share.
//! `retry.rs` decides whether a failed attempt is followed by another.
//!
//! Each delay doubles the one before. A call waits a random part of it ("full jitter"), so that callers that failed together
//! do not retry together. The shared budget bounds the load on a broken server: it grants retries for a share of the recent
//! calls, and a few more for clients that make few calls.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tower::retry::budget::{Budget, TpsBudget};

use crate::call::retry::{Decision, FailedAttempt, decide};
use crate::call::spans;
use crate::error::call::Error;
use crate::proof::outcome::Operation;
use crate::time::deadline::Deadline;

/// The time over which the budget counts calls.
const BUDGET_WINDOW: Duration = Duration::from_secs(10);

/// The settings of a builder that concern retries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetrySettings {
    pub(crate) max_attempts: u32,
    pub(crate) first_delay: Duration,
    pub(crate) longest_delay: Duration,
    pub(crate) budget_percent: u8,
    pub(crate) budget_per_second: u32,
    pub(crate) jitter_seed: Option<u64>,
}

/// Called when a call waits before another attempt, with the reason and the length of the wait.
pub(crate) type OnWait = Arc<dyn Fn(&Error, Duration) + Send + Sync>;

/// The delays and the budget that all calls of a client share.
pub(crate) struct Retries {
    max_attempts: u32,
    on_wait: Option<OnWait>,
    token_wait: Duration,
    delays: ExponentialBuilder,
    budget: TpsBudget,
    jitter: Mutex<fastrand::Rng>,
}

/// The attempts at one call.
pub(crate) struct CallAttempts<'a> {
    shared: &'a Retries,
    operation: Operation,
    max_attempts: u32,
    deadline: Deadline,
    /// The number of the current attempt.
    number: u32,
    /// Why the previous attempt failed.
    failure: Option<Error>,
    /// Created at the first failure.
    delays: Option<ExponentialBackoff>,
}

impl Retries {
    pub(crate) fn new(settings: RetrySettings, on_wait: Option<OnWait>) -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(settings.first_delay.min(settings.longest_delay))
            .with_max_delay(settings.longest_delay)
            .without_max_times();
        // The type's own limit, far beyond any use.
        let per_second = settings.budget_per_second.min(1 << 30);
        let budget = TpsBudget::new(BUDGET_WINDOW, per_second, f32::from(settings.budget_percent) / 100.0);
        let jitter = settings.jitter_seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        let token_wait = settings.first_delay.min(settings.longest_delay).saturating_mul(2);
        let (max_attempts, jitter) = (settings.max_attempts, Mutex::new(jitter));
        Self { max_attempts, on_wait, token_wait, delays, budget, jitter }
    }

    /// The attempts at a call that starts now.
    pub(crate) fn start(&self, operation: Operation, deadline: Deadline) -> CallAttempts<'_> {
        self.budget.deposit();
        CallAttempts {
            shared: self,
            operation,
            max_attempts: self.max_attempts,
            deadline,
            number: 1,
            failure: None,
            delays: None,
        }
    }

    /// How long to wait until the server knows a new token. This is twice the longest wait before a second attempt, because
    /// there is no third.
    pub(crate) fn token_wait(&self) -> Duration {
        self.token_wait
    }

    /// Waits, and notifies the observer of the wait.
    pub(crate) async fn wait(&self, why: &Error, wait: Duration) {
        tracing::debug!(target: spans::TARGET, ?wait, "waiting before the next attempt");
        if let Some(observer) = &self.on_wait {
            observer(why, wait);
        }
        tokio::time::sleep(wait).await;
    }

    /// At least 0 and less than 1.
    fn random(&self) -> f64 {
        self.jitter.lock().unwrap_or_else(PoisonError::into_inner).f64()
    }
}

impl CallAttempts<'_> {
    /// The same with at most this many attempts.
    pub(crate) fn at_most(self, attempts: u32) -> Self {
        Self { max_attempts: self.max_attempts.min(attempts), ..self }
    }

    /// The number of the attempt to make, from 1.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Waits until the next attempt may start.
    ///
    /// # Errors
    ///
    /// The failure of the last attempt, where there is no other. An attempt that had no time left does not count: its failure
    /// says less than that of the attempt before it.
    pub(crate) async fn after(&mut self, error: Error) -> Result<(), Error> {
        let failed = FailedAttempt {
            operation: self.operation,
            progress: error.progress(),
            attempts: self.number,
            max_attempts: self.max_attempts,
            left: self.deadline.left(),
            whole_attempt: self.deadline.whole_attempt,
            delay: self.delay(),
        };
        match decide(failed, || self.shared.budget.withdraw()) {
            Decision::GiveUp(_) => match (error, self.failure.take()) {
                (Error::OutOfTime { .. }, Some(before)) => Err(before),
                (error, _) => Err(error),
            },
            Decision::Again(wait) => {
                self.shared.wait(&error, wait).await;
                self.failure = Some(error);
                self.number += 1;
                Ok(())
            }
        }
    }

    fn delay(&mut self) -> Duration {
        let delays = self.delays.get_or_insert_with(|| self.shared.delays.build());
        delays.next().unwrap_or_default().mul_f64(self.shared.random())
    }
}

impl fmt::Debug for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retries")
            .field("max_attempts", &self.max_attempts)
            .field("delays", &self.delays)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{EndpointInfo, ListCustomers};
    use reqwest::{StatusCode, Url};
    use tokio::time::Instant;

    use super::*;
    use crate::proof::said_by::SaidBy;
    use crate::response::error_payload::ErrorPayload;
    use crate::response::retry_after::RetryAfter;
    use crate::transport::target::Target;

    const SECOND: Duration = Duration::from_secs(1);

    fn settings() -> RetrySettings {
        RetrySettings {
            max_attempts: 10,
            first_delay: SECOND,
            longest_delay: 20 * SECOND,
            budget_percent: 0,
            budget_per_second: 100,
            jitter_seed: Some(5),
        }
    }

    fn unavailable(retry_after: Option<u64>) -> Error {
        Error::Status {
            target: Target::new(
                &EndpointInfo::of::<ListCustomers>(),
                &Url::parse("http://127.0.0.1:9").unwrap(),
            ),
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: retry_after.map(|seconds| RetryAfter::Delay(Duration::from_secs(seconds))),
            head: Box::default(),
            said_by: SaidBy::Anybody,
            payload: Box::new(ErrorPayload::Empty),
        }
    }

    fn start(retries: &Retries) -> CallAttempts<'_> {
        retries.start(Operation::Read, Deadline::start(600 * SECOND, 30 * SECOND))
    }

    /// How long the call waits after each of nine failures.
    async fn waits(settings: RetrySettings) -> Vec<Duration> {
        let retries = Retries::new(settings, None);
        let mut attempts = start(&retries);
        let mut waits = Vec::new();
        loop {
            let failed = Instant::now();
            match attempts.after(unavailable(None)).await {
                Ok(()) => waits.push(failed.elapsed()),
                Err(_) => return waits,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_ever_longer_delays_a_random_part_is_waited() {
        let waited = waits(settings()).await;
        let longest = [1, 2, 4, 8, 16, 20, 20, 20, 20];
        assert_eq!(waited.len(), longest.len(), "ten attempts, nine waits");
        for (wait, longest) in waited.iter().zip(longest) {
            // The clock has whole milliseconds.
            assert!(*wait <= Duration::from_secs(longest) + Duration::from_millis(1), "{waited:?}");
        }
        assert!(waited.iter().sum::<Duration>() > 10 * SECOND, "{waited:?}");
        assert_eq!(waited, waits(settings()).await, "a seed repeats a run");
        assert_ne!(waited, waits(RetrySettings { jitter_seed: Some(6), ..settings() }).await);
        assert_ne!(waited, waits(RetrySettings { jitter_seed: None, ..settings() }).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_longest_delay_below_the_first_counts() {
        for wait in waits(RetrySettings { longest_delay: SECOND / 10, ..settings() }).await {
            assert!(wait <= SECOND / 10 + Duration::from_millis(1), "{wait:?}");
        }
        let forever =
            RetrySettings { first_delay: Duration::MAX, longest_delay: Duration::MAX, ..settings() };
        assert!(waits(forever).await.is_empty(), "and none that does not fit is waited");
    }

    #[tokio::test(start_paused = true)]
    async fn the_server_is_not_asked_before_it_said() {
        let retries = Retries::new(settings(), None);
        let began = Instant::now();
        start(&retries).after(unavailable(Some(7))).await.unwrap();
        assert!((7 * SECOND..=8 * SECOND).contains(&began.elapsed()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_into_the_time_is_not_waited_for() {
        let retries = Retries::new(settings(), None);
        let began = Instant::now();
        start(&retries).after(unavailable(Some(600))).await.unwrap_err();
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn all_calls_share_a_budget() {
        let count = async |retries: &Retries, failures: usize| {
            let mut granted = 0;
            for _ in 0..failures {
                let mut attempts = start(retries);
                granted += usize::from(attempts.after(unavailable(None)).await.is_ok());
            }
            granted
        };
        let at_once =
            RetrySettings { first_delay: Duration::ZERO, longest_delay: Duration::ZERO, ..settings() };
        let share = RetrySettings { budget_percent: 20, budget_per_second: 0, ..at_once };
        assert_eq!(count(&Retries::new(share, None), 50).await, 10, "one in five");
        let per_second = RetrySettings { budget_percent: 0, budget_per_second: 2, ..at_once };
        let retries = Retries::new(per_second, None);
        assert_eq!(count(&retries, 50).await, 20, "those of ten seconds, at once");
        tokio::time::advance(11 * SECOND).await;
        assert_eq!(count(&retries, 50).await, 20, "and again");
        let none = RetrySettings { budget_percent: 0, budget_per_second: 0, ..at_once };
        assert_eq!(count(&Retries::new(none, None), 50).await, 0);
        let all = RetrySettings { budget_percent: u8::MAX, budget_per_second: u32::MAX, ..at_once };
        assert_eq!(count(&Retries::new(all, None), 50).await, 50);
    }
}
