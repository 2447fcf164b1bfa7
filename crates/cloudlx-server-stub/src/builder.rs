//! The settings of a stub, and how it starts.

mod start_error;
mod storage;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU16, NonZeroU32};
#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "postgres")]
use cloudlx_postgres::Address;
use cloudlx_validate::{Catalogue, CatalogueError};
use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::api::Api;
use crate::api::endpoints::created::Written;
use crate::api::rate_limit::RateLimit;
use crate::api::resources::Resources;
use crate::api::routes::Routes;
use crate::auth::control_access::ControlAccess;
use crate::auth::{Client, Clients, Lifetimes, Rights};
use crate::exchange::Exchange;
use crate::faults::{Injector, Schedule};
use crate::http::serve;
use crate::observe::Observers;
use crate::observe::access_log::{AccessLog, Served};
use crate::observe::request_log::RequestLog;
use crate::server::Server;
use crate::side::Side;
use crate::wire::address::base_url;
use crate::wire::body::BodyReader;
use crate::wire::limits::Limits;
use crate::wire::listener::{Listener, listen};
use crate::{Clock, Stub, catalogue};

pub use self::start_error::StartError;
use self::storage::Storage;

/// The settings of a stub. Each has a default that suits a test.
///
/// ```
/// use std::time::Duration;
/// use cloudlx_server_stub::Stub;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
/// # runtime.block_on(async {
/// let stub = Stub::builder()
///     .client("acme", "not much of a secret")
///     .access_token_lifetime(Duration::from_secs(60))
///     .start()
///     .await?;
/// assert_eq!(stub.client_id(), "acme");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    listen: SocketAddr,
    catalogue: Option<Catalogue>,
    clients: Vec<Client>,
    lifetimes: Lifetimes,
    rate_limit: Option<NonZeroU32>,
    clock: Option<Clock>,
    journal_size: usize,
    limits: Limits,
    page_size: Option<NonZeroU16>,
    faults: Schedule,
    access_log: AccessLog,
    control: bool,
    control_token: Option<SecretString>,
    storage: Storage,
}

