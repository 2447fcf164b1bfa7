//! Where a request went, and at which attempt.

use std::fmt;

use cloudlx_model::{Endpoint, Method};
use reqwest::Url;

/// Where a request went, or would have gone. It holds no secret: base URLs with credentials are refused, and the API's
/// paths carry none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The call's name, [`Endpoint::NAME`].
    pub endpoint: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// Which attempt at the call it was, from 1. A token that had to be renewed does not count.
    pub attempt: u32,
}

impl Target {
    pub(crate) fn of<E: Endpoint>(url: &Url) -> Self {
        Self { endpoint: E::NAME, method: E::METHOD, url: url.as_str().to_owned(), attempt: 1 }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        if self.attempt > 1 { write!(f, " (attempt {})", self.attempt) } else { Ok(()) }
    }
}
