//! What a client is made of.

use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect;

use crate::attempt::authorization;
use crate::base_url::BaseUrl;
use crate::{BaseUrlError, Client, Credentials};

/// How long a connection may take, DNS and TLS included: 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one attempt may take, from connecting to the last byte of the answer: 30 seconds.
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a whole call may take, with its token and every attempt: 2 minutes.
pub const DEFAULT_CALL_TIMEOUT: Duration = Duration::from_mins(2);

/// Builds a [`Client`]. `Debug` shows no secret.
///
/// ```
/// use std::time::Duration;
///
/// use cloudlx_client::{Client, Credentials};
///
/// let client = Client::builder("http://127.0.0.1:8080/infiny", Credentials::access_token("a token"))
///     .attempt_timeout(Duration::from_secs(10))
///     .user_agent("importer/1.0")
///     .build()?;
/// assert_eq!(client.base_url(), "http://127.0.0.1:8080/infiny");
/// # Ok::<(), cloudlx_client::BuildError>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    base_url: Result<BaseUrl, BaseUrlError>,
    credentials: Credentials,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    call_timeout: Duration,
    user_agent: Option<String>,
    plain_http_allowed: bool,
    http_client: Option<reqwest::Client>,
}

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL cannot be used.
    #[error("the base URL cannot be used")]
    BaseUrl(#[from] BaseUrlError),
    /// A part of the credentials is empty.
    #[error("expected a {part}, found an empty one")]
    EmptyCredential {
        /// `client id`, `client secret` or `access token`.
        part: &'static str,
    },
    /// The access token cannot stand in a header.
    #[error(
        "expected an access token of visible ASCII characters, found others (a line end, perhaps): remove them"
    )]
    AccessToken,
    /// The user agent cannot stand in a header.
    #[error("expected a user agent of visible ASCII characters, found {user_agent:?}")]
    UserAgent {
        /// What came.
        user_agent: String,
    },
    /// A timeout leaves no time at all.
    #[error("expected a {timeout} timeout of more than nothing, found zero")]
    ZeroTimeout {
        /// `connect`, `attempt` or `call`.
        timeout: &'static str,
    },
    /// The base URL says `https`, and this build has no TLS.
    #[error(
        "expected TLS for an https base URL, found none: turn on the feature `rustls`, or give an http_client that has it"
    )]
    NoTls,
    /// The HTTP client cannot be built, because no certificate authority is known to this machine, for instance.
    #[error("the HTTP client cannot be built")]
    Http(#[source] reqwest::Error),
}

impl ClientBuilder {
    pub(crate) fn new(base_url: &str, credentials: Credentials) -> Self {
        Self {
            base_url: BaseUrl::parse(base_url),
            credentials,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            attempt_timeout: DEFAULT_ATTEMPT_TIMEOUT,
            call_timeout: DEFAULT_CALL_TIMEOUT,
            user_agent: None,
            plain_http_allowed: false,
            http_client: None,
        }
    }

    /// How long a connection may take, DNS and TLS included; [`DEFAULT_CONNECT_TIMEOUT`] unless told. It is also within
    /// the time of its attempt. It has no effect with an [`http_client`](Self::http_client) of your own.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer; [`DEFAULT_ATTEMPT_TIMEOUT`] unless
    /// told. Getting a token is an attempt of its own. An attempt ends earlier when the time of the whole call does.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a whole call may take, with its token (also one that another call is fetching) and every attempt;
    /// [`DEFAULT_CALL_TIMEOUT`] unless told.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// The `User-Agent` header: `cloudlx-client/` and this crate's version unless told. With an
    /// [`http_client`](Self::http_client) of your own it is that client's unless told.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Allows `http` to other machines than this one. Everyone on the way can then read the secrets.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http_allowed = true;
        self
    }

    /// An HTTP client of your own: with other TLS, another resolver, a proxy. Its connect timeout and proxies apply; the
    /// other timeouts are this builder's.
    ///
    /// Build it with `redirect(reqwest::redirect::Policy::none())`: where it follows a redirect, the call fails with
    /// [`Error::Strayed`](crate::Error::Strayed), and a create is then unknown. It cannot send a create twice, whatever its
    /// policies say. Default headers of its are sent in addition to this client's.
    ///
    /// Without this, the proxies of the environment are used (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), but
    /// never for a base URL on this machine.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Builds the client. Nothing is sent: the token is fetched when the first call needs it.
    ///
    /// # Errors
    ///
    /// When the base URL, the credentials, the user agent or a timeout cannot be used, or no HTTP client can be built.
    pub fn build(self) -> Result<Client, BuildError> {
        let base_url = self.base_url?;
        if !self.plain_http_allowed {
            base_url.require_confidential()?;
        }
        if let Some(part) = self.credentials.empty_part() {
            return Err(BuildError::EmptyCredential { part });
        }
        if let Credentials::AccessToken(token) = &self.credentials {
            authorization(token).ok_or(BuildError::AccessToken)?;
        }
        for (timeout, time) in [
            ("connect", self.connect_timeout),
            ("attempt", self.attempt_timeout),
            ("call", self.call_timeout),
        ] {
            if time.is_zero() {
                return Err(BuildError::ZeroTimeout { timeout });
            }
        }
        let mut user_agent = self.user_agent.map(header).transpose()?;
        let http = if let Some(client) = self.http_client {
            client
        } else {
            user_agent.get_or_insert(HeaderValue::from_static(USER_AGENT));
            http_client(&base_url, self.connect_timeout)?
        };
        Ok(Client::new(http, base_url, self.credentials, user_agent, self.attempt_timeout, self.call_timeout))
    }
}

const USER_AGENT: &str = concat!("cloudlx-client/", env!("CARGO_PKG_VERSION"));

fn header(user_agent: String) -> Result<HeaderValue, BuildError> {
    HeaderValue::try_from(&user_agent).map_err(|_| BuildError::UserAgent { user_agent })
}

fn http_client(base_url: &BaseUrl, connect_timeout: Duration) -> Result<reqwest::Client, BuildError> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(connect_timeout)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never());
    if base_url.is_loopback() {
        // What is meant for this machine does not leave it.
        builder = builder.no_proxy();
    }
    if base_url.is_https() {
        if cfg!(not(feature = "rustls")) {
            return Err(BuildError::NoTls);
        }
    } else {
        builder = without_roots(builder);
    }
    builder.build().map_err(BuildError::Http)
}

/// Without redirects, plain HTTP never needs a certificate: it works on a machine that has none, and starts sooner.
#[cfg(feature = "rustls")]
fn without_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.tls_certs_only([])
}

#[cfg(not(feature = "rustls"))]
fn without_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}
