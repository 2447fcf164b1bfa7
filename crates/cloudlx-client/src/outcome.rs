//! How a call ended, as one pure function of what was asked, how far it got, and what came back.

use std::fmt;

use reqwest::StatusCode;

use crate::RetryAfter;

/// Whether making the same call again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call would end the same way: what the error names has to change first.
    Useless,
    /// The same call may succeed.
    CanHelp {
        /// When, if the server said so.
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

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Changes nothing, however often it is made: the lists, the details, and asking for a token.
    Read,
    /// Makes a customer each time it is processed.
    Create,
}

/// How far a call got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The request could not be made out of what was given.
    NotBuilt,
    /// There was no token to send it with, and getting one again would end so.
    NoToken(Retry),
    /// No byte of its body was sent: no connection, or no time left.
    NotSent,
    /// It was sent, at least in part, and no whole answer came.
    Unanswered,
    /// An answer came that is not a success, or a success with a body that is not the documented one.
    Answered {
        /// The answer's status.
        status: StatusCode,
        /// Its `Retry-After`, if readable.
        retry_after: Option<RetryAfter>,
        /// Whether the body is an error as the API writes it, so that no gateway before it said this.
        by_api: bool,
    },
}

/// What is known of a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It certainly changed nothing.
    NotDone(Retry),
    /// It may have been processed.
    Unknown,
}

/// What is known of an `operation` that failed after `progress`. "Not done" is said only of what is certain.
pub(crate) fn judge(operation: Operation, progress: Progress) -> Verdict {
    match (operation, progress) {
        (_, Progress::NotBuilt) => Verdict::NotDone(Retry::Useless),
        (_, Progress::NoToken(retry)) => Verdict::NotDone(retry),
        (_, Progress::NotSent) | (Operation::Read, Progress::Unanswered) => {
            Verdict::NotDone(Retry::CanHelp { after: None })
        }
        (Operation::Read, Progress::Answered { status, retry_after, .. }) => {
            Verdict::NotDone(retry_after_answer(status, retry_after))
        }
        (Operation::Create, Progress::Unanswered) => Verdict::Unknown,
        (Operation::Create, Progress::Answered { status, retry_after, by_api }) => {
            created(status.as_u16(), retry_after, by_api)
        }
    }
}

/// Whether a call that reads, and was answered so, may be answered otherwise.
pub(crate) fn retry_after_answer(status: StatusCode, after: Option<RetryAfter>) -> Retry {
    match status.as_u16() {
        408 | 421 | 425 | 429 | 500..=599 => Retry::CanHelp { after },
        _ => Retry::Useless,
    }
}

