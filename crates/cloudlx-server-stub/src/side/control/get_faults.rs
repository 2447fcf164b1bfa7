//! Shows the armed faults, and how often each has acted.

use std::future::ready;

use hyper::Method;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};

use crate::api::answer::Answer;
use crate::api::call::Answering;

pub(super) const GET_FAULTS: Operation = Operation {
    name: "get_faults",
    method: Method::GET,
    path: "/__stub/faults",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "faults",
        summary: "Shows the faults that are armed.",
        details: "And how often each has acted.",
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
    Box::pin(ready(Ok(Answer::ok(&request.server.faults.report()))))
}
