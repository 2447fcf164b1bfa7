//! Why a call failed.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_model::{CreateCustomer, CustomerId, Endpoint};
use cloudlx_validate::CatalogueError;
use reqwest::StatusCode;

use crate::error::token_kind::TokenKind;
use crate::error::wording::{Unsent, broken, by_proxy, out_of_time, piecemeal, reason, remedy, renewal, to};
use crate::paging::pager::Gap;
use crate::proof::named_customer;
use crate::proof::outcome::{self, Operation, Outcome, Progress, Retry};
use crate::proof::said_by::SaidBy;
use crate::response::error_payload::{ErrorPayload, RawBody};
use crate::response::head::ResponseHead;
use crate::response::retry_after::RetryAfter;
use crate::time::time_limit::TimeLimit;
use crate::transport::connection_fault::{ConnectionFault, Route};
use crate::transport::once_body::Sent;
use crate::transport::proxy::Proxy;
use crate::transport::target::Target;

/// Why a call failed. None of these shows a secret. Its variants may get more fields.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No access token could be had, so the request was not sent, or not again after a 401.
    #[error("no access token could be had for {target}")]
    #[non_exhaustive]
    NoToken {
        /// The request that needs a token.
        target: Target,
        /// Why the token could not be had. Callers that waited for the same token share it.
        source: Arc<Error>,
    },
    /// The time of the whole call ran out before the request was sent, or sent again, or for a create so much of it that
    /// no whole attempt was left: waiting for an access token, or for
    /// [other requests](crate::ClientBuilder::max_concurrent_requests) to end.
    #[error("{}", out_of_time(target, *limit, *needed))]
    #[non_exhaustive]
    OutOfTime {
        /// The request.
        target: Target,
        /// The time that the whole call had.
        limit: Duration,
        /// How much of it has to be left for a create to be sent; none for other requests, which need no more than some.
        needed: Option<Duration>,
    },
    /// The request could not be built out of what was given.
    #[error("{target} was not sent, for it could not be built")]
    #[non_exhaustive]
    NotBuilt {
        /// The request.
        target: Target,
        /// What was wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No connection was made, or none that took the request: nothing of its body was sent.
    #[error("{target} was not sent, for {}", Unsent { route: Route::new(target, proxy.as_deref()), fault: fault.as_deref(), no_connection: *no_connection, timed_out: timed_out.as_deref().copied() })]
    #[non_exhaustive]
    NotSent {
        /// The request.
        target: Target,
        /// Whether it is certain that there was no connection. If not, there was none yet, or it broke.
        no_connection: bool,
        /// The time that ran out, if one did.
        timed_out: Option<Box<TimeLimit>>,
        /// Why there was no connection, where that is known.
        fault: Option<Box<ConnectionFault>>,
        /// The proxy that the connection was to go through, where the environment names one; none for a client that was given
        /// an [`http_client`](crate::ClientBuilder::http_client), which may have a proxy of its own.
        proxy: Option<Box<Proxy>>,
        /// What the HTTP client said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The request was sent, at least in part, and no whole answer came back.
    #[error("{target} was sent{}, but {}", if *sent == Sent::Part { " in part" } else { "" }, broken(*status, timed_out.as_deref().copied(), &**source))]
    #[non_exhaustive]
    NoAnswer {
        /// The request.
        target: Target,
        /// How much of it was sent, which is not nothing.
        sent: Sent,
        /// The status, where the answer began.
        status: Option<StatusCode>,
        /// Its head, where it began.
        head: Option<Box<ResponseHead>>,
        /// The beginning of its body, up to [`MAX_ERROR_BODY_BYTES`](crate::MAX_ERROR_BODY_BYTES), where some of it came;
        /// none for a token, nor for a list that is read as it comes.
        body: Option<Box<RawBody>>,
        /// The time that ran out, if one did.
        timed_out: Option<Box<TimeLimit>>,
        /// What the HTTP client said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server said to go elsewhere, and redirects are never followed: a POST could become a GET, and a token reach
    /// another host.
    #[error(
        "expected 200 from {target}, the server answered {status}{}: redirects are not followed, set the base URL to \
         where the API is",
        to(head)
    )]
    #[non_exhaustive]
    Redirected {
        /// The request.
        target: Target,
        /// The status of the answer.
        status: StatusCode,
        /// The head of the answer, with its `Location`.
        head: Box<ResponseHead>,
        /// Who says so.
        said_by: SaidBy,
    },
    /// The server refused the access token.
    #[error("expected 200 from {target}, the server answered 401 Unauthorized: {payload}{}{}", reason(head), renewal(target, *token, *said_by))]
    #[non_exhaustive]
    Unauthorized {
        /// The request.
        target: Target,
        /// Which token was refused.
        token: TokenKind,
        /// The head of the answer.
        head: Box<ResponseHead>,
        /// Who says so.
        said_by: SaidBy,
        /// The body of the answer.
        payload: Box<ErrorPayload>,
    },
    /// The server answered with another status than a success.
    #[error("expected 200 from {target}, the server answered {status}: {payload}{}{}{}", reason(head), remedy(target, *status, *said_by), by_proxy(target, head, *status))]
    #[non_exhaustive]
    Status {
        /// The request.
        target: Target,
        /// The status of the answer.
        status: StatusCode,
        /// When to come back, if the server said so in a readable way.
        retry_after: Option<RetryAfter>,
        /// The head of the answer.
        head: Box<ResponseHead>,
        /// Who says so.
        said_by: SaidBy,
        /// The body of the answer.
        payload: Box<ErrorPayload>,
    },
    /// The server reported success with a body that is not the documented one.
    #[error("expected the documented body from {target}, the server answered {status} with {problem}{}", piecemeal(target, *too_long))]
    #[non_exhaustive]
    Unexpected {
        /// The request.
        target: Target,
        /// The status of the answer.
        status: StatusCode,
        /// The head of the answer.
        head: Box<ResponseHead>,
        /// What is wrong with the body.
        problem: String,
        /// Whether it is JSON that ends too soon, as one does that was cut off on its way by something that did not say so:
        /// a call that reads is tried again. A body of nothing at all is none.
        ends_early: bool,
        /// Whether it is longer than what is held in memory, [`MAX_ANSWER_BYTES`](crate::MAX_ANSWER_BYTES).
        too_long: bool,
        /// The body, up to [`MAX_ERROR_BODY_BYTES`](crate::MAX_ERROR_BODY_BYTES); none for a token.
        body: Option<Box<RawBody>>,
    },
    /// The list is not whole, or nobody can tell: what it does not show may be there all the same.
    #[error(
        "expected the whole list from {target}, the server answered a part of it, {shown} so far ({said}): {gap}"
    )]
    #[non_exhaustive]
    Incomplete {
        /// The request for the page that the list ended with.
        target: Target,
        /// What says that there is more, in words: the field or the header.
        said: String,
        /// Why the rest was not read.
        gap: Box<Gap>,
        /// How many elements came, each once.
        shown: u64,
    },
    /// The realms and sub-realms that the server listed make no catalogue.
    #[error("expected realms and sub-realms that make a catalogue, the server listed others")]
    #[non_exhaustive]
    Catalogue {
        /// What is wrong with them.
        source: CatalogueError,
    },
}

