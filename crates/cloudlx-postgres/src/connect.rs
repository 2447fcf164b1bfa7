//! A connection to a database.

use std::error::Error as _;

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, NoTls, Socket};

use crate::Address;
use crate::encryption::Encryption;
use crate::tls::Tls;

/// Why there is no connection to a database, in a line that quotes neither a password nor a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ConnectError {
    reason: String,
}

/// Connects, for as long as the client is there: a task of the current tokio runtime serves the connection. `program` is what
/// the database's administrators see of it.
///
/// # Errors
///
/// When the server cannot be reached, cannot be trusted, or lets nobody in.
///
/// # Panics
///
/// Outside a tokio runtime with its I/O and time drivers on.
pub async fn connect(address: &Address, program: &str) -> Result<Client, ConnectError> {
    match address.encryption() {
        Encryption::On { authorities } => {
            let tls = Tls::new(authorities.as_deref());
            let tls = tls.map_err(|error| ConnectError { reason: error.to_string() })?;
            connect_with(address, program, tls).await
        }
        Encryption::Off => connect_with(address, program, NoTls).await,
    }
}

/// What went wrong in a database, in a line. The server's details are left out, for they can quote rows.
#[must_use]
pub fn in_words(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}

async fn connect_with<T>(address: &Address, program: &str, tls: T) -> Result<Client, ConnectError>
where
    T: MakeTlsConnect<Socket, Stream: Send + 'static>,
{
    let mut config = address.config().clone();
    config.application_name(program);
    let connected = config.connect(tls).await;
    let (client, connection) = connected.map_err(|error| ConnectError { reason: in_words(&error) })?;
    // How it ended is told to whoever asks the client for anything.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}
