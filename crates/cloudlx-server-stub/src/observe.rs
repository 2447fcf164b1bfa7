//! What is kept of the requests that the stub answered: the request log, expectations, and the access log.

pub(crate) mod access_log;
pub mod expect;
pub(crate) mod requests;