impl Error {
    /// The request that failed; none where it was none.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::NoToken { target, .. }
            | Self::OutOfTime { target, .. }
            | Self::NotBuilt { target, .. }
            | Self::NotSent { target, .. }
            | Self::NoAnswer { target, .. }
            | Self::Redirected { target, .. }
            | Self::Unauthorized { target, .. }
            | Self::Status { target, .. }
            | Self::Unexpected { target, .. }
            | Self::Incomplete { target, .. } => Some(target),
            Self::Catalogue { .. } => None,
        }
    }

    /// The HTTP status, where an answer began; for [`NoToken`](Self::NoToken) that of the answer to the token request.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::NoAnswer { status, .. } => *status,
            Self::Redirected { status, .. }
            | Self::Status { status, .. }
            | Self::Unexpected { status, .. } => Some(*status),
            Self::Unauthorized { .. } => Some(StatusCode::UNAUTHORIZED),
            Self::NoToken { source, .. } => source.status(),
            Self::Incomplete { .. } => Some(StatusCode::OK),
            Self::OutOfTime { .. }
            | Self::NotBuilt { .. }
            | Self::NotSent { .. }
            | Self::Catalogue { .. } => None,
        }
    }

    /// How often the request was tried, the last time included; for [`NoToken`](Self::NoToken) the token request. One for
    /// [`Catalogue`](Self::Catalogue), which is not about a request.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::NoToken { source, .. } => source.attempts(),
            _ => self.target().map_or(1, |target| target.attempt),
        }
    }

    /// The body of an error answer; for [`NoToken`](Self::NoToken) of that to the token request.
    #[must_use]
    pub fn payload(&self) -> Option<&ErrorPayload> {
        match self {
            Self::Unauthorized { payload, .. } | Self::Status { payload, .. } => Some(payload),
            Self::NoToken { source, .. } => source.payload(),
            _ => None,
        }
    }

    /// The head of the answer, where one began; for [`NoToken`](Self::NoToken) of that to the token request.
    #[must_use]
    pub fn head(&self) -> Option<&ResponseHead> {
        match self {
            Self::NoAnswer { head, .. } => head.as_deref(),
            Self::Redirected { head, .. }
            | Self::Unauthorized { head, .. }
            | Self::Status { head, .. }
            | Self::Unexpected { head, .. } => Some(head),
            Self::NoToken { source, .. } => source.head(),
            _ => None,
        }
    }

    /// Who said that the call failed; none where no answer came that says so. For [`NoToken`](Self::NoToken) of the token
    /// request.
    #[must_use]
    pub fn said_by(&self) -> Option<SaidBy> {
        match self {
            Self::Redirected { said_by, .. }
            | Self::Unauthorized { said_by, .. }
            | Self::Status { said_by, .. } => Some(*said_by),
            Self::NoToken { source, .. } => source.said_by(),
            _ => None,
        }
    }

    /// The customer that the answer to a create names, by its `Location` or the beginning of its body: the one to look for
    /// where the outcome is unknown.
    #[must_use]
    pub fn named_customer(&self) -> Option<CustomerId> {
        if self.target()?.endpoint != CreateCustomer::NAME {
            return None;
        }
        let body = match self {
            Self::NoAnswer { body, .. } | Self::Unexpected { body, .. } => body.as_deref(),
            _ => None,
        };
        let by_body = body.and_then(|body| named_customer::by_beginning(body.text.as_bytes()));
        by_body.or_else(|| named_customer::by_location(self.head()?.location.as_deref()?))
    }

    /// Whether making the same call again can help, for a call that reads. For a create see [`CreateError`].
    #[must_use]
    pub fn retry(&self) -> Retry {
        match outcome::judge(Operation::Read, self.progress()) {
            Outcome::NotDone(retry) => retry,
            Outcome::Unknown => Retry::Useless,
        }
    }

    /// How far the call got.
    pub(crate) fn progress(&self) -> Progress {
        match self {
            Self::NoToken { source, .. } => Progress::NoToken(source.retry()),
            Self::NotBuilt { .. } => Progress::NotBuilt,
            Self::NotSent { fault: Some(fault), .. } if !fault.may_pass() => Progress::NoConnection,
            Self::OutOfTime { .. } | Self::NotSent { .. } => Progress::NotSent,
            Self::NoAnswer { sent: Sent::Part, status: None, .. } => Progress::SentInPart,
            // Of an answer that was cut off, no whole one came, whatever its head said of its length.
            Self::NoAnswer { .. } | Self::Unexpected { ends_early: true, .. } => Progress::Unanswered,
            Self::Incomplete { gap, .. } if gap.may_close() => Progress::Unanswered,
            Self::Redirected { status, said_by, .. } => {
                Progress::Answered { status: *status, retry_after: None, said_by: *said_by }
            }
            Self::Unauthorized { said_by, .. } => {
                Progress::Answered { status: StatusCode::UNAUTHORIZED, retry_after: None, said_by: *said_by }
            }
            Self::Status { status, retry_after, said_by, .. } => {
                Progress::Answered { status: *status, retry_after: *retry_after, said_by: *said_by }
            }
            Self::Unexpected { status, .. } => {
                Progress::Answered { status: *status, retry_after: None, said_by: SaidBy::Anybody }
            }
            Self::Incomplete { .. } | Self::Catalogue { .. } => {
                Progress::Answered { status: StatusCode::OK, retry_after: None, said_by: SaidBy::Anybody }
            }
        }
    }
}
