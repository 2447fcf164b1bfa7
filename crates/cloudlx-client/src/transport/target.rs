//! Where a request goes, and which attempt at the call it is.

use std::fmt;

use cloudlx_model::{EndpointInfo, Method};
use reqwest::Url;

/// Where a request went, or would have gone. It contains no secret: base URLs with credentials are refused, and the API's paths
/// contain none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The call's name, [`Endpoint::NAME`](cloudlx_model::Endpoint::NAME).
    pub endpoint: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// Which attempt at the call it was, from 1. Sending it again with a new token does not count.
    pub attempt: u32,
}

impl Target {
    /// The first attempt's target.
    pub(crate) fn new(endpoint: &EndpointInfo, url: &Url) -> Self {
        Self { endpoint: endpoint.name, method: endpoint.method, url: url.as_str().to_owned(), attempt: 1 }
    }

    /// The host of the request, without its port.
    pub(crate) fn host(&self) -> &str {
        let (_, rest) = self.url.split_once("://").unwrap_or(("", &self.url));
        let authority = rest.split('/').next().unwrap_or_default();
        // A colon within brackets is part of an IPv6 address.
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => host,
            _ => authority,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        if self.attempt > 1 { write!(f, " (attempt {})", self.attempt) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::ListCustomers;

    use super::*;

    #[test]
    fn the_host_has_no_port() {
        for (url, host) in [
            ("https://www.infiny.io/api", "www.infiny.io"),
            ("https://www.infiny.io:8443/api", "www.infiny.io"),
            ("http://[::1]:80/x", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(
                Target::new(&EndpointInfo::of::<ListCustomers>(), &Url::parse(url).unwrap()).host(),
                host
            );
        }
    }
}
