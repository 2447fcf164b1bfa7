//! The connections on which a worker claims and completes rows.
//!
//! A connection runs one statement after the other, and each waits for the server's disk. Statements on several connections
//! can share a commit.

use std::sync::atomic::{AtomicUsize, Ordering};

use cloudlx_postgres::Address;
use tokio_postgres::Client;

use super::connection;
use super::rows::Statements;
use crate::journal::JournalError;

/// A connection, with its prepared statements.
pub(super) struct PooledConnection {
    pub(super) client: Client,
    pub(super) statements: Statements,
}

/// Four connections that are used in turn.
pub(super) struct Pool {
    connections: [PooledConnection; 4],
    turn: AtomicUsize,
}

impl Pool {
    pub(super) async fn open(address: &Address) -> Result<Self, JournalError> {
        let connections = tokio::try_join!(open(address), open(address), open(address), open(address))?;
        Ok(Self { connections: connections.into(), turn: AtomicUsize::new(0) })
    }

    /// The connection whose turn it is.
    pub(super) fn next(&self) -> &PooledConnection {
        let [first, second, third, fourth] = &self.connections;
        match self.turn.fetch_add(1, Ordering::Relaxed) % self.connections.len() {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        }
    }
}

async fn open(address: &Address) -> Result<PooledConnection, JournalError> {
    let client = connection::connect(address).await?;
    let statements = Statements::prepare(&client).await?;
    Ok(PooledConnection { client, statements })
}
