//! The SQL of the journal, one function for each operation. The writer runs every function inside a transaction.

use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::{Validated, from_json};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::{mpsc, oneshot};

use crate::hash::InputHash;
use crate::journal::stored::{StoredEnd, StoredSettlement, from_sql, to_sql};
use crate::journal::{
    Account, Bound, Claim, Completed, Counts, End, JournalError, NewRow, Round, RowId, RowOutcome,
    Settlement, State, Taken,
};
use crate::settle::{Known, OpenRow, Progress};

pub(super) fn bound(connection: &Connection) -> Result<Option<Bound>, JournalError> {
    let bound = |row: &Row<'_>| {
        let account = row.get::<_, Option<String>>(2)?.map(Account::from_stored);
        Ok(Bound { input: row.get(0)?, api: row.get(1)?, account })
    };
    Ok(connection.query_row("SELECT input, api, account FROM import", [], bound).optional()?)
}

/// Whether nothing has been stored yet.
pub(super) fn is_empty(connection: &Connection) -> Result<bool, JournalError> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM import) AND NOT EXISTS (SELECT 1 FROM rows) \
               AND NOT EXISTS (SELECT 1 FROM known)";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

pub(super) fn load(
    connection: &Connection,
    mut rows: mpsc::Receiver<Vec<NewRow>>,
    sealed: oneshot::Receiver<InputHash>,
) -> Result<(), JournalError> {
    let mut insert =
        connection.prepare("INSERT INTO rows (line, state, request, reason) VALUES (?, ?, ?, ?)")?;
    while let Some(rows) = rows.blocking_recv() {
        for row in rows {
            match row {
                NewRow::Pending { line, request } => {
                    insert.execute(params![to_sql(line), State::Pending.as_str(), request, None::<&str>])?
                }
                NewRow::Skipped { line, reason } => {
                    insert.execute(params![to_sql(line), State::Skipped.as_str(), b"", reason])?
                }
            };
        }
    }
    let input = sealed.blocking_recv().map_err(|_| JournalError::NotLoaded)?;
    connection.execute("INSERT INTO import (one, input) VALUES (1, ?)", [input.to_string()])?;
    Ok(())
}

pub(super) fn bind_api(
    connection: &Connection,
    base_url: &str,
    account: Option<&Account>,
) -> Result<(), JournalError> {
    if !bound(connection)?.ok_or(JournalError::NotLoaded)?.is_to(base_url, account)? {
        let sql = "UPDATE import SET api = ?, account = coalesce(account, ?)";
        connection.execute(sql, params![base_url, account.map(Account::as_str)])?;
    }
    Ok(())
}

pub(super) fn know(connection: &Connection, customers: &[CustomerId]) -> Result<(), JournalError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM rows WHERE state IN ('sending', 'unknown'))";
    let is_open: bool = connection.query_row(sql, [], |row| row.get(0))?;
    if is_open { Ok(()) } else { keep_known(connection, customers) }
}

fn keep_known(connection: &Connection, customers: &[CustomerId]) -> Result<(), JournalError> {
    // Customers of rows are known through their rows.
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO known SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM rows WHERE customer = ?1)",
    )?;
    for customer in customers {
        insert.execute([to_sql(customer.0)])?;
    }
    Ok(())
}

pub(super) fn begin_round(connection: &Connection) -> Result<Round, JournalError> {
    let sql = "UPDATE import SET round = round + 1 RETURNING round";
    let round = connection.query_row(sql, [], |row| number(row, 0)).optional()?;
    round.map(Round).ok_or(JournalError::NotLoaded)
}

pub(super) fn claim(
    connection: &Connection,
    round: Round,
) -> Result<Option<(Claim, Validated<CreateCustomer>)>, JournalError> {
    let mut next = connection.prepare_cached(
        "SELECT row, line, request FROM rows WHERE state = 'pending' AND round < ? ORDER BY round, row LIMIT 1",
    )?;
    loop {
        let found = next.query_row([to_sql(round.0)], |row| {
            Ok((id(row, 0)?, number(row, 1)?, row.get::<_, Vec<u8>>(2)?))
        });
        let Some((row, line, request)) = found.optional()? else { return Ok(None) };
        match from_json(&request) {
            Ok(request) => {
                let sql = "UPDATE rows SET state = 'sending', round = ? WHERE row = ? AND state = 'pending'";
                step(connection, sql, row, State::Pending, params![to_sql(round.0), to_sql(row.0)])?;
                return Ok(Some((Claim { row, line, version: round.0 }, request)));
            }
            // It was valid by the rules of the version that loaded it.
            Err(violations) => {
                let sql = "UPDATE rows SET state = 'refused', reason = ? WHERE row = ? AND state = 'pending'";
                let reason = format!("not sent, for it is invalid: {violations}");
                step(connection, sql, row, State::Pending, params![reason, to_sql(row.0)])?;
            }
        }
    }
}

pub(super) fn complete(connection: &Connection, claim: &Claim, end: End) -> Result<Completed, JournalError> {
    let ended = StoredEnd::from(end);
    let Err(failed) = keep(connection, claim, &ended) else { return Ok(Completed::Kept) };
    // Only that statement was undone. This query is made only after a failure, because it costs time and no correct server
    // causes it.
    let Some(taken) = row_with_same_customer(connection, claim, &ended)? else { return Err(failed) };
    keep(connection, claim, &ended.with_other_rows_customer(&taken))?;
    Ok(Completed::Taken(taken))
}

