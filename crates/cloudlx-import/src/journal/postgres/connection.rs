//! A connection to the journal's database, and the tables that are made in it.

use cloudlx_postgres::{Address, in_words};
use tokio_postgres::{Client, Transaction};

use super::times;
use crate::journal::JournalError;

/// The format of the tables.
const FORMAT: i64 = 3;

/// What is locked by whoever makes the tables, or loads the rows: a number that nothing else in the database uses.
const LOCK: i64 = 0x636c_6f75_646c_7801;

/// What a commit says is durable. A worker that stands still in the middle of a transaction holds nobody up for long, and
/// the server takes back what it did.
const SESSION: &str = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '60s'; \
                       SET search_path = cloudlx_import";

/// Connects, for as long as the client is there.
pub(super) async fn connect(address: &Address) -> Result<Client, JournalError> {
    let client = cloudlx_postgres::connect(address, "cloudlx import").await;
    let client = client
        .map_err(|error| JournalError::Connect { address: address.to_string(), reason: error.to_string() })?;
    client.batch_execute(SESSION).await?;
    Ok(client)
}

/// Makes the tables where there are none, and says whether it did.
pub(super) async fn make(client: &mut Client, address: &Address) -> Result<bool, JournalError> {
    let fsync: String = client.query_one("SELECT current_setting('fsync')", &[]).await?.try_get(0)?;
    if fsync == "off" {
        return Err(JournalError::NotDurable);
    }
    let transaction = client.transaction().await?;
    lock(&transaction).await?;
    let is_new = match check(&transaction, address).await {
        Err(JournalError::NotInDatabase { .. }) => {
            transaction.batch_execute(include_str!("schema.sql")).await?;
            transaction.execute("INSERT INTO format (format) VALUES ($1)", &[&FORMAT]).await?;
            true
        }
        checked => checked.map(|()| false)?,
    };
    transaction.commit().await?;
    Ok(is_new)
}

/// Removes the tables again, where they hold nothing and nobody else works on the import.
pub(super) async fn unmake(client: &mut Client) -> Result<(), JournalError> {
    let transaction = client.transaction().await?;
    lock(&transaction).await?;
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM import) AND NOT EXISTS (SELECT 1 FROM rows)";
    let is_empty: bool = transaction.query_one(sql, &[]).await?.try_get(0)?;
    if is_empty && times::are_alone(&transaction).await? {
        transaction.batch_execute("DROP SCHEMA cloudlx_import CASCADE").await?;
    }
    Ok(transaction.commit().await?)
}

/// Makes sure that there is a journal that this version reads.
pub(super) async fn check(
    client: &impl tokio_postgres::GenericClient,
    address: &Address,
) -> Result<(), JournalError> {
    let sql = "SELECT to_regnamespace('cloudlx_import') IS NOT NULL, to_regclass('cloudlx_import.format') IS NOT NULL";
    let found = client.query_one(sql, &[]).await?;
    match (found.try_get(0)?, found.try_get(1)?) {
        (false, _) => Err(JournalError::NotInDatabase { address: address.to_string() }),
        (true, false) => Err(JournalError::NoJournal { found: "another schema called cloudlx_import" }),
        (true, true) => {
            match client.query_one("SELECT format FROM cloudlx_import.format", &[]).await?.try_get(0)? {
                FORMAT => Ok(()),
                found => Err(JournalError::OtherFormat { expected: FORMAT, found }),
            }
        }
    }
}

/// Waits until nobody else makes or loads a journal in this database.
pub(super) async fn lock(transaction: &Transaction<'_>) -> Result<(), JournalError> {
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    Ok(())
}

impl From<tokio_postgres::Error> for JournalError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server { reason: in_words(&error) }
    }
}
