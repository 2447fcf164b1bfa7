//! Reading the body of a response that reports success.

pub(crate) mod fold;
pub(crate) mod json_problem;
pub(crate) mod list_body;
pub(crate) mod listed;
pub(crate) mod problem;
pub(crate) mod read;
mod unreadable;
