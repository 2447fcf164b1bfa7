//! What a client is made of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect;
use tokio::sync::Semaphore;

use crate::auth::credentials::{Access, Credentials};
use crate::call::tries::{OnWait, Retries, RetrySettings};
use crate::client::{Client, Inner};
use crate::error::Error;
use crate::transport::base_url::{BaseUrl, BaseUrlError};
use crate::transport::connections::Connections;

/// How long a connection may take, DNS and TLS included: 10 seconds.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection may lie idle and still be used: 1 second.
///
/// Servers that close idle connections after a fixed time seldom do so before 2 seconds, and often after 5: a request that
/// goes out on a connection of that age may cross the close, and then nobody knows what came of it.
pub const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// The longest idle time that means anything: longer ones are as good as none.
const LONGEST_IDLE_TIMEOUT: Duration = Duration::from_hours(24);

/// How long one attempt may take, from connecting to the last byte of the answer: 30 seconds.
pub const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a whole call may take, with its token and every attempt: 2 minutes, or four attempts where that is longer.
pub const DEFAULT_CALL_TIMEOUT: Duration = Duration::from_mins(2);

/// How often a call is tried at most, where trying it again is safe and can help: 3 times.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 3;

/// The longest that the second attempt waits, where the server does not say when to come back: half a second.
pub const DEFAULT_FIRST_RETRY_DELAY: Duration = Duration::from_millis(500);

/// The longest that any attempt waits, where the server does not say when to come back: 20 seconds.
pub const DEFAULT_LONGEST_RETRY_DELAY: Duration = Duration::from_secs(20);

/// How many calls of a hundred may be tried again: 20.
pub const DEFAULT_RETRY_PERCENT: u8 = 20;

/// How many retries a second there may be besides, so that a client with few calls has some: 3.
pub const DEFAULT_RETRIES_PER_SECOND: u32 = 3;

