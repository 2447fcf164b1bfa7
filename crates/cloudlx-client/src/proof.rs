//! What a failed call proves, as pure functions: who gave the response, and whether the server may have processed the request.

pub(crate) mod named_customer;
pub(crate) mod outcome;
mod refusal_form;
pub(crate) mod said_by;
