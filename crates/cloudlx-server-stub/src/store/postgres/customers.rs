//! Customers in the database.

use std::time::{Duration, UNIX_EPOCH};

use cloudlx_model::{Customer, CustomerId};
use serde_json::Value;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, Transaction};

use super::connections::QueryError;
use super::microseconds::in_microseconds;
use crate::store::cursor::BATCH_SIZE;
use crate::store::seed::with_ids;
use crate::store::{Batch, Cursor, Last, Seed, SeedError, Slice, Snapshot};

/// The field that is stored in a column of its own.
const ID: &str = "id";

/// Stores a customer, and returns its id.
pub(super) async fn add(
    client: &Client,
    customer: &str,
    request: &str,
    later: Duration,
) -> Result<CustomerId, QueryError> {
    let sql = "INSERT INTO customers (appears_at, customer, request) \
               VALUES (CASE $3 WHEN 0 THEN '-infinity' ELSE clock_timestamp() + $3 * interval '1 microsecond' END, $1, $2) \
               RETURNING id";
    let later = in_microseconds(later);
    let rows = client
        .query_typed(sql, &[(&customer, Type::TEXT), (&request, Type::TEXT), (&later, Type::INT8)])
        .await?;
    read_id(rows.first().ok_or(QueryError::Unreadable { expected: "an id" })?, 0)
}

/// The customer with this id, if it is visible. `ahead` is how much the stub's clock is ahead of the database's.
pub(super) async fn get(client: &Client, id: i64, ahead: Duration) -> Result<Option<Customer>, QueryError> {
    let sql = "SELECT id, customer FROM customers \
               WHERE id = $1 AND appears_at <= clock_timestamp() + $2 * interval '1 microsecond'";
    let ahead = in_microseconds(ahead);
    let rows = client.query_typed(sql, &[(&id, Type::INT8), (&ahead, Type::INT8)]).await?;
    rows.first().map(|row| read_customer(row, 0)).transpose()
}

/// The next customers of a list; none when all customers were removed since the list began.
pub(super) async fn batch(
    client: &Client,
    cursor: Cursor,
    ahead: Duration,
) -> Result<Option<Batch>, QueryError> {
    let sql = "WITH began AS MATERIALIZED ( \
                   SELECT coalesce($1, clock_timestamp() + $2 * interval '1 microsecond') AS at) \
               SELECT state.generation, began.at, later.id, later.customer \
               FROM state CROSS JOIN began LEFT JOIN LATERAL ( \
                   SELECT id, customer FROM customers WHERE id > $3 AND appears_at <= began.at ORDER BY id LIMIT $4 \
               ) AS later ON true ORDER BY later.id";
    let at = cursor.snapshot.map(|snapshot| UNIX_EPOCH + snapshot.at);
    let (after, most) =
        (i64::try_from(cursor.after.0).unwrap_or(i64::MAX), i64::try_from(BATCH_SIZE).unwrap_or(i64::MAX));
    let rows = client
        .query_typed(
            sql,
            &[
                (&at, Type::TIMESTAMPTZ),
                (&in_microseconds(ahead), Type::INT8),
                (&after, Type::INT8),
                (&most, Type::INT8),
            ],
        )
        .await?;
    let Some(first) = rows.first() else { return Err(QueryError::Unreadable { expected: "a row in state" }) };
    let generation: i64 = first.try_get(0)?;
    let generation = u64::try_from(generation).unwrap_or_default();
    let at: std::time::SystemTime = first.try_get(1)?;
    let now = Snapshot { generation, at: at.duration_since(UNIX_EPOCH).unwrap_or_default() };
    let snapshot = cursor.snapshot.unwrap_or(now);
    if snapshot.generation != generation {
        return Ok(None);
    }
    Ok(Some(Batch::new(read_customers(&rows, 2)?, BATCH_SIZE, snapshot)))
}

/// The number of customers, and the last of them, at most `most`.
pub(super) async fn last(client: &Client, most: usize, ahead: Duration) -> Result<Last, QueryError> {
    let sql = "WITH now AS MATERIALIZED (SELECT clock_timestamp() + $1 * interval '1 microsecond' AS at) \
               SELECT (SELECT count(*) FROM customers WHERE appears_at <= now.at), last.id, last.customer \
               FROM now LEFT JOIN LATERAL ( \
                   SELECT id, customer FROM customers WHERE appears_at <= now.at ORDER BY id DESC LIMIT $2 \
               ) AS last ON true ORDER BY last.id";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = client.query_typed(sql, &[(&in_microseconds(ahead), Type::INT8), (&most, Type::INT8)]).await?;
    Ok(Last { total: total(&rows)?, customers: read_customers(&rows, 1)? })
}

/// At most `most` customers after the first `after` ones, and the number of all.
pub(super) async fn slice(
    client: &Client,
    after: u64,
    most: usize,
    ahead: Duration,
) -> Result<Slice<Customer>, QueryError> {
    let sql = "WITH now AS MATERIALIZED (SELECT clock_timestamp() + $1 * interval '1 microsecond' AS at) \
               SELECT (SELECT count(*) FROM customers WHERE appears_at <= now.at), part.id, part.customer \
               FROM now LEFT JOIN LATERAL ( \
                   SELECT id, customer FROM customers WHERE appears_at <= now.at ORDER BY id OFFSET $2 LIMIT $3 \
               ) AS part ON true ORDER BY part.id";
    let (after, most) = (i64::try_from(after).unwrap_or(i64::MAX), i64::try_from(most).unwrap_or(i64::MAX));
    let parameters = [in_microseconds(ahead), after, most];
    let [ahead, after, most] = &parameters;
    let rows =
        client.query_typed(sql, &[(ahead, Type::INT8), (after, Type::INT8), (most, Type::INT8)]).await?;
    Ok(Slice { total: total(&rows)?, items: read_customers(&rows, 1)? })
}

