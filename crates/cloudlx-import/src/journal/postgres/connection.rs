//! Opens a connection to the journal's database.

use cloudlx_postgres::{Address, in_words};
use tokio_postgres::Client;

use crate::journal::JournalError;

/// A commit is durable when it returns. The server ends the session of a worker that is suspended inside a transaction, and
/// rolls the transaction back, so that it does not block other workers for long.
const SESSION: &str = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '60s'; \
                       SET search_path = cloudlx_import";

/// Connects until the client is dropped.
pub(super) async fn connect(address: &Address) -> Result<Client, JournalError> {
    let client = cloudlx_postgres::connect(address, "cloudlx import").await;
    let client = client
        .map_err(|error| JournalError::Connect { address: address.to_string(), reason: error.to_string() })?;
    client.batch_execute(SESSION).await?;
    Ok(client)
}

impl From<tokio_postgres::Error> for JournalError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server { reason: in_words(&error) }
    }
}
