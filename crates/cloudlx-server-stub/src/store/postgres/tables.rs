//! The tables, which the first stub makes.

use tokio_postgres::{Client, Transaction};

use super::connections::{Connections, Failed};
use crate::StateError;

/// The version of the tables.
const VERSION: i64 = 1;

/// What is locked by whoever makes them: a number that nothing else in the database uses.
const LOCK: i64 = 0x636c_6f75_646c_7802;

/// What is in the schema of the stub's name.
enum Found {
    Version(i64),
    Other,
}

/// Makes the tables where there are none.
///
/// # Errors
///
/// When the database cannot be reached, or has something else in their place.
pub(super) async fn make(connections: &Connections) -> Result<(), StateError> {
    match connections.alone(made).await? {
        Found::Version(VERSION) => Ok(()),
        Found::Version(found) => {
            Err(StateError::SharedVersion { address: connections.address(), expected: VERSION, found })
        }
        Found::Other => Err(StateError::SharedOther { address: connections.address() }),
    }
}

async fn made(mut client: Client) -> Result<Found, Failed> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    if let Some(found) = found(&transaction).await? {
        return Ok(found);
    }
    transaction.batch_execute(include_str!("schema.sql")).await?;
    let first = "INSERT INTO cloudlx_stub.state (version, generation) VALUES ($1, 0)";
    transaction.execute(first, &[&VERSION]).await?;
    transaction.commit().await?;
    Ok(Found::Version(VERSION))
}

async fn found(transaction: &Transaction<'_>) -> Result<Option<Found>, Failed> {
    let sql =
        "SELECT to_regnamespace('cloudlx_stub') IS NOT NULL, to_regclass('cloudlx_stub.state') IS NOT NULL";
    let there = transaction.query_one(sql, &[]).await?;
    Ok(match (there.try_get(0)?, there.try_get(1)?) {
        (false, _) => None,
        (true, false) => Some(Found::Other),
        (true, true) => {
            let row = transaction.query_one("SELECT version FROM cloudlx_stub.state", &[]).await?;
            Some(Found::Version(row.try_get(0)?))
        }
    })
}
