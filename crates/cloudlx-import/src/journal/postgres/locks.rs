//! The advisory locks of a journal: one for its tables, one that all its workers share.

use tokio_postgres::Transaction;

use crate::journal::JournalError;

/// Locked by the worker that creates the tables or loads the rows. Nothing else in the database uses this number.
const TABLES: i64 = 0x636c_6f75_646c_7801;

/// Locked by all workers together. Nothing else in the database uses this number.
const WORKERS: i64 = 0x636c_6f75_646c_7802;

/// Waits until no other worker creates the tables or loads rows, and keeps others out until the transaction ends.
pub(super) async fn lock_tables(transaction: &Transaction<'_>) -> Result<(), JournalError> {
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&TABLES]).await?;
    Ok(())
}

/// Takes the workers' lock for this worker alone, and returns whether that was possible: no other worker uses the journal.
pub(super) async fn try_lock_workers(transaction: &Transaction<'_>) -> Result<bool, JournalError> {
    Ok(transaction.query_one("SELECT pg_try_advisory_lock($1)", &[&WORKERS]).await?.try_get(0)?)
}

/// Shares the workers' lock until the connection ends.
pub(super) async fn join_workers(transaction: &Transaction<'_>) -> Result<(), JournalError> {
    transaction.execute("SELECT pg_advisory_lock_shared($1)", &[&WORKERS]).await?;
    Ok(())
}

/// Releases what [`try_lock_workers`] took.
pub(super) async fn unlock_workers(transaction: &Transaction<'_>) -> Result<(), JournalError> {
    transaction.execute("SELECT pg_advisory_unlock($1)", &[&WORKERS]).await?;
    Ok(())
}

/// Stops sharing the workers' lock, and returns whether no other worker shares it. No worker can join until the transaction
/// ends.
pub(super) async fn is_last_worker(transaction: &Transaction<'_>) -> Result<bool, JournalError> {
    transaction.execute("SELECT pg_advisory_unlock_shared($1)", &[&WORKERS]).await?;
    let is_last = transaction.query_one("SELECT pg_try_advisory_xact_lock($1)", &[&WORKERS]).await?;
    Ok(is_last.try_get(0)?)
}
