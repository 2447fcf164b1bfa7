//! Why a call failed.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_model::{CreateCustomer, CustomerId, Endpoint};
use cloudlx_validate::CatalogueError;
use reqwest::StatusCode;

use crate::error::token_kind::TokenKind;
use crate::error::wording::{
    WhyNotSent, location, no_answer, out_of_time, proxy_remedy, read_in_pieces, stated_reason, status_remedy,
    token_remedy,
};
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
    /// The client got no access token, so it did not send the request, or not again after a 401.
    #[error("no access token could be had for {target}")]
    #[non_exhaustive]
    NoToken {
        /// The request that needs a token.
        target: Target,
        /// Why there is no token. Callers that waited for the same token share this error.
        source: Arc<Error>,
    },
    /// The call spent its time waiting for an access token, or for
    /// [other requests](crate::ClientBuilder::max_concurrent_requests) to end, so the request was not sent, or not sent again.
    /// A create is not sent when less time is left than a whole attempt needs.
    #[error("{}", out_of_time(target, *limit, *needed))]
    #[non_exhaustive]
    OutOfTime {
        /// The request.
        target: Target,
        /// How long the whole call may take.
        limit: Duration,
        /// How much of that a create needs to be sent. None for other requests, which are sent with any time left.
        needed: Option<Duration>,
    },
    /// The request could not be built.
    #[error("{target} was not sent, for it could not be built")]
    #[non_exhaustive]
    NotBuilt {
        /// The request.
        target: Target,
        /// What was wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There was no connection, or it broke before it took the request: nothing of the body was sent.
    #[error("{target} was not sent, for {}", WhyNotSent { route: Route::new(target, proxy.as_deref()), fault: fault.as_deref(), no_connection: *no_connection, timed_out: timed_out.as_deref().copied() })]
    #[non_exhaustive]
    NotSent {
        /// The request.
        target: Target,
        /// Whether it is certain that there was no connection. If not, connecting took too long, or the connection broke.
        no_connection: bool,
        /// The time limit that ended the wait, if one did.
        timed_out: Option<Box<TimeLimit>>,
        /// Why there was no connection, where that is known.
        fault: Option<Box<ConnectionFault>>,
        /// The proxy that the environment names for the connection. None for a client with an
        /// [`http_client`](crate::ClientBuilder::http_client) of the caller's, which may use a proxy of its own.
        proxy: Option<Box<Proxy>>,
        /// The HTTP client's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The request was sent, at least in part, and no whole response arrived.
    #[error("{target} was sent{}, but {}", if *sent == Sent::Part { " in part" } else { "" }, no_answer(*status, timed_out.as_deref().copied(), &**source))]
    #[non_exhaustive]
    NoAnswer {
        /// The request.
        target: Target,
        /// How much of the request was sent; never [`Sent::Nothing`].
        sent: Sent,
        /// The status, where the response began.
        status: Option<StatusCode>,
        /// The head, where the response began.
        head: Option<Box<ResponseHead>>,
        /// The beginning of the response's body, up to [`MAX_ERROR_BODY_BYTES`](crate::MAX_ERROR_BODY_BYTES), where some of it
        /// arrived. None for a token, and for a list that is parsed while it arrives.
        body: Option<Box<RawBody>>,
        /// The time limit that ended the wait, if one did.
        timed_out: Option<Box<TimeLimit>>,
        /// The HTTP client's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server redirected the request. The client never follows redirects: a POST could become a GET, and a token could
    /// reach another host.
    #[error(
        "expected 200 from {target}, the server answered {status}{}: redirects are not followed, set the base URL to \
         where the API is",
        location(head)
    )]
    #[non_exhaustive]
    Redirected {
        /// The request.
        target: Target,
        /// The status of the response.
        status: StatusCode,
        /// The head of the response, with its `Location`.
        head: Box<ResponseHead>,
        /// Who the response comes from.
        said_by: SaidBy,
    },
    /// The server refused the access token.
    #[error("expected 200 from {target}, the server answered 401 Unauthorized: {payload}{}{}", stated_reason(head), token_remedy(target, *token, *said_by))]
    #[non_exhaustive]
    Unauthorized {
        /// The request.
        target: Target,
        /// Which token was refused.
        token: TokenKind,
        /// The head of the response.
        head: Box<ResponseHead>,
        /// Who the response comes from.
        said_by: SaidBy,
        /// The body of the response.
        payload: Box<ErrorPayload>,
    },
    /// The response has a status that is neither a success nor a redirect.
    #[error("expected 200 from {target}, the server answered {status}: {payload}{}{}{}", stated_reason(head), status_remedy(target, *status, *said_by, payload), proxy_remedy(target, head, *status))]
    #[non_exhaustive]
    Status {
        /// The request.
        target: Target,
        /// The status of the response.
        status: StatusCode,
        /// `Retry-After`, where it can be read.
        retry_after: Option<RetryAfter>,
        /// The head of the response.
        head: Box<ResponseHead>,
        /// Who the response comes from.
        said_by: SaidBy,
        /// The body of the response.
        payload: Box<ErrorPayload>,
    },
    /// The server reported success with a body that is not the documented one.
    #[error("expected the documented body from {target}, the server answered {status} with {problem}{}", read_in_pieces(target, *too_long))]
    #[non_exhaustive]
    Unexpected {
        /// The request.
        target: Target,
        /// The status of the response.
        status: StatusCode,
        /// The head of the response.
        head: Box<ResponseHead>,
        /// What is wrong with the body.
        problem: String,
        /// Whether the body is JSON that ends too soon, as when a server or proxy cut it off without signalling that. A call
        /// that reads is then tried again. False for an empty body.
        ends_early: bool,
        /// Whether the body is longer than [`MAX_ANSWER_BYTES`](crate::MAX_ANSWER_BYTES), the most that is held in memory.
        too_long: bool,
        /// The body, up to [`MAX_ERROR_BODY_BYTES`](crate::MAX_ERROR_BODY_BYTES). None for a token.
        body: Option<Box<RawBody>>,
    },
    /// The list is not whole, or nobody can tell: an element that it does not show may exist nevertheless.
    #[error(
        "expected the whole list from {target}, the server answered a part of it, {shown} so far ({said}): {gap}"
    )]
    #[non_exhaustive]
    Incomplete {
        /// The request for the page that the list ended with.
        target: Target,
        /// What states that there is more, in words: the field or the header.
        said: String,
        /// Why the rest was not read.
        gap: Box<Gap>,
        /// How many elements arrived, not counting repetitions.
        shown: u64,
    },
    /// The realms and sub-realms that the server lists are no catalogue: an id is missing or appears twice.
    #[error("expected realms and sub-realms that make a catalogue, the server listed others")]
    #[non_exhaustive]
    Catalogue {
        /// What is wrong with them.
        source: CatalogueError,
    },
}

