//! How a call is made: its attempts, the waits between them, and the decision to try again.

pub(crate) mod answered;
pub(crate) mod backoff;
pub(crate) mod caller;
pub(crate) mod context;
mod failure;
mod lists;
mod observe;
pub(crate) mod raw_answer;
pub(crate) mod retry;
mod send;
pub(crate) mod spans;