/// How many requests may be under way at once: 64.
pub const DEFAULT_MAX_CONCURRENT_REQUESTS: usize = 64;

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
    /// A client's id or secret has a control character, or white space or something invisible at an end.
    #[error(
        "expected a {part} without control characters, and without white space at its ends, found {found}: remove it, for \
         files and copies often add one"
    )]
    #[non_exhaustive]
    Credential {
        /// `client id` or `client secret`.
        part: &'static str,
        /// The character and where it stands: `a line end at its end`.
        found: String,
    },
    /// The access token cannot stand in a header.
    #[error(
        "expected an access token of visible ASCII characters, found others (a space or a line end, perhaps): remove them"
    )]
    AccessToken,
    /// The user agent cannot stand in a header.
    #[error("expected a user agent of visible ASCII characters, found {user_agent:?}")]
    UserAgent {
        /// What came.
        user_agent: String,
    },
    /// A timeout leaves no time at all.
    #[error("expected the {timeout} timeout to be more than nothing, found zero")]
    ZeroTimeout {
        /// `connect`, `attempt` or `call`.
        timeout: &'static str,
    },
    /// Nothing is allowed of what every call needs one of.
    #[error("expected at least one {setting}, found zero")]
    Zero {
        /// `attempt` or `concurrent request`.
        setting: &'static str,
    },
    /// The base URL says `https`, and this build has no TLS.
    #[error(
        "expected TLS for an https base URL, found none: turn on the feature `rustls`, or give an http_client that has it"
    )]
    NoTls,
    /// A variable of the environment names no proxy that can be used, so that requests would go out without one.
    #[error(
        "expected {variable} to be the address of a proxy, such as http://proxy.example:3128, found another text: correct it, or unset it"
    )]
    #[non_exhaustive]
    Proxy {
        /// The variable. Its text is not shown, for it may hold a password.
        variable: &'static str,
    },
    /// There is no certificate authority to check the certificates of servers with.
    #[error("expected certificate authorities to check the server's certificate with, found none: {problem}")]
    #[non_exhaustive]
    NoAuthorities {
        /// Where they were looked for and what was found there, with the remedy.
        problem: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Http(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ClientBuilder {
    pub(crate) fn new(base_url: &str, credentials: Credentials) -> Self {
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

    /// How long a connection may take, DNS and TLS included; [`DEFAULT_CONNECT_TIMEOUT`] unless told. It is also within
    /// the time of its attempt. With an [`http_client`](Self::http_client) of your own it is that client's unless told.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long a connection may lie idle and still be used for another request; [`DEFAULT_IDLE_TIMEOUT`] unless told, and
    /// never with zero: each request then has a connection of its own. Keep it below the time after which the server, or
    /// what stands before it, closes idle connections: a create that crosses such a close is
    /// [unknown](crate::CreateError::Unknown), though the server has not read it. What a client does besides, so that a
    /// close is seen in time, stands [at the top](crate#connections).
    ///
    /// It holds for an [`http_client`](Self::http_client) of your own, too, whatever that says of its pool.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer; [`DEFAULT_ATTEMPT_TIMEOUT`] unless
    /// told. Getting a token is an attempt of its own. An attempt ends earlier when the time of the whole call does. For
    /// [`Client::fold_customers`], whose answer may be of any length, it is how long the answer may take to begin, and then
    /// each piece of it to come.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long a whole call may take, with its token (also one that another call is fetching) and every attempt;
    /// unless told [`DEFAULT_CALL_TIMEOUT`], or four times the [`attempt_timeout`](Self::attempt_timeout) where that is
    /// longer, so that an attempt has its time.
    ///
    /// A create is sent only where the call has the whole time of an attempt left, or three quarters of its own where that is
    /// less: otherwise it might be made, and nobody would have waited for the answer.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// How often a call is tried at most, the first time included; [`DEFAULT_MAX_ATTEMPTS`] unless told. What is tried
    /// again, and what never is, stands [at the top](crate#what-is-tried-again). All of it is within the time of the call.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.retries.max_attempts = attempts;
        self
    }

    /// Each request is sent once, apart from the second time with a new token where the kept one had ended, and from the
    /// second time after a moment where a new one was refused: the same as one [`max_attempts`](Self::max_attempts).
    pub fn no_retries(self) -> Self {
        self.max_attempts(1)
    }

    /// How long a call waits before it is tried again, where the server does not say: up to `first`, then up to twice as
    /// long each time, but never longer than `longest`. How long within that is random.
    /// [`DEFAULT_FIRST_RETRY_DELAY`] and [`DEFAULT_LONGEST_RETRY_DELAY`] unless told. A new token that is refused is waited
    /// for twice as long as `first`.
    pub fn retry_delays(mut self, first: Duration, longest: Duration) -> Self {
        (self.retries.first_delay, self.retries.longest_delay) = (first, longest);
        self
    }

    /// What is random of the delays comes out of this seed, so that a run can be repeated. Several clients with one seed
    /// come back together, which is what the random part is there against.
    pub fn retry_jitter_seed(mut self, seed: u64) -> Self {
        self.retries.jitter_seed = Some(seed);
        self
    }

    /// How many retries all calls of the client and its clones may make together, so that a server that is down is not
    /// asked ever more: `percent` of the calls of the last ten seconds (in whole calls a retry: 30 is one in three), and
    /// `per_second` more. Beyond it, a failed call ends at once. [`DEFAULT_RETRY_PERCENT`] and
    /// [`DEFAULT_RETRIES_PER_SECOND`] unless told.
    pub fn retry_budget(mut self, percent: u8, per_second: u32) -> Self {
        (self.retries.budget_percent, self.retries.budget_per_second) = (percent, per_second);
        self
    }

    /// Is told, each time that a call waits before it is tried again, why and how long: for programs that show people what
    /// takes so long. It must return at once. A create that waits was certainly not processed so far.
    pub fn on_wait(mut self, told: impl Fn(&Error, Duration) + Send + Sync + 'static) -> Self {
        self.on_wait = Some(Arc::new(told));
        self
    }

    /// How many requests of the client and its clones may be under way at once, those for tokens included;
    /// [`DEFAULT_MAX_CONCURRENT_REQUESTS`] unless told. Others wait for their turn, in the time of their call: one whose
    /// time ends so was not sent. Who waits to try again keeps nobody else from sending.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.max_concurrent_requests = requests;
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

    /// An HTTP client of your own: with other TLS, another resolver, a proxy. Its default headers are sent in addition to
    /// this client's, and its timeouts apply where this builder's do not end an attempt before.
    ///
    /// It is taken before it is built, because redirects and retries are turned off here, whatever it says of them: either
    /// could create a customer twice. The [`idle_timeout`](Self::idle_timeout) of this builder replaces that of its pool. What is lost is one pool of connections for this client and the rest of your
    /// program.
    ///
    /// Without this, the proxies of the environment are used (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), but
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
        let base_url = self.base_url?;
        if !self.plain_http_allowed {
            base_url.require_confidential()?;
        }
        let access = Access::new(self.credentials)?;
        let four_attempts = self.attempt_timeout.saturating_mul(4);
        let call_timeout = self.call_timeout.unwrap_or(four_attempts.max(DEFAULT_CALL_TIMEOUT));
        for (timeout, time) in [
            ("connect", self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT)),
            ("attempt", self.attempt_timeout),
            ("call", call_timeout),
        ] {
            if time.is_zero() {
                return Err(BuildError::ZeroTimeout { timeout });
            }
        }
        for (setting, is_zero) in [
            ("attempt", self.retries.max_attempts == 0),
            ("concurrent request", self.max_concurrent_requests == 0),
        ] {
            if is_zero {
                return Err(BuildError::Zero { setting });
            }
        }
        let mut user_agent = self.user_agent.map(header).transpose()?;
        let mut proxy = None;
        let own = self.http_client.is_none().then_some(DEFAULT_CONNECT_TIMEOUT);
        let connect_timeout = self.connect_timeout.or(own);
        let mut http = if let Some(client) = self.http_client {
            client
        } else {
            proxy = base_url.proxy().map_err(|variable| BuildError::Proxy { variable })?;
            user_agent.get_or_insert(HeaderValue::from_static(USER_AGENT));
            http_client(&base_url)?
        };
        if let Some(timeout) = self.connect_timeout {
            http = http.connect_timeout(timeout);
        }
        let http = http.redirect(redirect::Policy::none()).retry(reqwest::retry::never());
        let http = kept_idle_for(self.idle_timeout, http);
        let http = http.build().map_err(not_built)?;
        Ok(Client::new(Inner {
            http,
            connections: Connections::new(),
            permits: Semaphore::new(self.max_concurrent_requests.min(Semaphore::MAX_PERMITS)),
            base_url,
            proxy,
            access,
            user_agent,
            connect_timeout,
            attempt_timeout: self.attempt_timeout,
            call_timeout,
            retries: Retries::new(self.retries, self.on_wait),
        }))
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

fn not_built(source: reqwest::Error) -> BuildError {
    #[cfg(feature = "rustls")]
    if let Some(problem) = crate::transport::authorities::missing(&source) {
        return BuildError::NoAuthorities { problem };
    }
    BuildError::Http(source.into())
}

const USER_AGENT: &str = concat!("cloudlx-client/", env!("CARGO_PKG_VERSION"));

fn header(user_agent: String) -> Result<HeaderValue, BuildError> {
    let is_visible = user_agent.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    match HeaderValue::try_from(&user_agent) {
        Ok(value) if is_visible => Ok(value),
        _ => Err(BuildError::UserAgent { user_agent }),
    }
}

fn http_client(base_url: &BaseUrl) -> Result<reqwest::ClientBuilder, BuildError> {
    let mut builder = reqwest::Client::builder().connect_timeout(DEFAULT_CONNECT_TIMEOUT);
    if base_url.is_loopback() {
        // What is meant for this machine does not leave it.
        builder = builder.no_proxy();
    }
    if !base_url.is_https() {
        builder = without_roots(builder);
    } else if cfg!(not(feature = "rustls")) {
        return Err(BuildError::NoTls);
    }
    Ok(builder)
}

/// A pool that looks at a connection's age when it is asked for one, so that it knows also of the time in which nothing ran.
fn kept_idle_for(time: Duration, http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    if time.is_zero() {
        // Not an age of zero, which a clock that stands still never exceeds.
        return http.pool_max_idle_per_host(0);
    }
    http.pool_idle_timeout(time.min(LONGEST_IDLE_TIMEOUT))
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
