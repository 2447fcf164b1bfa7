//! Whether an attempt that failed is followed by another, as one pure function of all that this hangs on.

use std::time::Duration;

use crate::proof::outcome::{Operation, Outcome, Progress, Retry, judge};
use crate::response::retry_after::RetryAfter;

/// How things stand when an attempt has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) operation: Operation,
    pub(crate) progress: Progress,
    /// The attempts so far, with this one.
    pub(crate) attempts: u32,
    /// How many there may be.
    pub(crate) max_attempts: u32,
    /// What the whole call has left.
    pub(crate) left: Duration,
    /// How much of that an attempt at a create needs: [`Deadline::whole_attempt`](crate::time::deadline::Deadline::whole_attempt).
    pub(crate) whole_attempt: Duration,
    /// How long to wait when the server does not say.
    pub(crate) delay: Duration,
}

/// How things stand when the access token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RefusedToken {
    pub(crate) operation: Operation,
    pub(crate) progress: Progress,
    /// Whether it was fetched before this call, which may then fetch another.
    pub(crate) is_kept: bool,
    /// Whether this try has waited for a token before.
    pub(crate) waited: bool,
    /// How long it would wait.
    pub(crate) wait: Duration,
    /// What the whole call has left.
    pub(crate) left: Duration,
    /// How much of that an attempt at a create needs.
    pub(crate) whole_attempt: Duration,
}

/// What follows a refused token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenDecision {
    /// The same request after a moment, with the same token where it still lives.
    Wait,
    /// The same request with a new token.
    NewToken,
    /// Nothing: the try has ended so.
    GiveUp,
}

/// What follows, where a token that was fetched was refused. A kept one may have ended before its time, or been revoked. One
/// that was fetched for this call may be too young: the server that issued it has yet to tell the one that checks it.
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

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The same request again, after so long.
    Again(Duration),
    /// Nothing: the call has ended so.
    GiveUp(Outcome),
}

/// What follows an attempt that failed. `budget` is asked last, and only where nothing else speaks against another
/// attempt, for what it grants is spent.
///
/// The verdict is that of [`judge`], whether or not it was tried again: giving up early makes nothing less certain.
pub(crate) fn decide(failed: Failed, budget: impl FnOnce() -> bool) -> Decision {
    let verdict = judge(failed.operation, failed.progress);
    let Outcome::NotDone(Retry::CanHelp { after }) = verdict else { return Decision::GiveUp(verdict) };
    // What the server says is a least: the delay on top keeps those apart that were all told the same.
    let after = after.map_or(Duration::ZERO, RetryAfter::delay);
    let wait = after.saturating_add(failed.delay);
    let again = passes(failed.progress)
        && failed.attempts < failed.max_attempts
        && has_time(failed.operation, wait, failed.left, failed.whole_attempt)
        && budget();
    if again { Decision::Again(wait) } else { Decision::GiveUp(verdict) }
}

/// Whether an attempt may be made after a `wait`, when so much of the call's time is `left` before it.
///
/// A create whose time runs out is unknown, so it is sent only where it has all the time of an attempt. A call that reads
/// risks nothing by a shorter one, which may well do.
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

/// Whether what went wrong may have passed in seconds. For a create, [`judge`] has the first word.
fn passes(progress: Progress) -> bool {
    match progress {
        Progress::NotSent | Progress::SentInPart | Progress::Unanswered => true,
        // Getting a token is a call of its own, and was tried again as such.
        Progress::NoToken(_) | Progress::NotBuilt | Progress::NoConnection => false,
        // 408, 421 and 425 ask for the same request again. A 500 is often a deadlock or a restart; where it is a defect,
        // a call that reads does no harm in asking, and the budget ends it. The other 5xx say what the server cannot do.
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

    fn failed(operation: Operation, progress: Progress) -> Failed {
        let left = Duration::from_mins(1);
        Failed { operation, progress, attempts: 1, max_attempts: 3, left, whole_attempt: WHOLE, delay: DELAY }
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

    /// How long after a failure it is tried again, said anew: not out of the code under test.
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
            let verdict = judge(operation, progress);
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
                        let failed = Failed { attempts, left, ..failed(operation, progress) };
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
                            _ => Decision::GiveUp(verdict),
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
                let failed = Failed { max_attempts: 1, ..failed(operation, progress) };
                let Decision::GiveUp(_) = decide(failed, || true) else { panic!("{failed:?}") };
            }
        }
    }

    #[test]
    fn a_server_that_names_the_end_of_time_is_not_waited_for() {
        let after = Some(RetryAfter::Delay(Duration::MAX));
        let (status, said_by) = (StatusCode::TOO_MANY_REQUESTS, SaidBy::Anybody);
        let progress = Progress::Answered { status, retry_after: after, said_by };
        let failed = Failed { left: Duration::MAX, ..failed(Operation::Read, progress) };
        let verdict = Outcome::NotDone(Retry::CanHelp { after });
        assert_eq!(decide(failed, || true), Decision::GiveUp(verdict));
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
