//! Decides whether a failed attempt is followed by another: pure functions of everything that the decision depends on.

use std::time::Duration;

use crate::proof::outcome::{Operation, Outcome, Progress, Retry, judge};
use crate::response::retry_after::RetryAfter;

/// A failed attempt, with what the decision about the next one depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FailedAttempt {
    pub(crate) operation: Operation,
    pub(crate) progress: Progress,
    /// The attempts so far, including this one.
    pub(crate) attempts: u32,
    /// The most attempts that the call may have.
    pub(crate) max_attempts: u32,
    /// How much time the whole call has left.
    pub(crate) left: Duration,
    /// How much of that an attempt at a create needs: [`Deadline::whole_attempt`](crate::time::deadline::Deadline::whole_attempt).
    pub(crate) whole_attempt: Duration,
    /// How long to wait, in addition to any `Retry-After`.
    pub(crate) delay: Duration,
}

/// A refused access token, with what the decision about the next request depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefusedToken {
    pub(crate) operation: Operation,
    pub(crate) progress: Progress,
    /// Whether it was fetched before this call. If so, the call may fetch another.
    pub(crate) is_kept: bool,
    /// Whether this attempt has already waited for a token.
    pub(crate) waited: bool,
    /// How long the wait would be.
    pub(crate) wait: Duration,
    /// How much time the whole call has left.
    pub(crate) left: Duration,
    /// How much of that an attempt at a create needs.
    pub(crate) whole_attempt: Duration,
}

/// What the client does after a refused token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenDecision {
    /// Waits, and sends the request again, with the same token unless it has expired.
    Wait,
    /// Sends the request again with a new token.
    NewToken,
    /// Ends the attempt with this failure.
    GiveUp,
}

/// Decides what to do after the server refused a fetched token. A kept token may have expired early or been revoked. The server
/// that checks tokens may not know yet of a token that was fetched for this call.
pub(crate) fn after_refused_token(refused: RefusedToken) -> TokenDecision {
    let has_time = has_time(refused.operation, refused.wait, refused.left, refused.whole_attempt);
    if judge(refused.operation, refused.progress) == Outcome::Unknown {
        TokenDecision::GiveUp
    } else if refused.is_kept {
        TokenDecision::NewToken
    } else if !refused.waited && has_time {
        TokenDecision::Wait
    } else {
        TokenDecision::GiveUp
    }
}

/// What the client does after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Sends the request again after this time.
    Again(Duration),
    /// Ends the call with this outcome.
    GiveUp(Outcome),
}

/// Decides what to do after a failed attempt. `budget` is called last, and only where everything else allows another attempt,
/// because each grant spends a part of the budget.
///
/// The outcome is always that of [`judge`]: giving up early does not change what the failure proves.
pub(crate) fn decide(failed: FailedAttempt, budget: impl FnOnce() -> bool) -> Decision {
    let outcome = judge(failed.operation, failed.progress);
    let Outcome::NotDone(Retry::CanHelp { after }) = outcome else { return Decision::GiveUp(outcome) };
    // `Retry-After` is a minimum. The delay on top spreads out the callers that got the same value.
    let after = after.map_or(Duration::ZERO, RetryAfter::delay);
    let wait = after.saturating_add(failed.delay);
    let again = may_pass(failed.progress)
        && failed.attempts < failed.max_attempts
        && has_time(failed.operation, wait, failed.left, failed.whole_attempt)
        && budget();
    if again { Decision::Again(wait) } else { Decision::GiveUp(outcome) }
}

/// Whether an attempt may start after a `wait`, when this much of the call's time is `left` before the wait.
///
/// A create whose time runs out is unknown, so it is sent only with the time of a whole attempt. A call that reads risks
/// nothing, and a shorter attempt may succeed.
pub(crate) fn has_time(
    operation: Operation,
    wait: Duration,
    left: Duration,
    whole_attempt: Duration,
) -> bool {
    let left = left.saturating_sub(wait);
    match operation {
        Operation::Read => !left.is_zero(),
        Operation::Create => !left.is_zero() && left >= whole_attempt,
    }
}

