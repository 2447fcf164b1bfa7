//! The tables, which the first stub creates.

use tokio_postgres::{Client, Transaction};

use super::connections::{Connections, QueryError};
use crate::StateError;

/// The version of the tables.
const VERSION: i64 = 1;

/// The advisory lock of the stub that creates them: a number that nothing else in the database uses.
const LOCK: i64 = 0x636c_6f75_646c_7802;

/// The content of the schema `cloudlx_stub`.
enum Schema {
    Version(i64),
    Other,
}

/// Creates the tables where there are none.
///
/// # Errors
///
/// When the database cannot be reached, or the schema is no state of the stub in this version.
pub(super) async fn create(connections: &Connections) -> Result<(), StateError> {
    match connections.with_own_connection(create_or_read).await? {
        Schema::Version(VERSION) => Ok(()),
        Schema::Version(found) => {
            Err(StateError::SharedVersion { address: connections.address(), expected: VERSION, found })
        }
        Schema::Other => Err(StateError::SharedOther { address: connections.address() }),
    }
}

async fn create_or_read(mut client: Client) -> Result<Schema, QueryError> {
    let transaction = client.transaction().await?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    if let Some(schema) = read(&transaction).await? {
        return Ok(schema);
    }
    transaction.batch_execute(include_str!("schema.sql")).await?;
    let first = "INSERT INTO cloudlx_stub.state (version, generation) VALUES ($1, 0)";
    transaction.execute(first, &[&VERSION]).await?;
    transaction.commit().await?;
    Ok(Schema::Version(VERSION))
}

async fn read(transaction: &Transaction<'_>) -> Result<Option<Schema>, QueryError> {
    let sql =
        "SELECT to_regnamespace('cloudlx_stub') IS NOT NULL, to_regclass('cloudlx_stub.state') IS NOT NULL";
    let exists = transaction.query_one(sql, &[]).await?;
    Ok(match (exists.try_get(0)?, exists.try_get(1)?) {
        (false, _) => None,
        (true, false) => Some(Schema::Other),
        (true, true) => {
            let row = transaction.query_one("SELECT version FROM cloudlx_stub.state", &[]).await?;
            Some(Schema::Version(row.try_get(0)?))
        }
    })
}
