//! Sets up the HTTP client: the default one, and what every client needs for safety, the caller's own included.

use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect;

use crate::error::build::BuildError;
use crate::transport::base_url::BaseUrl;

/// The `User-Agent` of a client that the caller gave none.
pub(crate) const USER_AGENT: &str = concat!("cloudlx-client/", env!("CARGO_PKG_VERSION"));

/// Longer idle times have the same effect as no limit.
const LONGEST_IDLE_TIMEOUT: Duration = Duration::from_hours(24);

/// The HTTP client where the caller gave none.
pub(crate) fn default_client(base_url: &BaseUrl) -> Result<reqwest::ClientBuilder, BuildError> {
    let mut builder = reqwest::Client::builder();
    if base_url.is_loopback() {
        // Requests for this machine must not leave it.
        builder = builder.no_proxy();
    }
    if !base_url.is_https() {
        builder = without_roots(builder);
    } else if cfg!(not(feature = "rustls")) {
        return Err(BuildError::NoTls);
    }
    Ok(builder)
}

/// Builds the HTTP client without redirects and retries of its own: either could create a customer twice.
pub(crate) fn build(
    mut client: reqwest::ClientBuilder,
    connect_timeout: Option<Duration>,
    idle_timeout: Duration,
) -> Result<reqwest::Client, BuildError> {
    #[cfg(feature = "rustls")]
    crate::transport::cryptography::provide();
    if let Some(timeout) = connect_timeout {
        client = client.connect_timeout(timeout);
    }
    let client = client.redirect(redirect::Policy::none()).retry(reqwest::retry::never());
    with_idle_timeout(client, idle_timeout).build().map_err(build_error)
}

/// A header value out of a `User-Agent`.
pub(crate) fn user_agent_header(user_agent: String) -> Result<HeaderValue, BuildError> {
    let is_visible = user_agent.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    match HeaderValue::try_from(&user_agent) {
        Ok(value) if is_visible => Ok(value),
        _ => Err(BuildError::UserAgent { user_agent }),
    }
}

/// The pool checks a connection's age when it hands the connection out, so time in which nothing ran counts too.
fn with_idle_timeout(client: reqwest::ClientBuilder, timeout: Duration) -> reqwest::ClientBuilder {
    if timeout.is_zero() {
        // An age of zero would never be exceeded on a paused clock.
        return client.pool_max_idle_per_host(0);
    }
    client.pool_idle_timeout(timeout.min(LONGEST_IDLE_TIMEOUT))
}

/// Plain HTTP without redirects never needs a certificate, so it works on a machine that has none, and starts sooner.
#[cfg(feature = "rustls")]
fn without_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.tls_certs_only([])
}

#[cfg(not(feature = "rustls"))]
fn without_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

fn build_error(source: reqwest::Error) -> BuildError {
    #[cfg(feature = "rustls")]
    if let Some(problem) = crate::transport::authorities::missing(&source) {
        return BuildError::NoAuthorities { problem };
    }
    BuildError::Http(source.into())
}
