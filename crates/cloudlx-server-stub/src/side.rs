//! What the stub answers beside the API, and no part of its contract: whether it is well, its documents, its page, its
//! control API.
//!
//! No fault hits these requests, and the journal does not have them.

pub(crate) mod control;
#[cfg(feature = "documents")]
pub(crate) mod documents;
#[cfg(feature = "page")]
pub(crate) mod page;

use hyper::body::Incoming;
use hyper::header::{ALLOW, CACHE_CONTROL, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde_json::json;

use crate::api::answer::{Answer, shortened};
use crate::server::State;

/// Whether the stub can answer.
const HEALTH: &str = "/healthz";

/// The answer to a request that is not to the API. None when the path is left to the API.
pub(crate) async fn answer(state: &State, head: &Parts, body: &mut Incoming) -> Option<Answer> {
    let path = head.uri.path();
    if control::is_at(path) {
        let access = state.control.as_ref()?;
        return Some(control::answer(state, access, head, body).await);
    }
    if path == HEALTH {
        return Some(to_readers(&head.method, health));
    }
    #[cfg(feature = "documents")]
    if documents::are_at(path) {
        return Some(to_readers(&head.method, || documents::answer(&state.documents, head)));
    }
    #[cfg(feature = "page")]
    if page::is_asked_for(head) {
        return Some(to_readers(&head.method, || page::answer(state, head)));
    }
    None
}

/// An answer that goes to `GET` and `HEAD` and no other method.
fn to_readers(method: &Method, answer: impl FnOnce() -> Answer) -> Answer {
    if [Method::GET, Method::HEAD].contains(method) {
        return answer();
    }
    let message = format!("expected GET or HEAD, found {}: use one of these", shortened(method.as_str()));
    Answer::error(StatusCode::METHOD_NOT_ALLOWED, message).with(ALLOW, HeaderValue::from_static("GET, HEAD"))
}

/// There is nothing that a stub waits for: one that answers is well.
fn health() -> Answer {
    Answer::ok(&json!({ "status": "ok" })).with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}
