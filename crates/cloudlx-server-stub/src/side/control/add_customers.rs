//! Adds customers to those that are there.

use hyper::Method;

use super::customers::seed;
#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use crate::api::call::Answering;

pub(super) const ADD_CUSTOMERS: Operation = Operation {
    name: "add_customers",
    method: Method::POST,
    path: "/__stub/customers",
    reads_body: true,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "customers",
        summary: "Adds customers.",
        details: "Each is given as the request that would create it, and checked as that is. All are added, or none. Customers \
                      created later have ids after the largest that is there.",
        parameters: Vec::new,
        body: Some(super::customers::seeds),
        answer: AnswerDescription {
            description: "The customers that were added.",
            schema: Some("HeldCustomers"),
        },
        schemas: || super::customers::schemas(),
    },
};

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(seed(request, false))
}
