//! What a library's error says, with what to do about it on the command line.
//!
//! A library's own words give advice to a program that uses it ("give it more time", "an `http_client`"). Whoever runs
//! `cloudlx` has options and variables instead: where an error gives such advice, it is written here, out of the error's
//! type and fields.

use std::error::Error as StdError;
use std::sync::Arc;

use cloudlx_client::{BaseUrlError, BuildError, Error, SaidBy, TimeLimit, TokenKind};
use cloudlx_model::{CreateCustomer, Endpoint};
use cloudlx_server_stub::StartError;

use crate::credentials;

/// What an error says.
pub(crate) fn describe(error: &(dyn StdError + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<Error>() {
        return of_call(error);
    }
    if let Some(error) = error.downcast_ref::<Arc<Error>>() {
        return of_call(error);
    }
    if let Some(error) = error.downcast_ref::<BuildError>() {
        return of_settings(error);
    }
    if let Some(error) = error.downcast_ref::<BaseUrlError>() {
        return of_base_url(error);
    }
    if let Some(StartError::Control { address }) = error.downcast_ref::<StartError>() {
        return format!(
            "expected a token for a control API at {address}, which other machines reach, found none: set \
             CLOUDLX_STUB_CONTROL_TOKEN, pass --listen 127.0.0.1:0, or leave --control out"
        );
    }
    error.to_string()
}

fn of_call(error: &Error) -> String {
    match error {
        Error::OutOfTime { target, limit, needed, .. } => {
            let limit = humantime::format_duration(*limit);
            let ended = match needed {
                None => format!("the {limit} of the whole call ended before {target} could be sent"),
                Some(needed) => format!(
                    "{target} was not sent, for less than {} of the {limit} of the whole call were left",
                    humantime::format_duration(*needed)
                ),
            };
            format!(
                "{ended}, waiting for an access token or for other requests to end: pass a longer --timeout, or a smaller \
                 --concurrency to an import"
            )
        }
        // Where nobody knows who refused a create, its own words say so, and there is nothing to put right.
        Error::Unauthorized { target, said_by: SaidBy::Anybody, .. }
            if target.endpoint == CreateCustomer::NAME =>
        {
            error.to_string()
        }
        Error::Unauthorized { target, token: TokenKind::Given, payload, .. } => format!(
            "expected 200 from {target}, the server answered 401 Unauthorized: {payload}; the access token of {} has ended \
             or is not this server's: set it to a new one{}",
            credentials::token_variable(),
            if credentials::token_first().is_some() {
                ", or unset it, and the client id and secret that are set too are used"
            } else {
                ", or set CLOUDLX_CLIENT_ID and CLOUDLX_CLIENT_SECRET in its place, with which tokens are renewed"
            }
        ),
        Error::Unexpected { target, status, problem, too_long: true, .. } => format!(
            "expected the documented body from {target}, the server answered {status} with {problem}, which is more than \
             `cloudlx` holds in memory"
        ),
        Error::NotSent { timed_out: Some(limit), .. } | Error::NoAnswer { timed_out: Some(limit), .. }
            if matches!(**limit, TimeLimit::Attempt(_)) =>
        {
            format!("{error} (--timeout sets it)")
        }
        other => other.to_string(),
    }
}

fn of_settings(error: &BuildError) -> String {
    match error {
        BuildError::EmptyCredential { part } => {
            format!("expected a {part}, found an empty one: set {}", credentials::variable_of_part(part))
        }
        BuildError::BaseUrl(_) => "the base URL in CLOUDLX_BASE_URL cannot be used".to_owned(),
        BuildError::Credential { part, .. } => format!("{error} ({})", credentials::variable_of_part(part)),
        BuildError::NoTls => "expected a build of cloudlx with the feature `https`, found one without it: an https base URL \
                              needs it. Build cloudlx with all of its parts, as `cargo run --` does in the workspace, or pass \
                              --stub"
            .to_owned(),
        BuildError::AccessToken => format!("{error} ({})", credentials::token_variable()),
        other => other.to_string(),
    }
}

fn of_base_url(error: &BaseUrlError) -> String {
    match error {
        BaseUrlError::UserInfo => "expected a base URL without user name and password: give credentials as \
                                   CLOUDLX_CLIENT_ID and CLOUDLX_CLIENT_SECRET, or as CLOUDLX_ACCESS_TOKEN"
            .to_owned(),
        BaseUrlError::PlainHttp { host } => format!(
            "expected https:// for the host {host:?}, found http://, which shows secrets to everyone on the way: use https, \
             or pass --allow-plain-http"
        ),
        other => other.to_string(),
    }
}