/// The number of customers, from the first column.
fn total(rows: &[Row]) -> Result<usize, QueryError> {
    let first = rows.first().ok_or(QueryError::Unreadable { expected: "a number of customers" })?;
    let total: i64 = first.try_get(0)?;
    Ok(usize::try_from(total).unwrap_or_default())
}

/// Removes all customers, and returns how many there were.
pub(super) async fn clear(mut client: Client) -> Result<usize, QueryError> {
    let transaction = client.transaction().await?;
    let removed = remove_all(&transaction).await?;
    transaction.commit().await?;
    Ok(removed)
}

/// Stores all seeds, or none.
pub(super) async fn seed(
    mut client: Client,
    seeds: Vec<Seed>,
    replace: bool,
) -> Result<Result<Vec<Customer>, SeedError>, QueryError> {
    let transaction = client.transaction().await?;
    // Blocks creates, so that no other customer gets one of the ids.
    transaction.batch_execute("LOCK TABLE customers IN EXCLUSIVE MODE").await?;
    if replace {
        remove_all(&transaction).await?;
    }
    let next = "SELECT greatest((SELECT max(id) + 1 FROM customers), \
                (SELECT last_value + is_called::int FROM customers_id_seq))";
    let free = read_id(&transaction.query_one(next, &[]).await?, 0)?;
    let own: Vec<_> =
        seeds.iter().filter_map(|seed| seed.id).filter_map(|id| i64::try_from(id.0).ok()).collect();
    let rows = transaction.query("SELECT id FROM customers WHERE id = ANY($1)", &[&own]).await?;
    let taken: Vec<_> = rows.iter().map(|row| read_id(row, 0)).collect::<Result<_, _>>()?;
    let customers = match with_ids(seeds, |id| taken.contains(&id), free) {
        Ok(customers) => customers,
        Err(error) => return Ok(Err(error)),
    };
    let insert = transaction
        .prepare("INSERT INTO customers (id, appears_at, customer, request) VALUES ($1, '-infinity', $2, '')")
        .await?;
    for customer in &customers {
        let id = i64::try_from(customer.id.0).unwrap_or(i64::MAX);
        transaction.execute(&insert, &[&id, &without_id(customer)?]).await?;
    }
    let last = "SELECT setval('customers_id_seq', greatest((SELECT max(id) FROM customers), \
                (SELECT last_value FROM customers_id_seq))) WHERE EXISTS (SELECT FROM customers)";
    transaction.execute(last, &[]).await?;
    transaction.commit().await?;
    Ok(Ok(customers))
}

/// A customer as JSON, without its id.
pub(super) fn without_id(customer: &Customer) -> Result<String, QueryError> {
    let unwritable = |_| QueryError::Unreadable { expected: "a customer that can be written as JSON" };
    let mut customer = serde_json::to_value(customer).map_err(unwritable)?;
    if let Value::Object(fields) = &mut customer {
        fields.remove(ID);
    }
    Ok(customer.to_string())
}

/// Waits for other transactions, and resets the table.
async fn remove_all(transaction: &Transaction<'_>) -> Result<usize, QueryError> {
    transaction.batch_execute("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE").await?;
    let count: i64 = transaction.query_one("SELECT count(*) FROM customers", &[]).await?.try_get(0)?;
    let sql = "TRUNCATE customers RESTART IDENTITY; UPDATE state SET generation = generation + 1";
    transaction.batch_execute(sql).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Reads customers from rows: the id from this column, the other fields from the next one.
fn read_customers(rows: &[Row], column: usize) -> Result<Vec<Customer>, QueryError> {
    let mut customers = Vec::with_capacity(rows.len());
    for row in rows {
        // An empty list is one row without a customer.
        if row.try_get::<_, Option<i64>>(column)?.is_some() {
            customers.push(read_customer(row, column)?);
        }
    }
    Ok(customers)
}

/// Reads a customer: the id from this column, the other fields from the next one.
fn read_customer(row: &Row, column: usize) -> Result<Customer, QueryError> {
    let unreadable = |_| QueryError::Unreadable { expected: "a customer in the column customer" };
    let id = read_id(row, column)?;
    let customer: &str = row.try_get(column + 1)?;
    let mut customer: Value = serde_json::from_str(customer).map_err(unreadable)?;
    if let Value::Object(fields) = &mut customer {
        fields.insert(ID.to_owned(), id.0.into());
    }
    serde_json::from_value(customer).map_err(unreadable)
}

fn read_id(row: &Row, column: usize) -> Result<CustomerId, QueryError> {
    let id: i64 = row.try_get(column)?;
    u64::try_from(id).map(CustomerId).map_err(|_| QueryError::Unreadable { expected: "a customer's id" })
}
