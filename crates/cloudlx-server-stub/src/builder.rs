//! What a stub can be told before it starts.

mod start_error;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU16, NonZeroU32};
#[cfg(feature = "sqlite")]
use std::path::PathBuf;
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
use crate::store::memory::Memory;
#[cfg(feature = "postgres")]
use crate::store::postgres::Postgres;
#[cfg(feature = "sqlite")]
use crate::store::sqlite::Sqlite;
use crate::store::{StateError, Store};
use crate::wire::address::base_url;
use crate::wire::body::BodyReader;
use crate::wire::limits::Limits;
use crate::wire::listener::{Listener, listen};
use crate::{Clock, Stub, catalogue};

pub use self::start_error::StartError;

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
    kept: Kept,
}

/// Where customers and tokens are kept.
#[derive(Debug, Clone, Default)]
enum Kept {
    #[default]
    InMemory,
    #[cfg(feature = "sqlite")]
    InFile(PathBuf),
    #[cfg(feature = "postgres")]
    Shared(Box<Address>),
}

impl Builder {
    /// The defaults: what each method says.
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
            kept: Kept::default(),
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

    /// One more client that may ask for tokens. Default: `stub` with the secret `stub`, when none is given.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        let id = id.into().into();
        self.clients.push(Client { id, secret: secret.into(), rights: Rights::All });
        self
    }

    /// One more client that may ask for tokens, and may only read: its creates are answered 403 (inferred; that the
    /// portal's permissions hold for the API too is from a sibling page).
    pub fn read_only_client(mut self, id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        let id = id.into().into();
        self.clients.push(Client { id, secret: secret.into(), rights: Rights::Read });
        self
    }

    /// How many calls with a token each client may make in a minute; one more is answered 429, with `Retry-After`, and all
    /// say what is left in `X-RateLimit-Limit` and `X-RateLimit-Remaining` (inferred). A minute begins with a client's
    /// first call, by the stub's clock. Default: as many as it likes, and no such headers.
    pub fn rate_limit(mut self, per_minute: NonZeroU32) -> Self {
        self.rate_limit = Some(per_minute);
        self
    }

    /// How long access tokens live. Default: 3,600 seconds (sibling).
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.access = lifetime;
        self
    }

    /// How long refresh tokens live. Default: 604,800 seconds, seven days (sibling).
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetimes.refresh = lifetime;
        self
    }

    /// The clock that tokens expire by. Default: a new one. Give one to several stubs to move them together.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How many requests the journal holds ([`Stub::requests`]): the last ones, in 8 KiB for each on average, and in 1 MiB
    /// at least. Default: 1,000.
    ///
    /// So the default journal takes 8 MiB at most, in requests made to be long (then it holds fewer of them). A read takes
    /// 0.4 KiB and a refused create about 1 KiB, so it mostly takes less than 1 MiB.
    pub fn journal_size(mut self, requests: usize) -> Self {
        self.journal_size = requests;
        self
    }

    /// The longest body that is read, in bytes; longer ones are answered 413. Of those over 16 KiB no more than 32 are read at
    /// once, and the others wait. Default: 1 MiB (inferred).
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// How long the head of a request may take to come in; past it the connection is closed. A connection that is kept
    /// alive may idle for as long, and so may a caller while it reads an answer that a fault breaks off or drips. Default: 10
    /// seconds.
    pub fn header_timeout(mut self, time: Duration) -> Self {
        self.limits.header_time = time;
        self
    }

    /// How long a body may take to come in; past it the request is answered 408. Default: 30 seconds.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.limits.body_time = time;
        self
    }

    /// How long the next bytes of a body may take to come in; past it the request is answered 408. Default: 10 seconds.
    pub fn body_pause(mut self, time: Duration) -> Self {
        self.limits.body_pause = time;
        self
    }

    /// How many connections there are at once, at least one. When one more comes, the one that has idled longest ends for
    /// it: idle is a connection without a request between the end of its head and its answer, of which nothing is taken. It
    /// ends when its last answer has gone out, for which its caller may pause for a tenth of
    /// [`header_timeout`](Self::header_timeout). Until it has ended, and while none idles, the new one waits.
    ///
    /// Default: 512, which leaves room in the 1,024 file handles that many systems give a process.
    pub fn max_connections(mut self, most: usize) -> Self {
        self.limits.connections = most;
        self
    }

    /// What is told of each request to the API once it is served, just before its answer begins: for logs. It runs on the
    /// stub's own tasks and delays the answer for as long as it takes. Default: nobody.
    pub fn watch(mut self, watcher: impl Fn(&Served) + Send + Sync + 'static) -> Self {
        self.access_log = AccessLog::new(watcher);
        self
    }

    /// How long [`Stub::shutdown`] lets requests under way run. Default: 10 seconds.
    pub fn shutdown_time(mut self, time: Duration) -> Self {
        self.limits.shutdown_time = time;
        self
    }

    /// How long the stub takes to answer once a request is done: faults and errors too, the control endpoint not.
    /// Default: no time.
    pub fn latency(mut self, time: Duration) -> Self {
        self.limits.latency = time;
        self
    }

    /// How many items a page of a list has: customers, realms and sub-realms. Default: lists have no pages, and each has all
    /// there is (sibling).
    ///
    /// It is for tests of programs that are to stay right if the API should page its lists. No page of the vendor's documents
    /// any paging, so all of this is inferred, from the framework that the API's media-type scheme is of: beside the list
    /// comes `meta.pagination` with `total`, `count`, `per_page`, `current_page`, `total_pages` and `links`, which has
    /// `previous` and `next` where there are such pages, as absolute addresses by the `Host` that was asked, and is `[]` where
    /// there is neither, as PHP writes an empty object. `?page=N` asks for a page: the last, where it is there more than
    /// once; the first, where it is no whole number from 1 up. A page beyond the end has no items, and says where the one
    /// before it would be. Customers that are created meanwhile come last, so that no page is missed by them.
    ///
    /// The whole of a page is in memory while it is sent, and each page costs a look at all customers before it.
    pub fn page_size(mut self, items: NonZeroU16) -> Self {
        self.page_size = Some(items);
        self
    }

    /// The faults that are armed from the first connection on. Default: none.
    pub fn faults(mut self, schedule: impl Into<Schedule>) -> Self {
        self.faults = schedule.into();
        self
    }

    /// Whether the stub can be driven over HTTP: the control API, at `/__stub/`. `schemas/v1/stub.openapi.json` describes
    /// it, as does `/__stub/openapi.json` with the feature `documents`. No fault hits its requests, and the journal does not
    /// have them. Default: not; its paths are then some that the API does not have.
    ///
    /// It is for programs, and for the stub's own page. Without a [token](Self::control_token), which only a stub on a
    /// loopback address can do without, requests must name this machine in `Host`; none may come from a web page of
    /// another origin (`Origin`, `Sec-Fetch-Site`), and bodies must be sent as `application/json`. So a page that happens
    /// to be open in a browser on this machine cannot drive the stub.
    pub fn control(mut self, on: bool) -> Self {
        self.control = on;
        self
    }

    /// What requests to the control API must bring, as `Authorization: Bearer …`. Needed on an address that is no loopback
    /// address. Default: none.
    pub fn control_token(mut self, token: impl Into<SecretString>) -> Self {
        self.control_token = Some(token.into());
        self
    }

    /// A file that customers are kept in, for the next stub that is given it: an SQLite database, made where there is
    /// none. Default: none.
    ///
    /// A customer is in it before the answer to its create begins, and survives the end of the process, however it comes.
    /// So does the time of one that a fault commits late. Tokens, the journal and what faults have counted do not. One stub
    /// at a time may use the file, by a lock on one beside it (`-lock`), which ends with its process, however that comes; others
    /// may read it: table `customers` with `id`, `appears_at_ms` (Unix time), `customer`
    /// (JSON) and `request` (JSON as it was received, with the e-mail address and all else that no answer shows).
    #[cfg(feature = "sqlite")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.kept = Kept::InFile(path.into());
        self
    }

    /// A PostgreSQL database that several stubs share, in a schema `cloudlx_stub` of its own that the first one makes: then
    /// any of them can answer any request, as replicas behind one address do. Default: none. It takes the place of a state
    /// file.
    ///
    /// Customers and tokens are shared, and outlive the stubs. A customer is in the database before the answer to its create
    /// begins, and its id is the database's, so no two have the same one; an id can be left out, when a create failed.
    /// Times are by the database's clock, with what is added to a stub's own [`clock`](Self::clock). Faults, the journal, the
    /// clock and the rate limit stay each stub's own, and all should be given the same clients and catalogue.
    ///
    /// While the database cannot be reached, requests that need it are answered 500, and it is tried anew for each.
    #[cfg(feature = "postgres")]
    #[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
    pub fn shared_state(mut self, address: Address) -> Self {
        self.kept = Kept::Shared(Box::new(address));
        self
    }

    /// Starts the stub on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened at, or is no loopback address and [`control`](Self::control) is on without a
    /// token; when the token is none; when a fault cannot act; when the state file or the shared state
    /// cannot be used.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with its I/O and time drivers on.
    pub async fn start(self) -> Result<Stub, StartError> {
        let control = if self.control { Some(self.access()?) } else { None };
        self.faults.check()?;
        let clock = self.clock.unwrap_or_default();
        let store = self.kept.store(clock.clone(), self.lifetimes).await?;
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

    /// Who may use the control API.
    fn access(&self) -> Result<ControlAccess, StartError> {
        if self.control_token.is_none() && !self.listen.ip().is_loopback() {
            return Err(StartError::Control { address: self.listen });
        }
        ControlAccess::new(self.control_token.clone()).ok_or(StartError::ControlToken)
    }
}

impl Stub {
    /// Starts a stub with the defaults of [`Builder`]: on 127.0.0.1 and a port that was free, with the credentials
    /// `stub` and `stub`.
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

impl Kept {
    #[allow(clippy::unused_async, reason = "with a shared state there is a connection to wait for")]
    async fn store(self, clock: Clock, lifetimes: Lifetimes) -> Result<Box<dyn Store>, StateError> {
        Ok(match self {
            Self::InMemory => Box::new(Memory::new(clock, lifetimes)),
            #[cfg(feature = "sqlite")]
            Self::InFile(path) => Box::new(Sqlite::open(&path, Memory::new(clock, lifetimes))?),
            #[cfg(feature = "postgres")]
            Self::Shared(address) => Box::new(Postgres::open(*address, clock, lifetimes).await?),
        })
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}