/// Whether the failure may pass within seconds. For a create, [`judge`] decides first.
fn may_pass(progress: Progress) -> bool {
    match progress {
        Progress::NotSent | Progress::SentInPart | Progress::Unanswered => true,
        // Fetching a token is a call of its own with its own attempts.
        Progress::NoToken(_) | Progress::NotBuilt | Progress::NoConnection => false,
        // 408, 421 and 425 ask for the same request again. A 500 is often a deadlock or a restart; where it is a defect,
        // repeating a call that reads does no harm, and the budget limits it. The other 5xx name what the server cannot do.
        Progress::Answered { status, .. } => {
            matches!(status.as_u16(), 408 | 421 | 425 | 429 | 500 | 502..=504)
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::proof::said_by::SaidBy;

    const DELAY: Duration = Duration::from_millis(300);
    const WHOLE: Duration = Duration::from_secs(30);
    const IN_SECONDS: RetryAfter = RetryAfter::Delay(Duration::from_secs(7));

    fn failed(operation: Operation, progress: Progress) -> FailedAttempt {
        let left = Duration::from_mins(1);
        FailedAttempt {
            operation,
            progress,
            attempts: 1,
            max_attempts: 3,
            left,
            whole_attempt: WHOLE,
            delay: DELAY,
        }
    }

    /// Every way to fail: how far it got, and of answers each status with every kind of `Retry-After`.
    fn ways_to_fail() -> Vec<Progress> {
        let can_help = |after| Retry::CanHelp { after };
        let no_token = [Retry::Useless, can_help(None), can_help(Some(IN_SECONDS))].map(Progress::NoToken);
        let mut ways = vec![
            Progress::NotBuilt,
            Progress::NoConnection,
            Progress::NotSent,
            Progress::SentInPart,
            Progress::Unanswered,
        ];
        ways.extend(no_token);
        let at = |seconds| {
            let delay = Duration::from_secs(seconds);
            RetryAfter::At { delay }
        };
        for status in 100..1000 {
            let status = StatusCode::from_u16(status).unwrap();
            for retry_after in [None, Some(IN_SECONDS), Some(at(7)), Some(at(0))] {
                for said_by in [SaidBy::Api, SaidBy::Anybody] {
                    ways.push(Progress::Answered { status, retry_after, said_by });
                }
            }
        }
        ways
    }

    /// How long after a failure the call is tried again, computed independently of the code under test.
    fn expected(operation: Operation, progress: Progress) -> Option<Duration> {
        match progress {
            Progress::NotSent | Progress::SentInPart => Some(DELAY),
            Progress::Unanswered => (operation == Operation::Read).then_some(DELAY),
            Progress::NotBuilt | Progress::NoConnection | Progress::NoToken(_) => None,
            Progress::Answered { status, retry_after, said_by } => {
                let statuses: &[u16] = match (operation, retry_after) {
                    (Operation::Read, _) => &[408, 421, 425, 429, 500, 502, 503, 504],
                    (Operation::Create, _) if said_by == SaidBy::Anybody => &[],
                    (Operation::Create, Some(_)) => &[421, 425, 429, 503],
                    (Operation::Create, None) => &[421, 425, 429],
                };
                let after = match retry_after {
                    None => 0,
                    Some(RetryAfter::Delay(delay) | RetryAfter::At { delay }) => delay.as_secs(),
                };
                statuses.contains(&status.as_u16()).then_some(Duration::from_secs(after) + DELAY)
            }
        }
    }

    #[test]
    fn every_combination() {
        let mut seen = 0;
        for (operation, progress) in [Operation::Read, Operation::Create]
            .into_iter()
            .flat_map(|operation| ways_to_fail().into_iter().map(move |progress| (operation, progress)))
        {
            let outcome = judge(operation, progress);
            let wait = expected(operation, progress);
            for attempts in 1..=4 {
                for left in [
                    Duration::ZERO,
                    DELAY,
                    DELAY + Duration::from_nanos(1),
                    Duration::from_secs(7) + DELAY,
                    Duration::from_secs(8),
                    WHOLE + DELAY.saturating_sub(Duration::from_nanos(1)),
                    WHOLE + DELAY,
                    WHOLE + Duration::from_secs(7) + DELAY.saturating_sub(Duration::from_nanos(1)),
                    WHOLE + Duration::from_secs(7) + DELAY,
                    Duration::MAX,
                ] {
                    for granted in [true, false] {
                        let mut asked = false;
                        let failed = FailedAttempt { attempts, left, ..failed(operation, progress) };
                        let decision = decide(failed, || {
                            asked = true;
                            granted
                        });
                        let wait = wait.filter(|wait| {
                            let fits = match operation {
                                Operation::Read => *wait < left,
                                Operation::Create => *wait + WHOLE <= left,
                            };
                            attempts < 3 && fits
                        });
                        let expected = match wait {
                            Some(wait) if granted => Decision::Again(wait),
                            _ => Decision::GiveUp(outcome),
                        };
                        assert_eq!(decision, expected, "{failed:?}, budget: {granted}");
                        assert_eq!(asked, wait.is_some(), "the budget is spent for nothing else: {failed:?}");
                        seen += 1;
                    }
                }
            }
        }
        assert_eq!(seen, 2 * (8 + 900 * 4 * 2) * 4 * 10 * 2);
    }

    #[test]
    fn a_create_that_may_have_been_processed_is_never_sent_again() {
        for progress in ways_to_fail() {
            let failed = failed(Operation::Create, progress);
            if judge(Operation::Create, progress) == Outcome::Unknown {
                assert_eq!(decide(failed, || true), Decision::GiveUp(Outcome::Unknown), "{failed:?}");
            }
        }
    }

    #[test]
    fn no_retries_is_one_attempt() {
        for operation in [Operation::Read, Operation::Create] {
            for progress in ways_to_fail() {
                let failed = FailedAttempt { max_attempts: 1, ..failed(operation, progress) };
                let Decision::GiveUp(_) = decide(failed, || true) else { panic!("{failed:?}") };
            }
        }
    }

    #[test]
    fn a_server_that_names_the_end_of_time_is_not_waited_for() {
        let after = Some(RetryAfter::Delay(Duration::MAX));
        let (status, said_by) = (StatusCode::TOO_MANY_REQUESTS, SaidBy::Anybody);
        let progress = Progress::Answered { status, retry_after: after, said_by };
        let failed = FailedAttempt { left: Duration::MAX, ..failed(Operation::Read, progress) };
        let outcome = Outcome::NotDone(Retry::CanHelp { after });
        assert_eq!(decide(failed, || true), Decision::GiveUp(outcome));
    }

    #[test]
    fn a_create_needs_the_time_of_a_whole_attempt_and_a_read_needs_any() {
        let [read, create] = [Operation::Read, Operation::Create].map(|operation| {
            move |wait, left, whole| {
                has_time(
                    operation,
                    Duration::from_secs(wait),
                    Duration::from_secs(left),
                    Duration::from_secs(whole),
                )
            }
        });
        for (wait, left, whole, read_fits, create_fits) in [
            (0, 120, 30, true, true),
            (118, 120, 30, true, false),
            (90, 120, 30, true, true),
            (91, 120, 30, true, false),
            (119, 120, 0, true, true),
            (120, 120, 30, false, false),
            (120, 120, 0, false, false),
            (u64::MAX, u64::MAX, 0, false, false),
            (0, u64::MAX, u64::MAX, true, true),
            (0, 0, 0, false, false),
        ] {
            let case = format!("wait {wait} s with {left} s left, an attempt of {whole} s");
            assert_eq!(
                (read(wait, left, whole), create(wait, left, whole)),
                (read_fits, create_fits),
                "{case}"
            );
        }
    }

    #[test]
    fn what_follows_a_refused_token() {
        use TokenDecision::{GiveUp, NewToken, Wait};

        let refused = |operation, said_by, is_kept, waited, left| {
            after_refused_token(RefusedToken {
                operation,
                progress: Progress::Answered { status: StatusCode::UNAUTHORIZED, retry_after: None, said_by },
                is_kept,
                waited,
                wait: Duration::from_secs(1),
                left: Duration::from_millis(left),
                whole_attempt: WHOLE,
            })
        };
        for (is_kept, waited, left, read, create) in [
            (true, false, 120_000, NewToken, NewToken),
            (true, true, 120_000, NewToken, NewToken),
            (true, false, 1, NewToken, NewToken),
            (false, false, 120_000, Wait, Wait),
            (false, false, 31_000, Wait, Wait),
            (false, false, 30_999, Wait, GiveUp),
            (false, false, 1_001, Wait, GiveUp),
            (false, false, 1_000, GiveUp, GiveUp),
            (false, true, 120_000, GiveUp, GiveUp),
        ] {
            for said_by in [SaidBy::Api, SaidBy::BeforeApplication, SaidBy::Anybody] {
                let case = format!("{is_kept} {waited} {left} {said_by:?}");
                let create = if said_by == SaidBy::Anybody { GiveUp } else { create };
                assert_eq!(refused(Operation::Read, said_by, is_kept, waited, left), read, "{case}");
                assert_eq!(refused(Operation::Create, said_by, is_kept, waited, left), create, "{case}");
            }
        }
    }
}
