//! The settings of a client.

pub(crate) mod defaults;
mod http_client;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;

use crate::auth::credentials::{Credentials, TokenSource};
use crate::builder::defaults::{
    DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CALL_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_FIRST_RETRY_DELAY,
    DEFAULT_IDLE_TIMEOUT, DEFAULT_LONGEST_RETRY_DELAY, DEFAULT_MAX_ATTEMPTS, DEFAULT_MAX_CONCURRENT_REQUESTS,
    DEFAULT_RETRIES_PER_SECOND, DEFAULT_RETRY_PERCENT,
};
use crate::call::backoff::{OnWait, Retries, RetrySettings};
use crate::call::caller::Shared;
use crate::client::Client;
use crate::error::build::BuildError;
use crate::error::call::Error;
use crate::transport::base_url::{BaseUrl, BaseUrlError};
use crate::transport::close_watch::CloseWatch;

/// Builds a [`Client`]. `Debug` shows no secret.
///
/// ```
/// use std::time::Duration;
///
/// use cloudlx_client::{Client, Credentials};
///
/// let client = Client::builder("http://127.0.0.1:8080/infiny", Credentials::access_token("a-token"))
///     .attempt_timeout(Duration::from_secs(10))
///     .user_agent("importer/1.0")
///     .build()?;
/// assert_eq!(client.base_url(), "http://127.0.0.1:8080/infiny");
/// # Ok::<(), cloudlx_client::BuildError>(())
/// ```
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    base_url: Result<BaseUrl, BaseUrlError>,
    credentials: Credentials,
    connect_timeout: Option<Duration>,
    idle_timeout: Duration,
    attempt_timeout: Duration,
    call_timeout: Option<Duration>,
    retries: RetrySettings,
    on_wait: Option<OnWait>,
    max_concurrent_requests: usize,
    user_agent: Option<String>,
    plain_http_allowed: bool,
    http_client: Option<reqwest::ClientBuilder>,
}

impl Client {
    /// A builder for a client of the API at `base_url`, which may have a path prefix: the API's own paths, which begin with
    /// `/api/`, are appended to it. Addresses seen in use are `https://www.infiny.io` and `https://demo.infiny.cloud` (sdk).
    pub fn builder(base_url: impl AsRef<str>, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(base_url.as_ref(), credentials)
    }
}

impl ClientBuilder {
    fn new(base_url: &str, credentials: Credentials) -> Self {
        Self {
            base_url: BaseUrl::parse(base_url),
            credentials,
            connect_timeout: None,
            idle_timeout: DEFAULT_IDLE_TIMEOUT,
            attempt_timeout: DEFAULT_ATTEMPT_TIMEOUT,
            call_timeout: None,
            retries: RetrySettings {
                max_attempts: DEFAULT_MAX_ATTEMPTS,
                first_delay: DEFAULT_FIRST_RETRY_DELAY,
                longest_delay: DEFAULT_LONGEST_RETRY_DELAY,
                budget_percent: DEFAULT_RETRY_PERCENT,
                budget_per_second: DEFAULT_RETRIES_PER_SECOND,
                jitter_seed: None,
            },
            on_wait: None,
            max_concurrent_requests: DEFAULT_MAX_CONCURRENT_REQUESTS,
            user_agent: None,
            plain_http_allowed: false,
            http_client: None,
        }
    }

