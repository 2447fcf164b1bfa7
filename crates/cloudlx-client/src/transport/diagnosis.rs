//! Reads the HTTP client's error: why there was no connection, and whether the peer speaks HTTP at all.
//!
//! The HTTP client has no public types for most of this. A TLS error is recognised by its type, and what a proxy answered to
//! CONNECT by its text. `tests/connections` checks both against real sockets, so that a change of the wording is noticed.

use std::error::Error;
use std::io;

use crate::transport::connection_fault::{ConnectionFault, Route};

/// The fault in an error of the HTTP client. None where a connection was made, or the error does not tell.
pub(crate) fn connection_fault(error: &reqwest::Error, route: Route<'_>) -> Option<ConnectionFault> {
    if !error.is_connect() {
        return None;
    }
    if error.is_dns() {
        return Some(ConnectionFault::NameNotResolved);
    }
    let mut is_proxys = route.proxy.is_some() && route.is_plain;
    for cause in causes(error) {
        match cause.to_string().as_str() {
            "tunnel error: proxy authorization required" => {
                return Some(ConnectionFault::ProxyAuthentication);
            }
            "tunnel error: unsuccessful" => return Some(ConnectionFault::ProxyRefused),
            "tunnel error: failed to create underlying connection" => is_proxys = true,
            text if text.starts_with("unsupported scheme ") => return Some(ConnectionFault::ProxyKind),
            _ => {}
        }
        if let Some(fault) = tls_fault(cause, route, is_proxys) {
            return Some(fault);
        }
    }
    None
}

/// Whether the response cannot be read as HTTP, as from a server that speaks TLS only.
pub(crate) fn is_not_http(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with("invalid HTTP "))
}

/// An error and its causes, also those that an I/O error holds without calling them its source.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| -> &(dyn Error + 'static) { inner }),
        None => error.source(),
    })
}

#[cfg(feature = "rustls")]
fn tls_fault(cause: &(dyn Error + 'static), route: Route<'_>, is_proxys: bool) -> Option<ConnectionFault> {
    let error = cause.downcast_ref::<rustls::Error>()?;
    let peer = match route.proxy {
        Some(proxy) if is_proxys => proxy.to_string(),
        None if is_proxys => "the proxy".to_owned(),
        _ => route.host.to_owned(),
    };
    crate::transport::tls_fault::classify(error, peer)
}

#[cfg(not(feature = "rustls"))]
fn tls_fault(_: &(dyn Error + 'static), _: Route<'_>, _: bool) -> Option<ConnectionFault> {
    None
}
