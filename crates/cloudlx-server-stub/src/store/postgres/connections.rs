//! The connections of one stub to the database, which reopen after a loss.
//!
//! They run on a thread of their own, so that a test can read customers through its stub's handle on the only thread of the
//! test's runtime.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use cloudlx_postgres::{Address, connect, in_words};
use tokio::runtime::{self, Handle};
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::StateError;

/// How long a query may take, a new connection included.
const DEADLINE: Duration = Duration::from_secs(10);

/// The server aborts a statement at the deadline too, so that it cannot take effect later.
const SESSION: &str = "SET search_path = cloudlx_stub; SET statement_timeout = '10s'; SET lock_timeout = '10s'; \
                       SET idle_in_transaction_session_timeout = '10s'";

/// How many connections are used in turn. Each pipelines many queries.
const LANES: usize = 4;

/// Why a query failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum QueryError {
    #[error("{0}")]
    Connect(#[from] cloudlx_postgres::ConnectError),
    #[error("{}", in_words(_0))]
    Server(#[from] tokio_postgres::Error),
    #[error("expected {expected}, found something else")]
    Unreadable { expected: &'static str },
}

/// The connections.
pub(super) struct Connections {
    address: Arc<Address>,
    lanes: Arc<[Mutex<Option<Arc<Client>>>; LANES]>,
    turn: AtomicUsize,
    thread: Handle,
    /// The thread ends when this is dropped.
    _end: oneshot::Sender<()>,
}

impl Connections {
    /// Starts the thread. A connection opens with its first query.
    pub(super) fn new(address: Address) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        // The receiver completes when its sender is dropped.
        thread::Builder::new()
            .name("shared state".to_owned())
            .spawn(move || drop(runtime.block_on(ended)))?;
        Ok(Self {
            address: Arc::new(address),
            lanes: Arc::default(),
            turn: AtomicUsize::new(0),
            thread,
            _end: end,
        })
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Runs a single statement on a connection that other queries use at the same time.
    pub(super) async fn query<T, F>(
        &self,
        query: impl FnOnce(Arc<Client>) -> F + Send + 'static,
    ) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QueryError>> + Send,
    {
        let (address, lanes) = (Arc::clone(&self.address), Arc::clone(&self.lanes));
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % LANES;
        let work = async move {
            let mut lane = match lanes.get(turn) {
                Some(lane) => lane.lock().await,
                None => return Err(QueryError::Unreadable { expected: "a connection" }),
            };
            let client = match lane.take().filter(|client| !client.is_closed()) {
                Some(client) => client,
                None => Arc::new(open(&address).await?),
            };
            *lane = Some(Arc::clone(&client));
            drop(lane);
            query(client).await
        };
        self.run(work).await
    }

    /// Runs several statements on a connection of their own.
    pub(super) async fn with_own_connection<T, F>(
        &self,
        query: impl FnOnce(Client) -> F + Send + 'static,
    ) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QueryError>> + Send,
    {
        let address = Arc::clone(&self.address);
        self.run(async move { query(open(&address).await?).await }).await
    }

    /// Runs `work` on the thread, until the deadline.
    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, QueryError>> + Send + 'static,
    ) -> Result<T, StateError> {
        let failed = |reason| StateError::Shared { address: self.address(), reason };
        match self.thread.spawn(async move { timeout(DEADLINE, work).await }).await {
            Ok(Ok(result)) => result.map_err(|error| failed(error.to_string())),
            Ok(Err(_)) => Err(failed(format!("no answer in {} seconds", DEADLINE.as_secs()))),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

async fn open(address: &Address) -> Result<Client, QueryError> {
    let client = connect(address, "cloudlx stub").await?;
    client.batch_execute(SESSION).await?;
    Ok(client)
}
