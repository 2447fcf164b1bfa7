//! The connections of a worker on which rows are claimed and completed.
//!
//! A connection does one thing after the other, and each waits for the server's disk. On several, what comes together
//! shares a commit.

use std::sync::atomic::{AtomicUsize, Ordering};

use cloudlx_postgres::Address;
use tokio_postgres::Client;

use super::connection;
use super::rows::Statements;
use crate::journal::JournalError;

/// A connection, and what was prepared on it.
pub(super) struct Lane {
    pub(super) client: Client,
    pub(super) statements: Statements,
}

/// The connections, which are taken in turn.
pub(super) struct Lanes {
    lanes: [Lane; 4],
    turn: AtomicUsize,
}

impl Lanes {
    pub(super) async fn open(address: &Address) -> Result<Self, JournalError> {
        let lanes = tokio::try_join!(lane(address), lane(address), lane(address), lane(address))?;
        Ok(Self { lanes: lanes.into(), turn: AtomicUsize::new(0) })
    }

    /// The one whose turn it is.
    pub(super) fn next(&self) -> &Lane {
        let [first, second, third, fourth] = &self.lanes;
        match self.turn.fetch_add(1, Ordering::Relaxed) % self.lanes.len() {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        }
    }
}

async fn lane(address: &Address) -> Result<Lane, JournalError> {
    let client = connection::connect(address).await?;
    let statements = Statements::prepare(&client).await?;
    Ok(Lane { client, statements })
}
