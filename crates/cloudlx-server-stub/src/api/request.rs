//! A request to the API on its way through the checks.

use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;

use crate::wire::headers::Headers;

/// A request whose head has arrived.
pub(crate) struct Request<'a> {
    pub(crate) head: &'a Parts,
    pub(crate) headers: Headers<'a>,
    pub(crate) body: &'a mut Incoming,
    /// As much of the body as was read: all of it, or none.
    pub(crate) bytes: Bytes,
}

impl<'a> Request<'a> {
    pub(crate) fn new(head: &'a Parts, body: &'a mut Incoming) -> Self {
        Self { head, headers: Headers::new(&head.headers), body, bytes: Bytes::new() }
    }
}