impl Error {
    /// The request that failed. None for [`Catalogue`](Self::Catalogue), which is not about a request.
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

    /// The HTTP status, where a response began. For [`NoToken`](Self::NoToken), that of the token request.
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

    /// The number of attempts, the last one included. For [`NoToken`](Self::NoToken), those at the token request. One for
    /// [`Catalogue`](Self::Catalogue), which is not about a request.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        match self {
            Self::NoToken { source, .. } => source.attempts(),
            _ => self.target().map_or(1, |target| target.attempt),
        }
    }

    /// The body of an error response. For [`NoToken`](Self::NoToken), that of the token request.
    #[must_use]
    pub fn payload(&self) -> Option<&ErrorPayload> {
        match self {
            Self::Unauthorized { payload, .. } | Self::Status { payload, .. } => Some(payload),
            Self::NoToken { source, .. } => source.payload(),
            _ => None,
        }
    }

    /// The head of the response, where one began. For [`NoToken`](Self::NoToken), that of the token request.
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

    /// Who the response comes from. None where no response says that the call failed. For [`NoToken`](Self::NoToken), that of
    /// the token request.
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

    /// The customer that the response to a create names, in `Location` or in the beginning of its body: the one to look for
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
        let in_body = body.and_then(|body| named_customer::in_beginning(body.text.as_bytes()));
        in_body.or_else(|| named_customer::in_location(self.head()?.location.as_deref()?))
    }

    /// Whether making the same call again can help. This is for calls that read; for a create see [`CreateError`](crate::CreateError).
    #[must_use]
    pub fn retry(&self) -> Retry {
        match outcome::judge(Operation::Read, self.progress()) {
            Outcome::NotDone(retry) => retry,
            Outcome::Unknown => Retry::Useless,
        }
    }

    /// How far the call got before it failed.
    pub(crate) fn progress(&self) -> Progress {
        match self {
            Self::NoToken { source, .. } => Progress::NoToken(source.retry()),
            Self::NotBuilt { .. } => Progress::NotBuilt,
            Self::NotSent { fault: Some(fault), .. } if !fault.may_pass() => Progress::NoConnection,
            Self::OutOfTime { .. } | Self::NotSent { .. } => Progress::NotSent,
            Self::NoAnswer { sent: Sent::Part, status: None, .. } => Progress::SentInPart,
            // A response that was cut off counts as none, even where its length agrees with its head.
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
