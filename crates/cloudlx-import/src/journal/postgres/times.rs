//! The times that all who share an import must have: how long a claim holds, and how long a create may still land.
//!
//! Whoever works on an import holds a lock together with the others, for as long as it is connected. Who finds nobody else
//! there says anew what the times are, and whoever comes later must have the same.

use std::time::Duration;

use tokio_postgres::{Client, Transaction};

use super::connection;
use crate::journal::JournalError;

/// What is locked by all who work on the import: a number that nothing else in the database uses.
const WORKERS: i64 = 0x636c_6f75_646c_7802;

/// How long a claim holds unless said otherwise: three quarters are longer than a call of the client takes.
pub const DEFAULT_LEASE: Duration = Duration::from_mins(3);

/// What all who share an import must have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// How long a claim holds when whoever has it is not heard of.
    pub lease: Duration,
    /// How long after a lost answer a create may still land, as in the [`Options`](crate::Options) of the import.
    pub settle_time: Duration,
}

/// Begins to work on the import with these times, until the connection ends.
pub(super) async fn agree(client: &mut Client, times: Times) -> Result<(), JournalError> {
    let transaction = client.transaction().await?;
    connection::lock(&transaction).await?;
    let is_alone = transaction.query_one("SELECT pg_try_advisory_lock($1)", &[&WORKERS]).await?.try_get(0)?;
    let (lease, settle) = (milliseconds(times.lease), milliseconds(times.settle_time));
    if is_alone {
        let sql = "INSERT INTO times (one, settle, lease) VALUES (1, $1, $2) \
                   ON CONFLICT (one) DO UPDATE SET settle = $1, lease = $2";
        transaction.execute(sql, &[&settle, &lease]).await?;
    } else {
        let theirs = transaction.query_one("SELECT settle, lease FROM times", &[]).await?;
        let theirs: (i64, i64) = (theirs.try_get(0)?, theirs.try_get(1)?);
        if theirs != (settle, lease) {
            let time = |milliseconds: i64| Duration::from_millis(milliseconds.unsigned_abs());
            return Err(JournalError::OtherTimes { settle: time(theirs.0), lease: time(theirs.1) });
        }
    }
    transaction.execute("SELECT pg_advisory_lock_shared($1)", &[&WORKERS]).await?;
    if is_alone {
        transaction.execute("SELECT pg_advisory_unlock($1)", &[&WORKERS]).await?;
    }
    Ok(transaction.commit().await?)
}

/// Ends to work on the import, and says whether nobody else does; while the transaction lasts, nobody can begin.
pub(super) async fn are_alone(transaction: &Transaction<'_>) -> Result<bool, JournalError> {
    transaction.execute("SELECT pg_advisory_unlock_shared($1)", &[&WORKERS]).await?;
    let is_alone = transaction.query_one("SELECT pg_try_advisory_xact_lock($1)", &[&WORKERS]).await?;
    Ok(is_alone.try_get(0)?)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
