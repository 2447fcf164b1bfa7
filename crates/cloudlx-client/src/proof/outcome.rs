//! How a call ended: a pure function of its operation and of how far it got, including the response.

use std::fmt;

use reqwest::StatusCode;

use crate::proof::said_by::SaidBy;
use crate::response::retry_after::RetryAfter;

#[cfg(test)]
mod documented;

/// Whether making the same call again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call would end the same way. The fault that the error names has to be corrected first.
    Useless,
    /// The same call may succeed.
    CanHelp {
        /// Not before this, where the server sent a readable `Retry-After`.
        after: Option<RetryAfter>,
    },
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Useless => f.write_str("sending the same again cannot help"),
            Self::CanHelp { after: None } => f.write_str("sending it again is safe and can help"),
            Self::CanHelp { after: Some(after) } => {
                write!(f, "sending it again {after} is safe and can help")
            }
        }
    }
}

/// What a call does on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Changes nothing, however often it is made: the lists, the details, and the request for a token.
    Read,
    /// Creates a customer each time it is processed.
    Create,
}

/// How far a call got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The request could not be built.
    NotBuilt,
    /// There was no token to send the request with. This is whether fetching one again can help.
    NoToken(Retry),
    /// No connection can be made before somebody corrects something. No byte of the body was sent.
    NoConnection,
    /// No byte of the body was sent: there was no connection, or no time left.
    NotSent,
    /// A part of the body was sent, the rest never will be, and no response began.
    SentInPart,
    /// The request was sent and no whole response arrived, or it was sent in part and a response began.
    Unanswered,
    /// A response arrived that is no success, or a success without the documented body.
    Answered {
        /// The status of the response.
        status: StatusCode,
        /// `Retry-After`, where it can be read.
        retry_after: Option<RetryAfter>,
        /// Who the response comes from.
        said_by: SaidBy,
    },
}

/// What a failed call proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is certain that the call changed nothing.
    NotDone(Retry),
    /// The server may have processed the call.
    Unknown,
}

/// What is known of an `operation` that failed after `progress`. The outcome is `NotDone` only where that is certain.
pub(crate) fn judge(operation: Operation, progress: Progress) -> Outcome {
    match (operation, progress) {
        (_, Progress::NotBuilt | Progress::NoConnection) => Outcome::NotDone(Retry::Useless),
        (_, Progress::NoToken(retry)) => Outcome::NotDone(retry),
        (_, Progress::NotSent | Progress::SentInPart) | (Operation::Read, Progress::Unanswered) => {
            Outcome::NotDone(Retry::CanHelp { after: None })
        }
        (Operation::Read, Progress::Answered { status, retry_after, .. }) => {
            Outcome::NotDone(retry_after_status(status, retry_after))
        }
        (Operation::Create, Progress::Unanswered) => Outcome::Unknown,
        (Operation::Create, Progress::Answered { status, retry_after, said_by }) => {
            create_outcome(status.as_u16(), retry_after, said_by)
        }
    }
}

/// Whether repeating a call that reads may get another response than this one.
pub(crate) fn retry_after_status(status: StatusCode, after: Option<RetryAfter>) -> Retry {
    match status.as_u16() {
        408 | 421 | 425 | 429 | 500..=599 => Retry::CanHelp { after },
        _ => Retry::Useless,
    }
}

