//! Customers in an SQLite database: a file that one stub writes, and whoever likes reads.
//!
//! | column of `customers` | what it holds |
//! | --- | --- |
//! | `id` | The customer's id. |
//! | `appears_at_ms` | Since when it is there, in milliseconds of Unix time. In the future for one that a fault commits late: the time to come outlives the process as well. |
//! | `customer` | The customer as details show it, as JSON. |
//! | `request` | The request that it was created by, as it was received: JSON, with what no answer shows. Empty for one that was seeded. |
//!
//! The database is in WAL mode with `synchronous=NORMAL`: what was added is there after the end of the process, however it
//! came. After a loss of power the last customers may not be, which a stub need not survive; and waiting for the disk
//! would make it slower than what it stands for.

use std::future::ready;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use cloudlx_model::{AccessToken, Customer, CustomerId};
use rusqlite::{Connection, Row};

use super::file_lock::FileLock;
use super::memory::Memory;
use super::{Batch, Cursor, Last, New, Pending, Seed, SeedError, Slice, StateError, Store};
use crate::auth::{Caller, Refused, TokenKind};
use crate::lock::locked;

/// Says in the file's head that it is a state of the stub: `CLXS`.
const APPLICATION: i64 = 0x434c_5853;

/// The version of the table. 2 has the requests.
const VERSION: i64 = 2;

/// Memory, and a database that has the customers as well. It is read when it is opened.
pub(crate) struct Sqlite {
    memory: Memory,
    path: PathBuf,
    /// None once the stub has stopped.
    file: Mutex<Option<File>>,
}

/// A database that is open.
struct File {
    path: PathBuf,
    database: Connection,
    /// Held until the database is closed.
    _lock: Option<FileLock>,
}

impl Sqlite {
    /// Opens the database at `path`, and makes it where there is none. Its customers are held in `memory`.
    ///
    /// # Errors
    ///
    /// When it cannot be read and written, is something else, or another stub uses it. Then it is left as it was.
    pub(crate) fn open(path: &Path, memory: Memory) -> Result<Self, StateError> {
        let file = File::open(path)?;
        for (customer, later) in file.all()? {
            memory.hold(&customer, later);
        }
        Ok(Self { memory, path: path.into(), file: Mutex::new(Some(file)) })
    }

    fn keep(&self, keep: impl FnOnce(&mut File) -> Result<(), StateError>) -> Result<(), StateError> {
        let mut file = locked(&self.file);
        keep(file.as_mut().ok_or_else(|| StateError::Stopped { path: self.path.clone() })?)
    }
}

impl Store for Sqlite {
    fn add<'a>(&'a self, new: New<'a>) -> Pending<'a, Result<Customer, StateError>> {
        let (request, later) = (new.request, new.later);
        let kept = |customer: &Customer| self.keep(|file| file.add(customer, request, later));
        Box::pin(ready(self.memory.add_once(new, kept)))
    }

    fn get(&self, id: CustomerId) -> Pending<'_, Result<Option<Customer>, StateError>> {
        self.memory.get(id)
    }

    fn batch(&self, cursor: Cursor) -> Pending<'_, Result<Option<Batch>, StateError>> {
        self.memory.batch(cursor)
    }

    fn last(&self, most: usize) -> Pending<'_, Result<Last, StateError>> {
        self.memory.last(most)
    }

    fn slice(&self, after: u64, most: usize) -> Pending<'_, Result<Slice<Customer>, StateError>> {
        self.memory.slice(after, most)
    }

    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> Pending<'_, Result<Vec<Customer>, SeedError>> {
        let kept = |customers: &[Customer]| self.keep(|file| file.seed(customers, replace));
        Box::pin(ready(self.memory.seed_once(seeds, replace, kept)))
    }

    fn clear(&self) -> Pending<'_, Result<usize, StateError>> {
        Box::pin(ready(self.memory.clear_once(|| self.keep(|file| file.clear()))))
    }

    fn give<'a>(&'a self, pair: &'a AccessToken, caller: &'a Caller) -> Pending<'a, Result<(), StateError>> {
        self.memory.give(pair, caller)
    }

    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> Pending<'a, Result<Result<Caller, Refused>, StateError>> {
        self.memory.find(kind, token)
    }

    fn revoke<'a>(&'a self, token: &'a str) -> Pending<'a, Result<bool, StateError>> {
        self.memory.revoke(token)
    }

    fn revoke_all(&self) -> Pending<'_, Result<(usize, usize), StateError>> {
        self.memory.revoke_all()
    }

    fn forget_tokens(&self) -> Pending<'_, Result<(usize, usize), StateError>> {
        self.memory.forget_tokens()
    }

    fn let_go(&self) {
        drop(locked(&self.file).take());
    }
}

