//! What changes the ground that verdicts rest on: one after the other, however many workers settle.
//!
//! Each of these locks the import's row first. Settlings are counted in it, and verdicts that were made before the last
//! of them are not kept.

use cloudlx_model::CustomerId;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Transaction};

use super::rows::{number, state};
use crate::journal::stored::{Ended, Settled, to_sql};
use crate::journal::{Claim, JournalError, RowId, Settlement, State, Taken};

/// How often anything was settled.
pub(super) async fn settlings(client: &Client) -> Result<u64, JournalError> {
    match client.query_opt("SELECT settlings FROM import", &[]).await? {
        Some(found) => number(&found, 0),
        None => Err(JournalError::NotLoaded),
    }
}

/// Makes customers known, unless a row is being sent or unknown.
pub(super) async fn know(client: &mut Client, customers: &[CustomerId]) -> Result<(), JournalError> {
    let transaction = client.transaction().await?;
    let sql =
        "SELECT EXISTS (SELECT 1 FROM rows WHERE state IN ('sending', 'unknown')) FROM import FOR UPDATE";
    let is_open = transaction.query_opt(sql, &[]).await?.ok_or(JournalError::NotLoaded)?;
    if !is_open.try_get::<_, bool>(0)? {
        keep_known(&transaction, customers).await?;
    }
    Ok(transaction.commit().await?)
}

/// Keeps verdicts, unless anything was settled since `settlings` were.
pub(super) async fn settle(
    client: &mut Client,
    settlings: u64,
    settlements: &[(RowId, Settlement)],
    now_known: &[CustomerId],
) -> Result<bool, JournalError> {
    let transaction = client.transaction().await?;
    let sql = "UPDATE import SET settlings = settlings + 1 WHERE settlings = $1";
    if transaction.execute(sql, &[&to_sql(settlings)]).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE rows SET state = $2, customer = $3, acted = false, \
                   reason = CASE WHEN $5 THEN $4::text || coalesce(': ' || reason, '') ELSE $4::text END \
               WHERE number = $1 AND state = 'unknown'";
    let sql = transaction.prepare(sql).await?;
    for (row, settlement) in settlements {
        let Settled { state, customer, reason, and_why_unknown } = settlement.into();
        let values: [&(dyn ToSql + Sync); 5] =
            [&to_sql(row.0), &state.as_str(), &customer, &reason, &and_why_unknown];
        match transaction.execute(&sql, &values).await {
            Ok(1) => {}
            Ok(_) => return Err(JournalError::Moved { row: *row, expected: State::Unknown }),
            // An answer has named the customer since, for a row of another worker: the verdicts are made anew without it.
            Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    keep_known(&transaction, now_known).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn keep_known(transaction: &Transaction<'_>, customers: &[CustomerId]) -> Result<(), JournalError> {
    let customers: Vec<_> = customers.iter().map(|customer| to_sql(customer.0)).collect();
    // Those of rows are known by their rows.
    let sql = "INSERT INTO known SELECT DISTINCT it FROM unnest($1::bigint[]) AS it \
               WHERE NOT EXISTS (SELECT 1 FROM rows WHERE customer = it) ON CONFLICT DO NOTHING";
    transaction.execute(sql, &[&customers]).await?;
    Ok(())
}

/// Takes what is certain of a row whose lease lapsed before it ended, while nobody has settled it.
pub(super) async fn complete_late(
    client: &mut Client,
    claim: &Claim,
    worker: i64,
    ended: &Ended,
) -> Result<(), JournalError> {
    let (row, version) = (to_sql(claim.row.0), to_sql(claim.version));
    let transaction = client.transaction().await?;
    // Whoever has listed the customers judges the row by what is not so any more.
    transaction.execute("UPDATE import SET settlings = settlings + 1", &[]).await?;
    let Ended { state, customer, altered, acted, refused, reason } = ended;
    let taken = match state {
        State::Created => {
            let sql = "UPDATE rows SET state = 'settled', version = version + 1, customer = $4, altered = $5, \
                       acted = false, reason = 'its answer was overdue' \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'unknown'";
            transaction.execute(sql, &[&row, &worker, &version, customer, altered]).await?
        }
        // The new version makes the settle time begin anew.
        State::Unknown => {
            let sql = "UPDATE rows SET version = version + 1, altered = altered OR $4, acted = acted OR $5, reason = $6, \
                           refusals = CASE WHEN $7 THEN refusals + 1 ELSE 0 END \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'unknown'";
            transaction.execute(sql, &[&row, &worker, &version, altered, acted, reason, refused]).await?
        }
        // Nothing was made. What was refused is refused again.
        _ => {
            let sql = "UPDATE rows SET state = 'pending', version = version + 1, acted = false, reason = $4 \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'unknown'";
            transaction.execute(sql, &[&row, &worker, &version, reason]).await?
        }
    };
    if taken == 1 {
        return Ok(transaction.commit().await?);
    }
    transaction.rollback().await?;
    match customer {
        Some(customer) => agrees(client, claim.row, *customer).await,
        None => Ok(()),
    }
}

/// Makes sure that what was settled does not speak against an answer that came too late for it.
async fn agrees(client: &Client, row: RowId, customer: i64) -> Result<(), JournalError> {
    let found = client.query_opt("SELECT state FROM rows WHERE number = $1", &[&to_sql(row.0)]).await?;
    match found.as_ref().map(|found| state(found, 0)).transpose()? {
        // Its id may be that of an equal row.
        Some(State::Settled | State::Uncertain) => Ok(()),
        _ => Err(JournalError::Late { row, customer: CustomerId(customer.cast_unsigned()) }),
    }
}

/// The other row that has the customer which a row was to end with.
pub(super) async fn taken(
    client: &Client,
    claim: &Claim,
    ended: &Ended,
) -> Result<Option<Taken>, JournalError> {
    let Some(customer) = ended.customer() else { return Ok(None) };
    let sql = "SELECT number FROM rows WHERE customer = $1 AND number <> $2";
    let found = client.query_opt(sql, &[&to_sql(customer.0), &to_sql(claim.row.0)]).await?;
    let other = found.map(|found| number(&found, 0)).transpose()?;
    Ok(other.map(|other| Taken { customer, other: RowId(other) }))
}