    /// How long it may take to connect, DNS and TLS included. The default is [`DEFAULT_CONNECT_TIMEOUT`]; with an
    /// [`http_client`](Self::http_client) of your own, that client's setting. The time to connect is part of the attempt's time.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long an idle connection stays usable for another request. The default is [`DEFAULT_IDLE_TIMEOUT`]. With zero, every
    /// request opens a connection of its own.
    ///
    /// Keep it below the time after which the server, or a proxy or load balancer before it, closes idle connections. A create
    /// that crosses such a close is [unknown](crate::CreateError::Unknown), although the server has not read it.
    /// The [crate's docs](crate#connections) describe what else the client does to notice a close in time.
    ///
    /// It also applies to an [`http_client`](Self::http_client) of your own, and replaces the setting of its pool.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the response. The default is
    /// [`DEFAULT_ATTEMPT_TIMEOUT`]. Fetching a token is an attempt of its own. The deadline of the whole call can end an attempt
    /// earlier.
    ///
    /// For [`Client::fold_customers`], whose response may be of any length, it limits the wait for the response to begin, and then
    /// the wait for each piece of it.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a whole call may take, including every attempt and the token, also when another call is fetching the token. The
    /// default is [`DEFAULT_CALL_TIMEOUT`], or four times the [`attempt_timeout`](Self::attempt_timeout) where that is longer.
    ///
    /// A create is sent only while the call has the time of a whole attempt left, or three quarters of the call's own time where
    /// that is less. Otherwise the server might create the customer with nobody waiting for the response.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// How many attempts a call has at most, the first one included. The default is [`DEFAULT_MAX_ATTEMPTS`]. The
    /// [crate's docs](crate#what-is-tried-again) list the failures that are tried again. All attempts share the time of the call.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.retries.max_attempts = attempts;
        self
    }

    /// Makes one attempt at each call: the same as [`max_attempts(1)`](Self::max_attempts). A request is still sent again with a
    /// new token when the server refuses a kept token, and once after a wait when it refuses a new one.
    pub fn no_retries(self) -> Self {
        self.max_attempts(1)
    }

    /// How long a call waits before it is tried again, unless the server sends `Retry-After`: a random time up to `first`, then
    /// up to twice as long each time, and never more than `longest`. The defaults are [`DEFAULT_FIRST_RETRY_DELAY`] and
    /// [`DEFAULT_LONGEST_RETRY_DELAY`]. When the server refuses a new token, the call waits twice as long as `first`.
    pub fn retry_delays(mut self, first: Duration, longest: Duration) -> Self {
        (self.retries.first_delay, self.retries.longest_delay) = (first, longest);
        self
    }

    /// Seeds the random part of the delays, so that a run can be repeated. Several clients with the same seed retry at the same
    /// moments, which the random part is there to prevent.
    pub fn retry_jitter_seed(mut self, seed: u64) -> Self {
        self.retries.jitter_seed = Some(seed);
        self
    }

    /// How many retries all calls of the client and its clones may make together, so that the load on a server that is down
    /// stays bounded: `percent` of the calls of the last ten seconds (rounded to whole calls per retry: 30 means one in three),
    /// and `per_second` more. When the budget is used up, a failed call ends at once. The defaults are
    /// [`DEFAULT_RETRY_PERCENT`] and [`DEFAULT_RETRIES_PER_SECOND`].
    pub fn retry_budget(mut self, percent: u8, per_second: u32) -> Self {
        (self.retries.budget_percent, self.retries.budget_per_second) = (percent, per_second);
        self
    }

    /// Calls `observer` each time a call waits before it is tried again, with the reason and the length of the wait: for programs
    /// that show people why a call takes long. The observer must return at once. While a create waits, it is certain that the
    /// server has not processed it.
    pub fn on_wait(mut self, observer: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        self.on_wait = Some(Arc::new(observer));
        self
    }

    /// How many requests of the client and its clones may be in progress at once, requests for tokens included. The default is
    /// [`DEFAULT_MAX_CONCURRENT_REQUESTS`]. Further requests wait within the time of their call; when that runs out, the request
    /// was not sent. A call that waits for its next attempt does not count.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.max_concurrent_requests = requests;
        self
    }

    /// The `User-Agent` header. The default is `cloudlx-client/` and this crate's version; with an
    /// [`http_client`](Self::http_client) of your own, that client's setting.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Allows `http` to other machines than this one. Everyone on the network path can then read the secrets.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http_allowed = true;
        self
    }

    /// Uses an HTTP client of your own: with other TLS settings, another resolver, or a proxy. Its default headers are sent in
    /// addition to this client's, and its timeouts apply as well: the shorter one ends an attempt.
    ///
    /// It is passed before it is built, because redirects and retries are turned off here: either could create a customer twice.
    /// The [`idle_timeout`](Self::idle_timeout) of this builder replaces that of its pool. The cost is that this client cannot
    /// share a connection pool with the rest of your program.
    ///
    /// Without this, the client uses the proxies of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), but
    /// never for a base URL on this machine.
    pub fn http_client(mut self, client: reqwest::ClientBuilder) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Builds the client. Nothing is sent: the token is fetched when the first call needs it.
    ///
    /// # Errors
    ///
    /// When the base URL, the credentials, the user agent, a timeout or a limit cannot be used, or no HTTP client can be
    /// built.
    pub fn build(self) -> Result<Client, BuildError> {
        let call_timeout = self.whole_call_timeout();
        // Checked before parts of `self` are moved out, and reported after faults of the base URL and the credentials.
        let not_zero = self.check_not_zero(call_timeout);
        let base_url = self.base_url?;
        if !self.plain_http_allowed {
            base_url.require_confidential()?;
        }
        let token_source = TokenSource::new(self.credentials)?;
        not_zero?;
        let mut user_agent = self.user_agent.map(http_client::user_agent_header).transpose()?;
        let (http, proxy, connect_timeout) = if let Some(http) = self.http_client {
            (http, None, self.connect_timeout)
        } else {
            let proxy = base_url.proxy().map_err(|variable| BuildError::Proxy { variable })?;
            user_agent.get_or_insert(HeaderValue::from_static(http_client::USER_AGENT));
            let connect_timeout = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
            (http_client::default_client(&base_url)?, proxy, Some(connect_timeout))
        };
        let http = http_client::build(http, connect_timeout, self.idle_timeout)?;
        Ok(Client::new(Shared {
            http,
            close_watch: CloseWatch::new(),
            permits: Semaphore::new(self.max_concurrent_requests.min(Semaphore::MAX_PERMITS)),
            base_url,
            proxy,
            token_source,
            user_agent,
            connect_timeout,
            attempt_timeout: self.attempt_timeout,
            call_timeout,
            retries: Retries::new(self.retries, self.on_wait),
        }))
    }

    /// Unless the caller sets it, a call has time for four attempts.
    fn whole_call_timeout(&self) -> Duration {
        let four_attempts = self.attempt_timeout.saturating_mul(4);
        self.call_timeout.unwrap_or(four_attempts.max(DEFAULT_CALL_TIMEOUT))
    }

    fn check_not_zero(&self, call_timeout: Duration) -> Result<(), BuildError> {
        let connect_timeout = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
        let timeouts =
            [("connect", connect_timeout), ("attempt", self.attempt_timeout), ("call", call_timeout)];
        if let Some((timeout, _)) = timeouts.into_iter().find(|(_, time)| time.is_zero()) {
            return Err(BuildError::ZeroTimeout { timeout });
        }
        let settings = [
            ("attempt", self.retries.max_attempts == 0),
            ("concurrent request", self.max_concurrent_requests == 0),
        ];
        match settings.into_iter().find(|(_, is_zero)| *is_zero) {
            Some((setting, _)) => Err(BuildError::Zero { setting }),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the HTTP client: its default headers may hold anything.
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("credentials", &self.credentials)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("call_timeout", &self.call_timeout)
            .field("retries", &self.retries)
            .field("max_concurrent_requests", &self.max_concurrent_requests)
            .field("user_agent", &self.user_agent)
            .field("plain_http_allowed", &self.plain_http_allowed)
            .finish_non_exhaustive()
    }
}
