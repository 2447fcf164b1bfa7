//! Reads the clock.

use std::future::ready;

use hyper::Method;

use super::clock::reading;
#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use crate::api::call::Answering;

pub(super) const GET_CLOCK: Operation = Operation {
    name: "get_clock",
    method: Method::GET,
    path: "/__stub/clock",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "clock",
        summary: "Reads the clock.",
        details: "It stood at zero when the stub was started.",
        parameters: Vec::new,
        body: None,
        answer: AnswerDescription { description: "What the clock says.", schema: Some("Clock") },
        schemas: || vec![cloudlx_model::schema::document_of::<super::clock::Reading>("clock")],
    },
};

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(ready(Ok(reading(&request.server.api.resources.clock))))
}
