//! Writes that change what verdicts rest on. They run one after the other, however many workers settle.
//!
//! Each of them locks the row of the table `import` first. That row counts settlings; verdicts that were made before the last
//! settling are not stored.

use cloudlx_model::CustomerId;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Transaction};

use super::rows::{number, state};
use crate::journal::stored::{StoredEnd, StoredSettlement, from_sql, to_sql};
use crate::journal::{Claim, JournalError, RowId, Settlement, State, Taken};

/// The number of settlings so far.
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

/// Stores settlements, unless the number of settlings is no longer `settlings`.
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
        let StoredSettlement { state, customer, reason, and_why_unknown } = settlement.into();
        let values: [&(dyn ToSql + Sync); 5] =
            [&to_sql(row.0), &state.as_str(), &customer, &reason, &and_why_unknown];
        match transaction.execute(&sql, &values).await {
            Ok(1) => {}
            Ok(_) => return Err(JournalError::Moved { row: *row, expected: State::Unknown }),
            // A late answer has bound the customer to another row: the verdicts must be made again without it.
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
    // Customers of rows are known through their rows.
    let sql = "INSERT INTO known SELECT DISTINCT it FROM unnest($1::bigint[]) AS it \
               WHERE NOT EXISTS (SELECT 1 FROM rows WHERE customer = it) ON CONFLICT DO NOTHING";
    transaction.execute(sql, &[&customers]).await?;
    Ok(())
}

/// Stores the end of a row whose lease lapsed before, as far as the end is proved and the row is not settled.
pub(super) async fn complete_late(
    client: &mut Client,
    claim: &Claim,
    worker: i64,
    ended: &StoredEnd,
) -> Result<(), JournalError> {
    let (row, version) = (to_sql(claim.row.0), to_sql(claim.version));
    let transaction = client.transaction().await?;
    // Verdicts of workers that have read the row before are out of date from now on.
    transaction.execute("UPDATE import SET settlings = settlings + 1", &[]).await?;
    let StoredEnd { state, customer, altered, acted, refused, reason } = ended;
    let updated = match state {
        State::Created => {
            let sql = "UPDATE rows SET state = 'settled', version = version + 1, customer = $4, altered = $5, \
                       acted = false, reason = 'its answer was overdue' \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'unknown'";
            transaction.execute(sql, &[&row, &worker, &version, customer, altered]).await?
        }
        // The new version makes the settle time begin again.
        State::Unknown => {
            let sql = "UPDATE rows SET version = version + 1, altered = altered OR $4, acted = acted OR $5, reason = $6, \
                           refusals = CASE WHEN $7 THEN refusals + 1 ELSE 0 END \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'unknown'";
            transaction.execute(sql, &[&row, &worker, &version, altered, acted, reason, refused]).await?
        }
        // No customer was created. A row that was refused is sent and refused again.
        State::Pending
        | State::Refused
        | State::Sending
        | State::Settled
        | State::Uncertain
        | State::Skipped => {
            let sql = "UPDATE rows SET state = 'pending', version = version + 1, acted = false, reason = $4 \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'unknown'";
            transaction.execute(sql, &[&row, &worker, &version, reason]).await?
        }
    };
    if updated == 1 {
        return Ok(transaction.commit().await?);
    }
    transaction.rollback().await?;
    match customer {
        Some(customer) => check_agreement(client, claim.row, *customer).await,
        None => Ok(()),
    }
}

/// Checks that the settlement of a row does not contradict an answer that came after it.
async fn check_agreement(client: &Client, row: RowId, customer: i64) -> Result<(), JournalError> {
    let found = client.query_opt("SELECT state FROM rows WHERE number = $1", &[&to_sql(row.0)]).await?;
    match found.as_ref().map(|found| state(found, 0)).transpose()? {
        // The row may be bound to the customer of an equal row.
        Some(State::Settled | State::Uncertain) => Ok(()),
        _ => Err(JournalError::Late { row, customer: CustomerId(from_sql(customer)) }),
    }
}

/// The other row that has the customer which this row ended with.
pub(super) async fn row_with_same_customer(
    client: &Client,
    claim: &Claim,
    ended: &StoredEnd,
) -> Result<Option<Taken>, JournalError> {
    let Some(customer) = ended.customer() else { return Ok(None) };
    let sql = "SELECT number FROM rows WHERE customer = $1 AND number <> $2";
    let found = client.query_opt(sql, &[&to_sql(customer.0), &to_sql(claim.row.0)]).await?;
    let other = found.map(|found| number(&found, 0)).transpose()?;
    Ok(other.map(|other| Taken { customer, other: RowId(other) }))
}
