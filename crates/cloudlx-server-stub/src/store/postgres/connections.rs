//! The connections of one stub to the database, made anew when they were lost.
//!
//! A thread of their own serves them, so that a test can ask its stub's handle for customers on the only thread of its own
//! runtime.

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

/// How long the database may take for what it is asked for, a new connection included.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked for is done by then, or never.
const SESSION: &str = "SET search_path = cloudlx_stub; SET statement_timeout = '10s'; SET lock_timeout = '10s'; \
                       SET idle_in_transaction_session_timeout = '10s'";

/// How many connections are used in turn. Each takes many requests at a time, one after the other.
const LANES: usize = 4;

/// Why something was not done in the database.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
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
    /// Connects to nothing yet.
    pub(super) fn new(address: Address) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        // That it ends is all that the receiver says.
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

    /// Lets a connection do something in a single statement, and others do the same meanwhile.
    pub(super) async fn ask<T, F>(
        &self,
        ask: impl FnOnce(Arc<Client>) -> F + Send + 'static,
    ) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failed>> + Send,
    {
        let (address, lanes) = (Arc::clone(&self.address), Arc::clone(&self.lanes));
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % LANES;
        let asked = async move {
            let mut lane = match lanes.get(turn) {
                Some(lane) => lane.lock().await,
                None => return Err(Failed::Unreadable { expected: "a connection" }),
            };
            let client = match lane.take().filter(|client| !client.is_closed()) {
                Some(client) => client,
                None => Arc::new(open(&address).await?),
            };
            *lane = Some(Arc::clone(&client));
            drop(lane);
            ask(client).await
        };
        self.done(asked).await
    }

    /// Gives a connection of its own to what takes several statements.
    pub(super) async fn alone<T, F>(
        &self,
        ask: impl FnOnce(Client) -> F + Send + 'static,
    ) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failed>> + Send,
    {
        let address = Arc::clone(&self.address);
        self.done(async move { ask(open(&address).await?).await }).await
    }

    /// What comes of something that the thread does, in the time that there is for it.
    async fn done<T: Send + 'static>(
        &self,
        asked: impl Future<Output = Result<T, Failed>> + Send + 'static,
    ) -> Result<T, StateError> {
        let failed = |reason| StateError::Shared { address: self.address(), reason };
        match self.thread.spawn(async move { timeout(PATIENCE, asked).await }).await {
            Ok(Ok(done)) => done.map_err(|error| failed(error.to_string())),
            Ok(Err(_)) => Err(failed(format!("no answer in {} seconds", PATIENCE.as_secs()))),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

async fn open(address: &Address) -> Result<Client, Failed> {
    let client = connect(address, "cloudlx stub").await?;
    client.batch_execute(SESSION).await?;
    Ok(client)
}
