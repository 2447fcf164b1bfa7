//! The parts of error messages that depend on what happened.

use std::fmt;
use std::time::Duration;

use cloudlx_model::{AccessTokenRequest, CreateCustomer, Endpoint, GetCustomer, ListCustomers};
use cloudlx_validate::plain::Glance;
use reqwest::StatusCode;

use crate::error::token_kind::TokenKind;
use crate::proof::said_by::SaidBy;
use crate::response::challenge;
use crate::response::error_payload::ErrorPayload;
use crate::response::head::ResponseHead;
use crate::time::time_limit::TimeLimit;
use crate::transport::connection_fault::{ConnectionFault, Described, Remedy, Route};
use crate::transport::diagnosis::is_not_http;
use crate::transport::target::Target;

pub(crate) fn out_of_time(target: &Target, limit: Duration, needed: Option<Duration>) -> String {
    let limit = TimeLimit::Call(limit);
    match needed {
        None => format!(
            "{limit} ended before {target} could be sent, waiting for an access token or for other requests to end: give \
             it more time"
        ),
        Some(needed) => format!(
            "{target} was not sent, for less than {needed:?} of {limit} were left after waiting for an access token or for \
             other requests to end, and a create is sent only with the time for a whole attempt: give the call more time"
        ),
    }
}

/// Why a request was not sent, as the end of a sentence.
pub(crate) struct WhyNotSent<'a> {
    pub(crate) route: Route<'a>,
    pub(crate) fault: Option<&'a ConnectionFault>,
    pub(crate) no_connection: bool,
    pub(crate) timed_out: Option<TimeLimit>,
}

impl fmt::Display for WhyNotSent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(fault) = self.fault {
            return write!(f, "{}", Described(fault, self.route));
        }
        let what = match (self.no_connection, self.timed_out) {
            (true, Some(_)) => "no connection was made",
            (true, None) => "no connection could be made",
            (false, Some(limit)) => return write!(f, "{limit} ended before a connection took it"),
            (false, None) => return f.write_str("its connection broke before it took any of the body"),
        };
        f.write_str(what)?;
        if let Some(proxy) = self.route.proxy {
            write!(f, " through {proxy}")?;
        }
        if let Some(limit) = self.timed_out {
            write!(f, " within {limit}")?;
        }
        match self.route.proxy {
            Some(_) => write!(f, "{}", Remedy(self.route)),
            None => f.write_str(" (check the host of the base URL)"),
        }
    }
}

pub(crate) fn no_answer(
    status: Option<StatusCode>,
    timed_out: Option<TimeLimit>,
    source: &(dyn std::error::Error + Send + Sync + 'static),
) -> String {
    match (status, timed_out) {
        (None, None) if is_not_http(source) => {
            "what came back is not HTTP: check the scheme and the port of the base URL, where TLS (https) may be expected"
                .to_owned()
        }
        (None, Some(limit)) => format!("no answer came within {limit}"),
        (None, None) => "the connection ended without an answer".to_owned(),
        (Some(status), Some(limit)) => {
            format!("the rest of an answer that began with {status} did not come within {limit}")
        }
        (Some(status), None) => {
            format!("the connection ended in the middle of an answer that began with {status}")
        }
    }
}

pub(crate) fn location(head: &ResponseHead) -> String {
    let location = head.location.as_deref();
    location.map(|location| format!(" to {}", Glance(location))).unwrap_or_default()
}

/// The reason that `WWW-Authenticate` gives.
pub(crate) fn stated_reason(head: &ResponseHead) -> String {
    let reason = head.challenge.as_deref().and_then(challenge::reason);
    reason.map(|reason| format!("; the reason given is {}", Glance(&reason))).unwrap_or_default()
}

/// Added where the response proves nothing, and it matters who gave it.
const BY_ANYBODY: &str =
    "; the answer is not in the API's own form, so a gateway, a filter or a proxy may have given it";

fn is_unproved_create(target: &Target, said_by: SaidBy) -> bool {
    target.endpoint == CreateCustomer::NAME && said_by == SaidBy::Anybody
}

pub(crate) fn token_remedy(target: &Target, token: TokenKind, said_by: SaidBy) -> &'static str {
    match token {
        _ if is_unproved_create(target, said_by) => BY_ANYBODY,
        TokenKind::Given => {
            "; the access token has ended or is not this server's: get a new one, or give the client id and secret, with \
             which tokens are renewed"
        }
        TokenKind::Fetched => {
            "; the access token was fetched just now, so renewing it cannot help: the server that checks it may not know it \
             yet, or the portal user that it was issued for may not use the API"
        }
    }
}

/// What to do about a proxy that asks for a password.
pub(crate) fn proxy_remedy(target: &Target, head: &ResponseHead, status: StatusCode) -> String {
    if status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return String::new();
    }
    let route = Route::new(target, head.proxy.as_ref());
    format!("; {}", Described(&ConnectionFault::ProxyAuthentication, route))
}

/// How to read a list that is too long for memory.
pub(crate) fn read_in_pieces(target: &Target, too_long: bool) -> &'static str {
    if too_long && target.endpoint == ListCustomers::NAME {
        ": read it with fold_customers, customer by customer"
    } else {
        ""
    }
}

/// Whether the API's message is about the id that the request names. A message about a path that the server does not have
/// names no id.
fn names_the_id(target: &Target, payload: &ErrorPayload) -> bool {
    let ErrorPayload::Api(body) = payload else { return false };
    let id = target.url.rsplit('/').next().unwrap_or_default();
    body.message.split(|it: char| !it.is_ascii_digit()).any(|number| number == id)
}

/// What to do about a status, where the client knows more than the response says.
pub(crate) fn status_remedy(
    target: &Target,
    status: StatusCode,
    said_by: SaidBy,
    payload: &ErrorPayload,
) -> &'static str {
    let token = target.endpoint == AccessTokenRequest::NAME;
    match status.as_u16() {
        400 | 401 | 403 | 422 if token => {
            "; check the client id and the client secret, and that they belong to this base URL"
        }
        _ if is_unproved_create(target, said_by) => BY_ANYBODY,
        403 if said_by == SaidBy::Anybody => BY_ANYBODY,
        403 => "; the portal user that the token was issued for needs the permission",
        404 if target.endpoint == GetCustomer::NAME && names_the_id(target, payload) => "",
        404 if target.endpoint == GetCustomer::NAME => "; check the customer's id, and the base URL",
        404 | 405 => "; check the base URL, which ends where /api begins",
        406 | 415 => "; the server may not speak version 1 of the API",
        _ => "",
    }
}
