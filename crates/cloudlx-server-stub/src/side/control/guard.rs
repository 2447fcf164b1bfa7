//! Who may use the control API: programs on this machine, the stub's own page, and whoever has the token.
//!
//! A stub on a loopback address is within reach of every web page that is open in a browser on the same machine. Such a
//! page names itself in `Origin` or `Sec-Fetch-Site`. One that makes its own host name resolve to this machine (DNS
//! rebinding) looks like the stub's own page, but for that name in `Host`.

use std::net::IpAddr;

use hyper::StatusCode;
use hyper::Uri;
use hyper::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, ORIGIN, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::api::answer::{Answer, shortened};
use crate::auth::control_access::ControlAccess;
use crate::wire::headers::text;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses who may not: 403 for a web page of another origin and for a host name that is not this machine's, 401 for a
/// missing or wrong token.
pub(crate) fn authorize(access: &ControlAccess, head: &Parts) -> Result<(), Answer> {
    let host = host(head);
    refuse_other_pages(head, host.as_ref())?;
    match access.token() {
        Some(token) => require_token(head, token),
        None => require_loopback(host.as_ref()),
    }
}

/// The host that a request names: in its target with HTTP/2, in `Host` with HTTP/1.
fn host(head: &Parts) -> Option<Authority> {
    head.uri.authority().cloned().or_else(|| text(&head.headers, &HOST)?.parse().ok())
}

fn refuse_other_pages(head: &Parts, host: Option<&Authority>) -> Result<(), Answer> {
    let refused = |name: &HeaderName, came: &str| {
        let message = format!(
            "expected a program or the stub's own page, found a web page of another origin ({name}: {}): the control API \
             is not for other pages",
            shortened(came)
        );
        Err(Answer::error(StatusCode::FORBIDDEN, message))
    };
    if let Some(site) = text(&head.headers, &SEC_FETCH_SITE)
        && !["same-origin", "none"].contains(&&*site)
    {
        return refused(&SEC_FETCH_SITE, &site);
    }
    if let Some(origin) = text(&head.headers, &ORIGIN)
        && !origin.parse::<Uri>().is_ok_and(|origin| host.is_some() && origin.authority() == host)
    {
        return refused(&ORIGIN, &origin);
    }
    Ok(())
}

fn require_loopback(host: Option<&Authority>) -> Result<(), Answer> {
    let name = host.map(Authority::host).unwrap_or_default();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback()) {
        return Ok(());
    }
    let message = format!(
        "expected Host to be localhost or a loopback address, found {:?}: use such an address, or start the stub with a \
         token for the control API",
        shortened(name)
    );
    Err(Answer::error(StatusCode::FORBIDDEN, message))
}

fn require_token(head: &Parts, token: &SecretString) -> Result<(), Answer> {
    let authorization = text(&head.headers, &AUTHORIZATION).unwrap_or_default();
    let given = authorization.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let given = given.map(|(_, given)| given.trim()).unwrap_or_default();
    if token.expose_secret().as_bytes().ct_eq(given.as_bytes()).into() {
        return Ok(());
    }
    let message = "expected `Authorization: Bearer` with the token of the control API, found none or another: ask whoever \
                   started the stub for it";
    let answer = Answer::error(StatusCode::UNAUTHORIZED, message);
    Err(answer.with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn refused(access: &ControlAccess, headers: &[(&str, &str)]) -> Option<u16> {
        let request = headers
            .iter()
            .fold(Request::get("/__stub/clock"), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).unwrap().into_parts();
        authorize(access, &head).err().map(|answer| answer.status.as_u16())
    }

    #[test]
    fn without_a_token_only_this_machine_may() {
        let open = ControlAccess::new(None).unwrap();
        for (host, status) in [
            ("localhost:8080", None),
            ("LocalHost", None),
            ("127.0.0.1:1", None),
            ("127.9.9.9", None),
            ("[::1]:80", None),
            ("0.0.0.0:80", Some(403)),
            ("192.168.0.1", Some(403)),
            ("evil.example:8080", Some(403)),
            ("localhost.evil.example", Some(403)),
            ("127.0.0.1.evil.example", Some(403)),
            ("evil.example@127.0.0.1 x", Some(403)),
            ("", Some(403)),
        ] {
            assert_eq!(refused(&open, &[("host", host)]), status, "{host}");
        }
        assert_eq!(refused(&open, &[]), Some(403));
        assert_eq!(refused(&open, &[("host", "localhost"), ("host", "evil.example")]), Some(403));
    }

    #[test]
    fn pages_of_other_origins_may_not() {
        let token = "0123456789abcdef0123456789abcdef";
        let bearer = format!("Bearer {token}");
        for access in [ControlAccess::new(None).unwrap(), ControlAccess::new(Some(token.into())).unwrap()] {
            let with = |name, value| {
                let host = ("host", "localhost:8080");
                refused(&access, &[host, ("authorization", bearer.as_str()), (name, value)])
            };
            assert_eq!(with("origin", "http://localhost:8080"), None);
            assert_eq!(with("origin", "http://localhost:3000"), Some(403));
            assert_eq!(with("origin", "http://evil.example"), Some(403));
            assert_eq!(with("origin", "null"), Some(403));
            assert_eq!(with("sec-fetch-site", "same-origin"), None);
            assert_eq!(with("sec-fetch-site", "none"), None);
            assert_eq!(with("sec-fetch-site", "same-site"), Some(403));
            assert_eq!(with("sec-fetch-site", "cross-site"), Some(403));
        }
    }

    #[test]
    fn with_a_token_nobody_may_without_it() {
        let token = "0123456789abcdef0123456789abcdef";
        let access = ControlAccess::new(Some(token.into())).unwrap();
        let with = |authorization: &str| {
            refused(&access, &[("host", "stub.example"), ("authorization", authorization)])
        };
        assert_eq!(refused(&access, &[("host", "localhost")]), Some(401));
        assert_eq!(with(&format!("bearer {token}")), None);
        assert_eq!(with(&format!("Bearer {token}0")), Some(401));
        assert_eq!(with(&format!("Basic {token}")), Some(401));
        assert_eq!(with("Bearer "), Some(401));
    }
}