/// The other row that has the customer which this row ended with.
fn row_with_same_customer(
    connection: &Connection,
    claim: &Claim,
    ended: &StoredEnd,
) -> Result<Option<Taken>, JournalError> {
    let Some(customer) = ended.customer() else { return Ok(None) };
    let sql = "SELECT row FROM rows WHERE customer = ? AND row <> ?";
    let ids = [to_sql(customer.0), to_sql(claim.row.0)];
    let other = connection.query_row(sql, ids, |row| id(row, 0)).optional()?;
    Ok(other.map(|other| Taken { customer, other }))
}

fn keep(connection: &Connection, claim: &Claim, ended: &StoredEnd) -> Result<(), JournalError> {
    let StoredEnd { state, customer, altered, acted, refused, reason } = ended;
    // A row that was not processed keeps its count of refusals.
    let sql = "UPDATE rows SET state = ?1, customer = ?2, altered = ?3, acted = ?4, reason = ?5, \
                   refusals = CASE WHEN ?6 THEN refusals + 1 WHEN ?1 = 'pending' THEN refusals ELSE 0 END \
               WHERE row = ?7 AND state = 'sending'";
    let values = params![state.as_str(), customer, altered, acted, reason, refused, to_sql(claim.row.0)];
    step(connection, sql, claim.row, State::Sending, values)
}

pub(super) fn open_rows(connection: &Connection) -> Result<Vec<OpenRow>, JournalError> {
    let mut open = connection.prepare_cached(
        "SELECT row, state, acted, refusals, request FROM rows WHERE state IN ('sending', 'unknown') ORDER BY row",
    )?;
    let rows = open.query_map([], |row| {
        let is_sending = state(row, 1)? == State::Sending;
        let progress = if is_sending { Progress::Sending } else { Progress::Unknown { acted: row.get(2)? } };
        Ok((id(row, 0)?, progress, row.get(3)?, row.get::<_, Vec<u8>>(4)?))
    })?;
    rows.map(|row| {
        let (row, progress, refusals, request) = row?;
        let request = serde_json::from_slice(&request).map_err(|_| JournalError::Unreadable { row })?;
        Ok(OpenRow { row, request, progress, refusals })
    })
    .collect()
}

pub(super) fn known(connection: &Connection) -> Result<Known, JournalError> {
    let mut ids = connection.prepare_cached(
        "SELECT customer FROM known UNION ALL SELECT customer FROM rows WHERE customer IS NOT NULL",
    )?;
    let customers = ids.query_map([], |row| Ok(CustomerId(number(row, 0)?)))?.collect::<Result<_, _>>()?;
    let alters =
        connection.query_row("SELECT EXISTS (SELECT 1 FROM rows WHERE altered = 1)", [], |row| row.get(0))?;
    Ok(Known { customers, alters })
}

pub(super) fn settle(
    connection: &Connection,
    settlements: &[(RowId, Settlement)],
    now_known: &[CustomerId],
) -> Result<(), JournalError> {
    let sql = "UPDATE rows SET state = ?, customer = ?, acted = 0, \
                   reason = CASE WHEN ? THEN ? || coalesce(': ' || reason, '') ELSE ? END \
               WHERE row = ? AND state = 'unknown'";
    for (row, settlement) in settlements {
        let StoredSettlement { state, customer, reason, and_why_unknown } = settlement.into();
        let values = params![state.as_str(), customer, and_why_unknown, reason, reason, to_sql(row.0)];
        step(connection, sql, *row, State::Unknown, values)?;
    }
    keep_known(connection, now_known)
}

pub(super) fn counts(connection: &Connection) -> Result<Counts, JournalError> {
    let mut states = connection.prepare_cached("SELECT state, count(*) FROM rows GROUP BY state")?;
    let mut counts = Counts::default();
    let mut rows = states.query([])?;
    while let Some(row) = rows.next()? {
        *counts.count_mut(state(row, 0)?) = number(row, 1)?;
    }
    Ok(counts)
}

pub(super) fn outcomes(
    connection: &Connection,
    after: Option<RowId>,
    most: u32,
) -> Result<Vec<RowOutcome>, JournalError> {
    let mut outcomes = connection.prepare_cached(
        "SELECT row, line, state, customer, reason FROM rows WHERE row > ? ORDER BY row LIMIT ?",
    )?;
    let rows = outcomes.query_map(params![to_sql(after.map_or(0, |row| row.0)), most], |row| {
        Ok(RowOutcome {
            row: id(row, 0)?,
            line: number(row, 1)?,
            outcome: state(row, 2)?,
            customer_id: row.get::<_, Option<i64>>(3)?.map(from_sql).map(CustomerId),
            reason: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Takes one row one step, from the expected state.
fn step(
    connection: &Connection,
    sql: &str,
    row: RowId,
    expected: State,
    values: &[&dyn rusqlite::ToSql],
) -> Result<(), JournalError> {
    match connection.prepare_cached(sql)?.execute(values)? {
        1 => Ok(()),
        _ => Err(JournalError::Moved { row, expected }),
    }
}

fn state(row: &Row<'_>, column: usize) -> rusqlite::Result<State> {
    let text = row.get_ref(column)?.as_str()?;
    State::from_name(text).ok_or(rusqlite::Error::InvalidQuery)
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<RowId> {
    number(row, column).map(RowId)
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(from_sql)
}
