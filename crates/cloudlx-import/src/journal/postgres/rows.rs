//! The SQL for rows, one function for each operation.

use std::time::Duration;

use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::{Validated, Violations, from_json};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, GenericClient, Row, Statement};

use super::locks;
use crate::hash::InputHash;
use crate::journal::stored::{StoredEnd, from_sql, to_sql};
use crate::journal::{Account, Bound, Claim, Counts, JournalError, NewRow, Round, RowId, RowOutcome, State};
use crate::settle::{Known, OpenRow, Progress};

/// The prepared statements that every send needs.
pub(super) struct Statements {
    claim: Statement,
    confirm: Statement,
    complete: Statement,
}

/// A claimed row and its request. The request may be invalid where another version with other rules loaded it.
type Claimed = (Claim, Result<Validated<CreateCustomer>, Violations>);

impl Statements {
    pub(super) async fn prepare(client: &Client) -> Result<Self, JournalError> {
        // Skips rows that other workers are claiming at this moment.
        let claim = "WITH next AS MATERIALIZED ( \
                         SELECT number FROM rows WHERE state = 'pending' AND round < $1 \
                         ORDER BY round, number LIMIT 1 FOR UPDATE SKIP LOCKED \
                     ) \
                     UPDATE rows SET state = 'sending', round = $1, worker = $2, version = version + 1, \
                         lease_until = clock_timestamp() + make_interval(secs => $3) \
                     FROM next WHERE rows.number = next.number \
                     RETURNING rows.number, line, version, request";
        let confirm = "UPDATE rows SET lease_until = clock_timestamp() + make_interval(secs => $4) \
                       WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'sending' \
                       AND lease_until > clock_timestamp()";
        let complete = "UPDATE rows SET state = $4, customer = $5, altered = $6, acted = $7, reason = $8, \
                            refusals = CASE WHEN $9 THEN refusals + 1 WHEN $4 = 'pending' THEN refusals ELSE 0 END, \
                            lease_until = NULL \
                        WHERE number = $1 AND worker = $2 AND version = $3 AND state = 'sending'";
        Ok(Self {
            claim: client.prepare(claim).await?,
            confirm: client.prepare(confirm).await?,
            complete: client.prepare(complete).await?,
        })
    }

    /// Claims the next row of the round.
    pub(super) async fn claim(
        &self,
        client: &Client,
        round: Round,
        worker: i64,
        lease: Duration,
    ) -> Result<Option<Claimed>, JournalError> {
        let claimed =
            client.query_opt(&self.claim, &[&to_sql(round.0), &worker, &lease.as_secs_f64()]).await?;
        let Some(found) = claimed else { return Ok(None) };
        let claim = Claim { row: id(&found, 0)?, line: number(&found, 1)?, version: number(&found, 2)? };
        Ok(Some((claim, from_json(found.try_get(3)?))))
    }

    /// Whether the claim is still valid. If so, extends it to a whole lease from now on.
    pub(super) async fn confirm(
        &self,
        client: &Client,
        claim: &Claim,
        worker: i64,
        lease: Duration,
    ) -> Result<bool, JournalError> {
        let (row, version) = (to_sql(claim.row.0), to_sql(claim.version));
        let held = client.execute(&self.confirm, &[&row, &worker, &version, &lease.as_secs_f64()]).await?;
        Ok(held == 1)
    }

    /// Completes the row, and returns whether it was still this claim's.
    pub(super) async fn complete(
        &self,
        client: &Client,
        claim: &Claim,
        worker: i64,
        ended: &StoredEnd,
    ) -> Result<bool, JournalError> {
        let (row, version, state) = (to_sql(claim.row.0), to_sql(claim.version), ended.state.as_str());
        let StoredEnd { customer, altered, acted, refused, reason, .. } = ended;
        let values: [&(dyn ToSql + Sync); 9] =
            [&row, &worker, &version, &state, customer, altered, acted, reason, refused];
        Ok(client.execute(&self.complete, &values).await? == 1)
    }
}

pub(super) async fn bound(client: &impl GenericClient) -> Result<Option<Bound>, JournalError> {
    let sql = "SELECT input, api, account FROM import";
    let Some(found) = client.query_opt(sql, &[]).await? else { return Ok(None) };
    let account = found.try_get::<_, Option<String>>(2)?.map(Account::from_stored);
    Ok(Some(Bound { input: found.try_get(0)?, api: found.try_get(1)?, account }))
}

