//! Puts customers in the place of those that are there.

use hyper::Method;

use super::customers::seed;
#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use crate::api::call::Answering;

pub(super) const REPLACE_CUSTOMERS: Operation = Operation {
    name: "replace_customers",
    method: Method::PUT,
    path: "/__stub/customers",
    reads_body: true,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "customers",
        summary: "Puts customers in the place of those that are there.",
        details: "As adding them does, to a stub that holds none; with no customers it takes all away.",
        parameters: Vec::new,
        body: Some(super::customers::seeds),
        answer: AnswerDescription {
            description: "The customers that are there now.",
            schema: Some("HeldCustomers"),
        },
        schemas: || super::customers::schemas(),
    },
};

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(seed(request, true))
}
