//! Opens connections to a database.

use std::error::Error as _;

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, NoTls, Socket};

use crate::address::Address;
use crate::encryption::Encryption;
use crate::tls::Tls;

/// Why a connection could not be opened. The message is one line, and quotes neither a password nor values of rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ConnectError {
    reason: String,
}

/// Opens a connection. A task of the current tokio runtime serves it until the returned client is dropped. The database's
/// administrators see the connection under the name `program`.
///
/// # Errors
///
/// When the server cannot be reached, its certificate cannot be trusted, or it refuses the login.
///
/// # Panics
///
/// Outside a tokio runtime whose I/O and time drivers are enabled.
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

/// Describes a database error in one line, without the server's details, which may quote values of rows.
#[must_use]
pub fn in_words(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
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
    // The client's next call returns the connection's error.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}