impl File {
    fn open(path: &Path) -> Result<Self, StateError> {
        let failed = |source| failed(path, source);
        let database = Connection::open(path).map_err(failed)?;
        // Beside what is no state there is to be no lock either.
        is_new(path, &database)?;
        let lock = FileLock::take(path)?;
        // Another stub may have made it in the meantime.
        let new = if is_new(path, &database)? { new() } else { String::new() };
        set_up(&database, &new).map_err(failed)?;
        Ok(Self { path: path.into(), database, _lock: lock })
    }

    /// All customers, each with how much later it is there.
    fn all(&self) -> Result<Vec<(Customer, Duration)>, StateError> {
        let unix = unix_time();
        let read = |row: &Row<'_>| {
            let appears_at: i64 = row.get(0)?;
            let appears_at = Duration::from_millis(u64::try_from(appears_at).unwrap_or_default());
            let customer: String = row.get(1)?;
            let customer = serde_json::from_str(&customer).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error))
            })?;
            Ok((customer, appears_at.saturating_sub(unix)))
        };
        let rows = || {
            let mut select =
                self.database.prepare("SELECT appears_at_ms, customer FROM customers ORDER BY id")?;
            select.query_map((), read)?.collect()
        };
        let kept: rusqlite::Result<_> = rows();
        kept.map_err(|source| failed(&self.path, source))
    }

    fn add(&self, customer: &Customer, request: &[u8], later: Duration) -> Result<(), StateError> {
        insert(&self.database, customer, request, later).map_err(|source| failed(&self.path, source))
    }

    /// All of them, or none. What was seeded has no request.
    fn seed(&mut self, customers: &[Customer], replace: bool) -> Result<(), StateError> {
        let mut seeded = || -> rusqlite::Result<()> {
            let transaction = self.database.transaction()?;
            if replace {
                transaction.execute("DELETE FROM customers", ())?;
            }
            for customer in customers {
                insert(&transaction, customer, &[], Duration::ZERO)?;
            }
            transaction.commit()
        };
        seeded().map_err(|source| failed(&self.path, source))
    }

    fn clear(&self) -> Result<(), StateError> {
        let cleared = self.database.execute("DELETE FROM customers", ());
        cleared.map(drop).map_err(|source| failed(&self.path, source))
    }
}

fn insert(
    database: &Connection,
    customer: &Customer,
    request: &[u8],
    later: Duration,
) -> rusqlite::Result<()> {
    let appears_at = i64::try_from(unix_time().saturating_add(later).as_millis()).unwrap_or(i64::MAX);
    // What was read as JSON is text.
    let request = String::from_utf8_lossy(request);
    let json = serde_json::to_string(customer)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let mut insert = database.prepare_cached(
        "INSERT INTO customers (id, appears_at_ms, customer, request) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let id = i64::try_from(customer.id.0).unwrap_or(i64::MAX);
    insert.execute((id, appears_at, json, request)).map(drop)
}

/// What a file says of itself.
struct Head {
    application: i64,
    version: i64,
    tables: i64,
}

fn head(database: &Connection) -> rusqlite::Result<Head> {
    let number = |sql| database.query_row(sql, (), |row| row.get(0));
    Ok(Head {
        application: number("PRAGMA application_id")?,
        version: number("PRAGMA user_version")?,
        tables: number("SELECT count(*) FROM sqlite_schema")?,
    })
}

/// Whether it is an empty database, and no state yet.
fn is_new(path: &Path, database: &Connection) -> Result<bool, StateError> {
    match head(database).map_err(|source| failed(path, source))? {
        Head { application: APPLICATION, version: VERSION, .. } => Ok(false),
        Head { application: APPLICATION, version, .. } => {
            Err(StateError::Version { path: path.into(), expected: VERSION, found: version })
        }
        Head { application: 0, version: 0, tables: 0 } => Ok(true),
        Head { .. } => Err(StateError::Other { path: path.into() }),
    }
}

/// What makes an empty database a state.
fn new() -> String {
    format!(
        "BEGIN IMMEDIATE;
         CREATE TABLE customers (
             id INTEGER PRIMARY KEY,
             appears_at_ms INTEGER NOT NULL,
             customer TEXT NOT NULL,
             request TEXT NOT NULL
         ) STRICT;
         PRAGMA application_id = {APPLICATION};
         PRAGMA user_version = {VERSION};
         COMMIT;"
    )
}

fn set_up(database: &Connection, sql: &str) -> rusqlite::Result<()> {
    database.execute_batch(&format!("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {sql}"))
}

fn unix_time() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

fn failed(path: &Path, source: rusqlite::Error) -> StateError {
    StateError::Database { path: path.into(), source: Box::new(source) }
}
