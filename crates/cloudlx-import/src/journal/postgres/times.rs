//! The times that all workers of an import must share: the lease, and the settle time.
//!
//! All workers share a lock while they are connected. A worker that finds itself alone stores its times. A worker that joins
//! others must use the stored times.

use std::time::Duration;

use tokio_postgres::Client;

use super::locks;
use crate::journal::JournalError;

/// The default lease. Three quarters of it are longer than a call of the client takes by default.
pub const DEFAULT_LEASE: Duration = Duration::from_mins(3);

/// The times that all workers of an import share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// How long a worker may keep a row that it claimed without completing it.
    pub lease: Duration,
    /// How long after a lost answer the API may still create the customer: the `settle_time` of the import's options.
    pub settle_time: Duration,
}

/// Joins the workers of the import with these times, until the connection ends.
pub(super) async fn agree(client: &mut Client, times: Times) -> Result<(), JournalError> {
    let transaction = client.transaction().await?;
    locks::lock_tables(&transaction).await?;
    let is_alone = locks::try_lock_workers(&transaction).await?;
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
    locks::join_workers(&transaction).await?;
    if is_alone {
        locks::unlock_workers(&transaction).await?;
    }
    Ok(transaction.commit().await?)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