fn created(status: u16, after: Option<RetryAfter>, by_api: bool) -> Verdict {
    match status {
        // "Misdirected", "too early" and "too many" are said instead of processing a request.
        421 | 425 | 429 => Verdict::NotDone(Retry::CanHelp { after }),
        // An API that says itself when to come back has turned the request away. A gateway may say the same of a server that
        // it lost in the middle of its work.
        503 if by_api && after.is_some() => Verdict::NotDone(Retry::CanHelp { after }),
        // "Request timeout" should mean that the request did not arrive in full, but gateways also say it when the server
        // behind them took too long.
        408 => Verdict::Unknown,
        // The redirects that ask for the same request elsewhere. Of the others, "see other" is said after a POST was acted
        // on (RFC 9110, 15.4.4), and web frameworks say "found" and more for the same.
        307 | 308 | 400..=499 => Verdict::NotDone(Retry::Useless),
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const USELESS: Verdict = Verdict::NotDone(Retry::Useless);
    const AGAIN: Verdict = Verdict::NotDone(Retry::CanHelp { after: None });
    const LATER: RetryAfter = RetryAfter::Delay(Duration::from_secs(7));
    const AGAIN_LATER: Verdict = Verdict::NotDone(Retry::CanHelp { after: Some(LATER) });

    fn answered(status: u16, retry_after: Option<RetryAfter>) -> Progress {
        Progress::Answered { status: StatusCode::from_u16(status).unwrap(), retry_after, by_api: true }
    }

    #[test]
    fn how_far_it_got() {
        for (progress, read, create) in [
            (Progress::NotBuilt, USELESS, USELESS),
            (Progress::NoToken(Retry::Useless), USELESS, USELESS),
            (Progress::NoToken(Retry::CanHelp { after: None }), AGAIN, AGAIN),
            (Progress::NoToken(Retry::CanHelp { after: Some(LATER) }), AGAIN_LATER, AGAIN_LATER),
            (Progress::NotSent, AGAIN, AGAIN),
            (Progress::Unanswered, AGAIN, Verdict::Unknown),
        ] {
            assert_eq!(judge(Operation::Read, progress), read, "{progress:?}");
            assert_eq!(judge(Operation::Create, progress), create, "{progress:?}");
        }
    }

    #[test]
    fn what_came_back() {
        use Verdict::Unknown;

        let none = None;
        let some = Some(LATER);
        for (status, retry_after, read, create) in [
            (101, none, USELESS, Unknown),
            (200, none, USELESS, Unknown),
            (201, none, USELESS, Unknown),
            (202, none, USELESS, Unknown),
            (204, none, USELESS, Unknown),
            (299, some, USELESS, Unknown),
            (300, none, USELESS, Unknown),
            (301, none, USELESS, Unknown),
            (302, none, USELESS, Unknown),
            (303, none, USELESS, Unknown),
            (304, none, USELESS, Unknown),
            (306, none, USELESS, Unknown),
            (307, some, USELESS, USELESS),
            (308, none, USELESS, USELESS),
            (309, none, USELESS, Unknown),
            (400, none, USELESS, USELESS),
            (401, none, USELESS, USELESS),
            (403, none, USELESS, USELESS),
            (404, none, USELESS, USELESS),
            (405, none, USELESS, USELESS),
            (406, none, USELESS, USELESS),
            (408, none, AGAIN, Unknown),
            (408, some, AGAIN_LATER, Unknown),
            (409, none, USELESS, USELESS),
            (413, none, USELESS, USELESS),
            (415, none, USELESS, USELESS),
            (421, none, AGAIN, AGAIN),
            (422, none, USELESS, USELESS),
            (425, some, AGAIN_LATER, AGAIN_LATER),
            (429, none, AGAIN, AGAIN),
            (429, some, AGAIN_LATER, AGAIN_LATER),
            (499, none, USELESS, USELESS),
            (500, none, AGAIN, Unknown),
            (500, some, AGAIN_LATER, Unknown),
            (501, none, AGAIN, Unknown),
            (502, none, AGAIN, Unknown),
            (502, some, AGAIN_LATER, Unknown),
            (503, none, AGAIN, Unknown),
            (503, some, AGAIN_LATER, AGAIN_LATER),
            (504, none, AGAIN, Unknown),
            (504, some, AGAIN_LATER, Unknown),
            (599, none, AGAIN, Unknown),
            (600, none, USELESS, Unknown),
            (999, none, USELESS, Unknown),
        ] {
            let progress = answered(status, retry_after);
            assert_eq!(judge(Operation::Read, progress), read, "{progress:?}");
            assert_eq!(judge(Operation::Create, progress), create, "{progress:?}");
        }
    }

    #[test]
    fn who_says_it_matters_for_503_alone() {
        for status in 100..1000 {
            for retry_after in [None, Some(LATER)] {
                for operation in [Operation::Read, Operation::Create] {
                    let status = StatusCode::from_u16(status).unwrap();
                    let by = |by_api| judge(operation, Progress::Answered { status, retry_after, by_api });
                    let expected = match (operation, status.as_u16()) {
                        (Operation::Create, 503) => Verdict::Unknown,
                        _ => by(true),
                    };
                    assert_eq!(by(false), expected, "{status}");
                }
            }
        }
    }

    #[test]
    fn no_status_makes_a_read_unknown() {
        for status in 100..1000 {
            for retry_after in [None, Some(LATER)] {
                let verdict = judge(Operation::Read, answered(status, retry_after));
                assert!(matches!(verdict, Verdict::NotDone(_)), "{status}");
            }
        }
    }
}