/// The outcome of a create with this response. The table at the top of the crate has the reasons. Where the response proves
/// nothing, the outcome is unknown.
fn create_outcome(status: u16, after: Option<RetryAfter>, said_by: SaidBy) -> Outcome {
    match (status, said_by) {
        // 408 should mean that the request did not arrive in full, but servers also send it when the work took too long.
        (_, SaidBy::Anybody) | (408, _) => Outcome::Unknown,
        (421 | 425 | 429, _) => Outcome::NotDone(Retry::CanHelp { after }),
        // An API in maintenance sends `Retry-After` itself.
        (503, SaidBy::Api) if after.is_some() => Outcome::NotDone(Retry::CanHelp { after }),
        (300..=499, _) => Outcome::NotDone(Retry::Useless),
        // After the API's own 5xx, nobody knows how far the work got.
        _ => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const USELESS: Outcome = Outcome::NotDone(Retry::Useless);
    const AGAIN: Outcome = Outcome::NotDone(Retry::CanHelp { after: None });
    const LATER: RetryAfter = RetryAfter::Delay(Duration::from_secs(7));
    const AGAIN_LATER: Outcome = Outcome::NotDone(Retry::CanHelp { after: Some(LATER) });
    const EVERYBODY: [SaidBy; 4] = [SaidBy::Api, SaidBy::Rule, SaidBy::BeforeApplication, SaidBy::Anybody];

    fn answered(status: u16, retry_after: Option<RetryAfter>, said_by: SaidBy) -> Progress {
        Progress::Answered { status: StatusCode::from_u16(status).unwrap(), retry_after, said_by }
    }

    #[test]
    fn how_far_it_got() {
        for (progress, read, create) in [
            (Progress::NotBuilt, USELESS, USELESS),
            (Progress::NoConnection, USELESS, USELESS),
            (Progress::NoToken(Retry::Useless), USELESS, USELESS),
            (Progress::NoToken(Retry::CanHelp { after: None }), AGAIN, AGAIN),
            (Progress::NoToken(Retry::CanHelp { after: Some(LATER) }), AGAIN_LATER, AGAIN_LATER),
            (Progress::NotSent, AGAIN, AGAIN),
            (Progress::SentInPart, AGAIN, AGAIN),
            (Progress::Unanswered, AGAIN, Outcome::Unknown),
        ] {
            assert_eq!(judge(Operation::Read, progress), read, "{progress:?}");
            assert_eq!(judge(Operation::Create, progress), create, "{progress:?}");
        }
    }

    #[test]
    fn a_read_is_judged_by_the_status_whoever_says_it() {
        for status in 100..1000 {
            for (retry_after, again) in [(None, AGAIN), (Some(LATER), AGAIN_LATER)] {
                let expected =
                    if matches!(status, 408 | 421 | 425 | 429 | 500..=599) { again } else { USELESS };
                for said_by in EVERYBODY {
                    let progress = answered(status, retry_after, said_by);
                    assert_eq!(judge(Operation::Read, progress), expected, "{progress:?}");
                }
            }
        }
    }

    #[test]
    fn a_create_is_unknown_whatever_anybody_says_of_it() {
        for status in 100..1000 {
            for retry_after in [None, Some(LATER)] {
                let progress = answered(status, retry_after, SaidBy::Anybody);
                assert_eq!(judge(Operation::Create, progress), Outcome::Unknown, "{progress:?}");
            }
        }
    }

    #[test]
    fn what_the_api_says_of_a_create_is_believed_where_it_is_a_refusal() {
        for status in 100..1000 {
            for (retry_after, again) in [(None, AGAIN), (Some(LATER), AGAIN_LATER)] {
                let expected = match status {
                    408 => Outcome::Unknown,
                    421 | 425 | 429 => again,
                    503 if retry_after.is_some() => again,
                    300..=499 => USELESS,
                    _ => Outcome::Unknown,
                };
                let progress = answered(status, retry_after, SaidBy::Api);
                assert_eq!(judge(Operation::Create, progress), expected, "{progress:?}");
            }
        }
    }

    #[test]
    fn a_rules_refusal_and_what_is_said_before_an_application_is_asked_are_no_create() {
        for (said_by, statuses) in [
            (SaidBy::Rule, [400, 422].as_slice()),
            (SaidBy::BeforeApplication, &[301, 302, 307, 308, 401, 403, 405, 406, 407, 413, 415, 431]),
        ] {
            for &status in statuses {
                let progress = answered(status, None, said_by);
                assert_eq!(judge(Operation::Create, progress), USELESS, "{progress:?}");
            }
        }
        let gateway = answered(503, Some(LATER), SaidBy::BeforeApplication);
        assert_eq!(judge(Operation::Create, gateway), Outcome::Unknown);
    }
}
