//! Disarms all faults.

use std::future::ready;

use hyper::Method;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};

use crate::api::answer::Answer;
use crate::api::call::Answering;

pub(super) const CLEAR_FAULTS: Operation = Operation {
    name: "clear_faults",
    method: Method::DELETE,
    path: "/__stub/faults",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "faults",
        summary: "Disarms all faults.",
        details: "Requests that one has hit already end as it says.",
        parameters: Vec::new,
        body: None,
        answer: AnswerDescription {
            description: "What is armed, and what it did.",
            schema: Some("FaultReport"),
        },
        schemas: || vec![cloudlx_model::schema::document_of::<crate::faults::Report>("report")],
    },
};

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    request.server.faults.disarm();
    Box::pin(ready(Ok(Answer::ok(&request.server.faults.report()))))
}
