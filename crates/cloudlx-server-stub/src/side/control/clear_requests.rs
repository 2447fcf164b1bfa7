//! Clears the request log. The numbers of requests go on.

use std::future::ready;

use hyper::Method;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use super::requests::shown;
use crate::api::call::Answering;

pub(super) const CLEAR_REQUESTS: Operation = Operation {
    name: "clear_requests",
    method: Method::DELETE,
    path: "/__stub/requests",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "requests",
        summary: "Clears the journal.",
        details: "Numbers of requests go on from where they were.",
        parameters: Vec::new,
        body: None,
        answer: AnswerDescription { description: "The journal without requests.", schema: Some("Requests") },
        schemas: || vec![cloudlx_model::schema::document_of::<super::requests::SeenRequests<'_>>("requests")],
    },
};

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    let log = &request.server.observers.requests;
    log.clear();
    Box::pin(ready(Ok(shown(&log.excerpt(None, 0)))))
}