impl Builder {
    /// The defaults, which each method names.
    pub fn new() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            catalogue: None,
            clients: Vec::new(),
            lifetimes: Lifetimes { access: Duration::from_hours(1), refresh: Duration::from_hours(7 * 24) },
            rate_limit: None,
            clock: None,
            journal_size: 1_000,
            limits: Limits {
                body: 1024 * 1024,
                header_time: Duration::from_secs(10),
                body_time: Duration::from_secs(30),
                body_pause: Duration::from_secs(10),
                connections: 512,
                shutdown_time: Duration::from_secs(10),
                latency: Duration::ZERO,
            },
            page_size: None,
            faults: Schedule::default(),
            access_log: AccessLog::default(),
            control: false,
            control_token: None,
            storage: Storage::default(),
        }
    }

    /// Where to listen. Default: 127.0.0.1 and any port that is free.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The realms and sub-realms that customers can be given. Default: [`catalogue::built_in`].
    pub fn catalogue(mut self, catalogue: Catalogue) -> Self {
        self.catalogue = Some(catalogue);
        self
    }

    /// Adds a client that may request tokens. Default: `stub` with the secret `stub`, when none is added.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        let id = id.into().into();
        self.clients.push(Client { id, secret: secret.into(), rights: Rights::All });
        self
    }

    /// Adds a client that may request tokens and may only read: its creates are answered 403 (inferred; that the portal's
    /// permissions apply to the API too is from a sibling page).
    pub fn read_only_client(mut self, id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        let id = id.into().into();
        self.clients.push(Client { id, secret: secret.into(), rights: Rights::Read });
        self
    }

    /// How many calls with a token each client may make in a minute. Further ones are answered 429 with `Retry-After`, and all
    /// answers have `X-RateLimit-Limit` and `X-RateLimit-Remaining` (inferred). A minute begins with a client's first call, by
    /// the stub's clock. Default: no limit, and no such headers.
    pub fn rate_limit(mut self, per_minute: NonZeroU32) -> Self {
        self.rate_limit = Some(per_minute);
        self
    }

    /// How long access tokens are valid. Default: 3,600 seconds (sibling).
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.access = lifetime;
        self
    }

    /// How long refresh tokens are valid. Default: 604,800 seconds, seven days (sibling).
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.refresh = lifetime;
        self
    }

    /// The clock that tokens expire by. Default: a new one. Stubs with the same clock advance together.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How many requests the request log keeps ([`Stub::requests`]): the last ones, as far as they fit into 8 KiB for each on
    /// average, or into 1 MiB if that is more. Default: 1,000.
    ///
    /// So the default log takes 8 MiB at most, when requests are very long (then it keeps fewer of them). A read takes 0.4 KiB
    /// and a refused create about 1 KiB, so it mostly takes less than 1 MiB.
    pub fn journal_size(mut self, requests: usize) -> Self {
        self.journal_size = requests;
        self
    }

    /// The longest body that is read, in bytes; longer ones are answered 413. At most 32 bodies over 16 KiB are read at
    /// once; further ones wait. Default: 1 MiB (inferred).
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// How long the head of a request may take to arrive; then the connection is closed. A connection may idle for as long,
    /// and a caller may pause for as long while it reads an answer that a fault breaks off or drips. Default: 10 seconds.
    pub fn header_timeout(mut self, time: Duration) -> Self {
        self.limits.header_time = time;
        self
    }

    /// How long a body may take to arrive; then the request is answered 408. Default: 30 seconds.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.limits.body_time = time;
        self
    }

    /// How long the next bytes of a body may take to arrive; then the request is answered 408. Default: 10 seconds.
    pub fn body_pause(mut self, time: Duration) -> Self {
        self.limits.body_pause = time;
        self
    }

    /// How many connections may be open, at least one. A further one waits, and the connection that has idled longest is closed
    /// for it. A connection idles while it has no request between the end of its head and its answer, and its caller reads
    /// nothing. It is closed when its last answer has been delivered; meanwhile its caller may pause for a tenth of
    /// [`header_timeout`](Self::header_timeout).
    ///
    /// Default: 512, which leaves room in the 1,024 file handles that many systems give a process.
    pub fn max_connections(mut self, most: usize) -> Self {
        self.limits.connections = most;
        self
    }

    /// A callback for an access log. It is called with each request to the API, just before its answer begins, on the stub's
    /// tasks, and delays the answer by its duration. Default: none.
    pub fn watch(mut self, watcher: impl Fn(&Served) + Send + Sync + 'static) -> Self {
        self.access_log = AccessLog::new(watcher);
        self
    }

    /// How long [`Stub::shutdown`] waits for active requests. Default: 10 seconds.
    pub fn shutdown_time(mut self, time: Duration) -> Self {
        self.limits.shutdown_time = time;
        self
    }

    /// The pause between the end of a request and its answer, also for faults and errors, but not for the control API.
    /// Default: none.
    pub fn latency(mut self, time: Duration) -> Self {
        self.limits.latency = time;
        self
    }

    /// How many items a page of a list has: customers, realms and sub-realms. Default: lists have no pages and contain all items
    /// (sibling).
    ///
    /// It is for tests of programs that must also work if the API pages its lists. No page of the vendor documents paging, so
    /// all of this is inferred, from the framework that the API's media-type scheme belongs to. Beside the list, the body has
    /// `meta.pagination` with `total`, `count`, `per_page`, `current_page`, `total_pages` and `links`. `links` has `previous` and
    /// `next` where these pages exist, as absolute addresses with the request's `Host`; without either it is `[]`, as PHP
    /// writes an empty object. `?page=N` requests a page. If it occurs several times, the last one counts; if it is not a
    /// whole number from 1 up, the first page is answered. A page beyond the end has no items, and its `previous` is the page
    /// number before it. Customers that are created meanwhile come last, so paging misses no customer.
    ///
    /// A page is in memory while it is sent, and each page costs a scan of all customers before it.
    pub fn page_size(mut self, items: NonZeroU16) -> Self {
        self.page_size = Some(items);
        self
    }

    /// The faults that are armed from the first connection on. Default: none.
    pub fn faults(mut self, schedule: impl Into<Schedule>) -> Self {
        self.faults = schedule.into();
        self
    }

    /// Whether the stub has the control API at `/__stub/`. `schemas/v1/stub.openapi.json` describes it, and so does
    /// `/__stub/openapi.json` with the feature `documents`. No request fault hits its requests, and the request log does not
    /// record them. Default: off; its paths are then answered as unknown ones.
    ///
    /// It is for programs and for the stub's own page. A stub on a loopback address needs no [token](Self::control_token).
    /// Without one, requests must have this machine in `Host`, must not come from a web page of another origin (`Origin`,
    /// `Sec-Fetch-Site`), and bodies must be `application/json`. So a web page that is open in a browser on this machine cannot
    /// control the stub.
    pub fn control(mut self, on: bool) -> Self {
        self.control = on;
        self
    }

    /// The token that requests to the control API need, as `Authorization: Bearer …`. Required when the address is not a loopback
    /// address. Default: none.
    pub fn control_token(mut self, token: impl Into<SecretString>) -> Self {
        self.control_token = Some(token.into());
        self
    }

    /// A file that also stores customers, for the next stub with the same file: an SQLite database, which is created if it does
    /// not exist. Default: none.
    ///
    /// A customer is in the file before the answer to its create begins, and survives the end of the process, also a crash. So
    /// does the time at which a late customer appears. Tokens, the request log and the counts of faults do not survive. One
    /// stub at a time may use the file: it locks a second one beside it (`-lock`), and the system releases the lock with the
    /// process. Other programs may read the file: table `customers` with `id`, `appears_at_ms` (Unix time), `customer` (JSON) and
    /// `request` (JSON as it was received, with the e-mail address and other fields that no answer has).
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.storage = Storage::InFile(path.into());
        self
    }

    /// A PostgreSQL database that several stubs share, in its own schema `cloudlx_stub`, which the first stub creates. Any of the
    /// stubs can then answer any request, as replicas behind one address do. Default: none. It replaces a state file.
    ///
    /// Customers and tokens are shared, and survive the stubs. A customer is in the database before the answer to its create
    /// begins. The database assigns its id, so ids are unique; a failed create can leave an id unused. Times are by the
    /// database's clock, plus what is added to a stub's own [`clock`](Self::clock). Faults, the request log, the clock and the
    /// rate limit belong to each stub alone. All stubs should have the same clients and catalogue.
    ///
    /// While the database cannot be reached, requests that need it are answered 500, and each tries again to connect.
    #[cfg(feature = "postgres")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
    pub fn shared_state(mut self, address: Address) -> Self {
        self.storage = Storage::Shared(Box::new(address));
        self
    }

    /// Starts the stub on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the stub cannot listen at the address; when [`control`](Self::control) is on without a token and the address is not
    /// a loopback address; when the control token is invalid; when a fault cannot act on its endpoint; when the state file or
    /// the shared state cannot be used.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with its I/O and time drivers on.
    pub async fn start(self) -> Result<Stub, StartError> {
        self.starting().await
    }

    /// Boxed, so that the server is compiled with this crate, and not once more with each program that starts it.
    fn starting(self) -> Pin<Box<dyn Future<Output = Result<Stub, StartError>> + Send>> {
        Box::pin(self.listen_and_serve())
    }

    async fn listen_and_serve(self) -> Result<Stub, StartError> {
        let control = if self.control { Some(self.access()?) } else { None };
        self.faults.check()?;
        let clock = self.clock.unwrap_or_default();
        let store = self.storage.open(clock.clone(), self.lifetimes).await?;
        let listening = listen(self.listen).and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) =
            listening.map_err(|source| StartError::Listen { address: self.listen, source })?;
        let catalogue = self.catalogue.map_or_else(catalogue::built_in, Ok)?;
        let clients = Clients::or_default(self.clients);
        let listener = Listener::new(listener, address);
        let mut secrets: Vec<_> = clients.secrets().map(SecretString::from).collect();
        secrets.extend(control.as_ref().and_then(ControlAccess::token).cloned());
        let base_url = base_url(address);
        let side = Side::new(&base_url).map_err(StartError::routes)?;
        let server = Arc::new(Server {
            base_url,
            api: Api {
                routes: Routes::new().map_err(StartError::routes)?,
                rate_limit: self.rate_limit.map(|per_minute| RateLimit::new(clock.clone(), per_minute)),
                bodies: BodyReader::new(self.limits),
                resources: Resources {
                    written: Written::new(&catalogue).map_err(CatalogueError::from)?,
                    catalogue,
                    clients,
                    lifetimes: self.lifetimes,
                    store,
                    clock,
                    page_size: self.page_size,
                },
            },
            faults: Arc::new(Injector::new(self.faults, listener.clone())),
            observers: Observers {
                requests: RequestLog::new(self.journal_size),
                expectations: Arc::default(),
                access_log: self.access_log,
                secrets,
            },
            listener,
            limits: self.limits,
            control,
        });
        let (stop, stopped) = oneshot::channel();
        let exchange = Arc::new(Exchange { server: Arc::clone(&server), side });
        let serving = tokio::spawn(serve(exchange, stopped));
        Ok(Stub::new(address, server, stop, serving))
    }

    /// Checks the settings of the control API.
    fn access(&self) -> Result<ControlAccess, StartError> {
        if self.control_token.is_none() && !self.listen.ip().is_loopback() {
            return Err(StartError::Control { address: self.listen });
        }
        ControlAccess::new(self.control_token.clone()).ok_or(StartError::ControlToken)
    }
}

impl Stub {
    /// Starts a stub with the defaults of [`Builder`]: on 127.0.0.1 and a free port, with the client `stub` and the secret `stub`.
    ///
    /// # Errors
    ///
    /// When the socket cannot be opened.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with its I/O and time drivers on (`#[tokio::test]` has both).
    pub async fn start() -> Result<Self, StartError> {
        Builder::new().start().await
    }

    /// A stub that is not like the default one.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}