pub(super) async fn load(
    client: &mut Client,
    mut rows: mpsc::Receiver<Vec<NewRow>>,
    sealed: oneshot::Receiver<InputHash>,
) -> Result<(), JournalError> {
    let transaction = client.transaction().await?;
    // Reading a workbook takes long before the first row comes.
    transaction.batch_execute("SET LOCAL idle_in_transaction_session_timeout = '15min'").await?;
    // Other workers wait here, and find the journal loaded afterwards.
    locks::lock_tables(&transaction).await?;
    if bound(&transaction).await?.is_some() {
        return Err(JournalError::LoadedAlready);
    }
    let insert = "INSERT INTO rows (number, line, state, request, reason) \
                  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::text[])";
    let insert = transaction.prepare(insert).await?;
    let mut numbers = 1_i64..;
    while let Some(chunk) = rows.recv().await {
        let (mut lines, mut states) = (Vec::new(), Vec::new());
        let (mut requests, mut reasons) = (Vec::new(), Vec::new());
        for row in chunk {
            let (line, state, request, reason) = match row {
                NewRow::Pending { line, request } => (line, State::Pending, request, None),
                NewRow::Skipped { line, reason } => (line, State::Skipped, Vec::new(), Some(reason)),
            };
            lines.push(to_sql(line));
            states.push(state.as_str());
            requests.push(request);
            // The database's texts cannot contain this character.
            reasons.push(reason.map(|reason| reason.replace('\0', "\u{fffd}")));
        }
        let these: Vec<_> = numbers.by_ref().take(lines.len()).collect();
        transaction.execute(&insert, &[&these, &lines, &states, &requests, &reasons]).await?;
    }
    let input = sealed.await.map_err(|_| JournalError::NotLoaded)?;
    transaction.execute("INSERT INTO import (one, input) VALUES (1, $1)", &[&input.to_string()]).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn bind_api(
    client: &Client,
    base_url: &str,
    account: Option<&Account>,
) -> Result<(), JournalError> {
    // Other workers may bind it at the same time.
    let sql = "UPDATE import SET api = $1, account = coalesce(account, $2::text) \
               WHERE (api IS NULL OR api = $1) AND (account IS NULL OR $2::text IS NULL OR account = $2)";
    client.execute(sql, &[&base_url, &account.map(Account::as_str)]).await?;
    bound(client).await?.ok_or(JournalError::NotLoaded)?.is_to(base_url, account)?;
    Ok(())
}

pub(super) async fn begin_round(client: &Client) -> Result<Round, JournalError> {
    let round = client.query_opt("UPDATE import SET round = round + 1 RETURNING round", &[]).await?;
    Ok(Round(number(&round.ok_or(JournalError::NotLoaded)?, 0)?))
}

/// Makes rows unknown whose leases have lapsed.
pub(super) async fn lapse(client: &Client) -> Result<(), JournalError> {
    // In order, and skipping rows that other workers have locked, so that no worker waits for another.
    let sql = "WITH lapsed AS MATERIALIZED ( \
                   SELECT number FROM rows WHERE state = 'sending' AND lease_until < clock_timestamp() \
                   ORDER BY number FOR UPDATE SKIP LOCKED \
               ) \
               UPDATE rows SET state = 'unknown', acted = false, refusals = 0, lease_until = NULL, \
                   reason = 'who was sending it was not heard of in time' \
               FROM lapsed WHERE rows.number = lapsed.number";
    client.execute(sql, &[]).await?;
    Ok(())
}

/// The rows that are being sent or unknown, each with its version.
pub(super) async fn open_rows(client: &Client) -> Result<Vec<(OpenRow, u64)>, JournalError> {
    let sql = "SELECT number, version, state, acted, request, refusals FROM rows \
               WHERE state IN ('sending', 'unknown') ORDER BY number";
    let open = |found: &Row| {
        let row = id(found, 0)?;
        let is_sending = state(found, 2)? == State::Sending;
        let progress =
            if is_sending { Progress::Sending } else { Progress::Unknown { acted: found.try_get(3)? } };
        let request = serde_json::from_slice(found.try_get(4)?);
        let request = request.map_err(|_| JournalError::Unreadable { row })?;
        let refusals = u32::try_from(number(found, 5)?).unwrap_or(u32::MAX);
        Ok((OpenRow { row, request, progress, refusals }, number(found, 1)?))
    };
    client.query(sql, &[]).await?.iter().map(open).collect()
}

pub(super) async fn known(client: &Client) -> Result<Known, JournalError> {
    let sql = "SELECT customer FROM known UNION ALL SELECT customer FROM rows WHERE customer IS NOT NULL";
    let customers = client.query(sql, &[]).await?;
    let customers = customers.iter().map(|found| Ok(CustomerId(number(found, 0)?)));
    let customers = customers.collect::<Result<_, JournalError>>()?;
    let alters = client.query_one("SELECT EXISTS (SELECT 1 FROM rows WHERE altered)", &[]).await?;
    Ok(Known { customers, alters: alters.try_get(0)? })
}

pub(super) async fn counts(client: &Client) -> Result<Counts, JournalError> {
    let mut counts = Counts::default();
    for found in client.query("SELECT state, count(*) FROM rows GROUP BY state", &[]).await? {
        *counts.count_mut(state(&found, 0)?) = number(&found, 1)?;
    }
    Ok(counts)
}

pub(super) async fn outcomes(
    client: &Client,
    after: Option<RowId>,
    most: u32,
) -> Result<Vec<RowOutcome>, JournalError> {
    let sql =
        "SELECT number, line, state, customer, reason FROM rows WHERE number > $1 ORDER BY number LIMIT $2";
    let outcome = |found: &Row| {
        Ok(RowOutcome {
            row: id(found, 0)?,
            line: number(found, 1)?,
            outcome: state(found, 2)?,
            customer_id: found.try_get::<_, Option<i64>>(3)?.map(from_sql).map(CustomerId),
            reason: found.try_get(4)?,
        })
    };
    let after = after.map_or(0, |row| to_sql(row.0));
    client.query(sql, &[&after, &i64::from(most)]).await?.iter().map(outcome).collect()
}

pub(super) fn state(found: &Row, column: usize) -> Result<State, JournalError> {
    let name: &str = found.try_get(column)?;
    let unknown = || JournalError::Server { reason: format!("expected a state of a row, found {name}") };
    State::from_name(name).ok_or_else(unknown)
}

fn id(found: &Row, column: usize) -> Result<RowId, JournalError> {
    number(found, column).map(RowId)
}

pub(super) fn number(found: &Row, column: usize) -> Result<u64, JournalError> {
    Ok(from_sql(found.try_get(column)?))
}
