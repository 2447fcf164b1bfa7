//! Shows the last customers, by id.

use hyper::Method;
#[cfg(feature = "documents")]
use serde_json::{Value, json};

#[cfg(feature = "documents")]
use super::query::parameter;

use super::customers::HeldCustomers;
#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};
use super::query::number;
use crate::api::answer::Answer;
use crate::api::call::Answering;
use crate::store::Last;

pub(super) const GET_CUSTOMERS: Operation = Operation {
    name: "get_customers",
    method: Method::GET,
    path: "/__stub/customers",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "customers",
        summary: "Shows customers.",
        details: "The last of them by id, and how many there are. Needs no access token.",
        parameters,
        body: None,
        answer: AnswerDescription { description: "Customers.", schema: Some("HeldCustomers") },
        schemas: || super::customers::schemas(),
    },
};

/// How many customers are shown by default.
const DEFAULT_LIMIT: usize = 100;

#[cfg(feature = "documents")]
fn parameters() -> Vec<Value> {
    let limit = json!({ "type": "integer", "minimum": 0, "default": DEFAULT_LIMIT });
    vec![parameter("limit", "How many customers to show.", &limit)]
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(async move {
        let limit = number(request.query, "limit", 0, u64::MAX)?;
        let limit = limit.map_or(DEFAULT_LIMIT, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let Last { total, customers } = request.server.api.resources.store.last(limit).await?;
        Ok(Answer::ok(&HeldCustomers { total, customers }))
    })
}
