//! Creates, checks and drops the tables of a journal.

use cloudlx_postgres::Address;
use tokio_postgres::Client;

use super::locks;
use crate::journal::JournalError;

/// The format of the tables.
const FORMAT: i64 = 3;

/// Creates the tables where there are none, and returns whether it did.
pub(super) async fn create(client: &mut Client, address: &Address) -> Result<bool, JournalError> {
    let fsync: String = client.query_one("SELECT current_setting('fsync')", &[]).await?.try_get(0)?;
    if fsync == "off" {
        return Err(JournalError::NotDurable);
    }
    let transaction = client.transaction().await?;
    locks::lock_tables(&transaction).await?;
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

/// Drops the tables if they are empty and no other worker uses them.
pub(super) async fn drop_if_empty(client: &mut Client) -> Result<(), JournalError> {
    let transaction = client.transaction().await?;
    locks::lock_tables(&transaction).await?;
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM import) AND NOT EXISTS (SELECT 1 FROM rows)";
    let is_empty: bool = transaction.query_one(sql, &[]).await?.try_get(0)?;
    if is_empty && locks::is_last_worker(&transaction).await? {
        transaction.batch_execute("DROP SCHEMA cloudlx_import CASCADE").await?;
    }
    Ok(transaction.commit().await?)
}

/// Checks that the database has a journal of this version.
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
