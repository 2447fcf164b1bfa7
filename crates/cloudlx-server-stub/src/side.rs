//! What the stub answers beside the API, and no part of its contract: health, documents, the page, the control API.
//!
//! No fault hits these requests, and the request log does not have them.

pub(crate) mod control;
#[cfg(feature = "documents")]
pub(crate) mod documents;
#[cfg(feature = "page")]
pub(crate) mod page;

use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde_json::json;

use self::control::Control;
#[cfg(feature = "documents")]
use self::documents::Documents;
#[cfg(feature = "page")]
use self::page::Page;
use crate::api::answer::{Answer, shortened};
use crate::api::refusals::allowing;
use crate::server::Server;

/// Whether the stub can answer.
const HEALTH: &str = "/healthz";

/// The side routes of one stub.
pub(crate) struct Side {
    control: Control,
    #[cfg(feature = "documents")]
    documents: Documents,
    #[cfg(feature = "page")]
    page: Page,
}

impl Side {
    /// # Errors
    ///
    /// When two paths of the control API cannot stand side by side; the tests would show it.
    #[cfg_attr(
        not(feature = "documents"),
        expect(unused_variables, reason = "only documents name the address")
    )]
    pub(crate) fn new(base_url: &str) -> Result<Self, matchit::InsertError> {
        Ok(Self {
            control: Control::new()?,
            #[cfg(feature = "documents")]
            documents: Documents::new(base_url),
            #[cfg(feature = "page")]
            page: Page::default(),
        })
    }

    /// The answer to a request that is not to the API. None when the path is left to the API.
    pub(crate) async fn answer(&self, server: &Server, head: &Parts, body: &mut Incoming) -> Option<Answer> {
        let path = head.uri.path();
        if control::is_at(path) {
            let access = server.control.as_ref()?;
            return Some(self.control.answer(server, access, head, body).await);
        }
        if path == HEALTH {
            return Some(to_readers(&head.method, health));
        }
        #[cfg(feature = "documents")]
        if documents::are_at(path) {
            return Some(to_readers(&head.method, || documents::answer(&self.documents, head)));
        }
        #[cfg(feature = "page")]
        if page::is_asked_for(head) {
            return Some(to_readers(&head.method, || self.page.answer(server, head)));
        }
        None
    }
}

/// An answer that goes to `GET` and `HEAD` and no other method.
fn to_readers(method: &Method, answer: impl FnOnce() -> Answer) -> Answer {
    if [Method::GET, Method::HEAD].contains(method) {
        return answer();
    }
    let message = format!("expected GET or HEAD, found {}: use one of these", shortened(method.as_str()));
    allowing(Answer::error(StatusCode::METHOD_NOT_ALLOWED, message), &["GET", "HEAD"])
}

/// A stub depends on nothing that could be down: if it answers, it is healthy.
fn health() -> Answer {
    Answer::ok(&json!({ "status": "ok" })).with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
}
