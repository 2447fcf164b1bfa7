//! The control API: what a test tells the stub over HTTP, beside the API and no part of it.
//!
//! [`OPERATIONS`] has all that it can do, a line each; `document.rs` describes the same as OpenAPI.

mod clock;
mod customers;
#[cfg(feature = "documents")]
mod document;
mod faults;
mod guard;
mod refusal;
mod requests;
mod reset;
mod tokens;

use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};

use crate::api::answer::{Answer, shortened};
use crate::api::content_type::Content;
use crate::auth::control_access::ControlAccess;
use crate::server::Server;
use crate::store::Pending;
use crate::wire::body::read;
use crate::wire::headers::text;

#[cfg(feature = "documents")]
pub use document::document;

/// What all paths of the stub's own begin with.
const OWN: &str = "/__stub/";

/// Something that the control API does.
struct Operation {
    /// As the document calls it.
    #[cfg_attr(not(feature = "documents"), allow(dead_code, reason = "only the document says it"))]
    name: &'static str,
    method: Method,
    path: &'static str,
    reads_body: bool,
    handle: Handle,
}

/// How an operation comes to its answer.
enum Handle {
    /// At once.
    Now(fn(&Server, &Asked<'_>) -> Answer),
    /// Once the store has answered.
    Stored(for<'a> fn(&'a Server, Asked<'a>) -> Pending<'a, Answer>),
    /// The journal, which a caller may wait for.
    Follow,
}

/// What a caller sent, where the operation looks at it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    head: &'a Parts,
    query: &'a str,
    body: &'a [u8],
}

/// All that the control API does. `HEAD` goes where `GET` goes.
const OPERATIONS: &[Operation] = &[
    stored("reset", Method::POST, "/__stub/reset", false, reset::reset),
    stored("get_customers", Method::GET, "/__stub/customers", false, customers::get),
    stored("add_customers", Method::POST, "/__stub/customers", true, customers::add),
    stored("replace_customers", Method::PUT, "/__stub/customers", true, customers::replace),
    now("get_faults", Method::GET, "/__stub/faults", false, faults::get),
    now("arm_faults", Method::PUT, "/__stub/faults", true, faults::arm),
    now("clear_faults", Method::DELETE, "/__stub/faults", false, faults::clear),
    Operation {
        name: "get_requests",
        method: Method::GET,
        path: "/__stub/requests",
        reads_body: false,
        handle: Handle::Follow,
    },
    now("clear_requests", Method::DELETE, "/__stub/requests", false, requests::clear),
    now("get_clock", Method::GET, "/__stub/clock", false, clock::get),
    now("set_clock", Method::PUT, "/__stub/clock", true, clock::set),
    now("advance_clock", Method::PATCH, "/__stub/clock", true, clock::advance),
    stored("revoke_tokens", Method::DELETE, "/__stub/tokens", false, tokens::revoke),
    #[cfg(feature = "documents")]
    now("get_openapi", Method::GET, "/__stub/openapi.json", false, document::get),
];

const fn now(
    name: &'static str,
    method: Method,
    path: &'static str,
    reads_body: bool,
    handle: fn(&Server, &Asked<'_>) -> Answer,
) -> Operation {
    Operation { name, method, path, reads_body, handle: Handle::Now(handle) }
}

const fn stored(
    name: &'static str,
    method: Method,
    path: &'static str,
    reads_body: bool,
    handle: for<'a> fn(&'a Server, Asked<'a>) -> Pending<'a, Answer>,
) -> Operation {
    Operation { name, method, path, reads_body, handle: Handle::Stored(handle) }
}

/// Whether a path is the control API's and not the API's.
pub(crate) fn is_at(path: &str) -> bool {
    path.starts_with(OWN)
}

/// The answer to a request to the control API: 401 or 403, 404, 405, 415, 413, 408, and what the operation says.
pub(crate) async fn answer(
    server: &Server,
    access: &ControlAccess,
    head: &Parts,
    body: &mut Incoming,
) -> Answer {
    let answer = match admitted(server, access, head, body).await {
        Ok((operation, body)) => {
            let query = head.uri.query().unwrap_or_default();
            let asked = Asked { head, query, body: &body };
            match operation.handle {
                Handle::Now(handle) => handle(server, &asked),
                Handle::Stored(handle) => handle(server, asked).await,
                Handle::Follow => requests::follow(server, asked.query).await,
            }
        }
        Err(answer) => answer,
    };
    answer.with_default(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

/// The operation that a request asks for, with its body.
async fn admitted(
    server: &Server,
    access: &ControlAccess,
    head: &Parts,
    body: &mut Incoming,
) -> Result<(&'static Operation, Bytes), Answer> {
    guard::admit(access, head)?;
    let operation = find(&head.method, head.uri.path())?;
    if !operation.reads_body {
        return Ok((operation, Bytes::new()));
    }
    require_json(head)?;
    Ok((operation, read(body, server.limits).await?))
}

fn find(method: &Method, path: &str) -> Result<&'static Operation, Answer> {
    let there: Vec<_> = OPERATIONS.iter().filter(|operation| operation.path == path).collect();
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    match there.iter().find(|operation| operation.method == *wanted) {
        Some(operation) => Ok(operation),
        None if there.is_empty() => Err(nothing_at(path)),
        None => Err(not_allowed(&there, method)),
    }
}

fn nothing_at(path: &str) -> Answer {
    let mut paths: Vec<_> = OPERATIONS.iter().map(|operation| operation.path).collect();
    paths.dedup();
    let message = format!("expected one of {}, found nothing at {}", paths.join(", "), shortened(path));
    Answer::error(StatusCode::NOT_FOUND, message)
}

fn not_allowed(there: &[&Operation], method: &Method) -> Answer {
    let mut allowed = Vec::new();
    for operation in there {
        allowed.push(operation.method.as_str());
        if operation.method == Method::GET {
            allowed.push(Method::HEAD.as_str());
        }
    }
    let allowed = allowed.join(", ");
    let message = format!(
        "expected one of the methods {allowed}, found {}: use one of these",
        shortened(method.as_str())
    );
    let answer = Answer::error(StatusCode::METHOD_NOT_ALLOWED, message);
    match HeaderValue::from_str(&allowed) {
        Ok(allowed) => answer.with(ALLOW, allowed),
        Err(_) => answer,
    }
}

/// A body without the header is refused as well: a form on a web page can send one without asking first.
fn require_json(head: &Parts) -> Result<(), Answer> {
    let named = text(&head.headers, &CONTENT_TYPE).unwrap_or_default();
    if !named.is_empty() && Content::named_by(Some(&named)) == Some(Content::Json) {
        return Ok(());
    }
    let (json, came) = (Content::Json.media_type(), shortened(&named));
    let message = format!("expected the Content-Type {json}, found {came:?}: send the body as such");
    Err(Answer::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}
