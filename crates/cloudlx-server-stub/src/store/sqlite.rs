//! Customers in an SQLite database: a file that one stub writes and any program may read.
//!
//! | column of `customers` | content |
//! | --- | --- |
//! | `id` | The customer's id. |
//! | `appears_at_ms` | Since when it is visible, in milliseconds of Unix time. For a customer that a fault commits late it is in the future, also for the next process. |
//! | `customer` | The customer as JSON, as the details endpoint answers it. |
//! | `request` | The body of the create request as it was received: JSON, with fields that no answer has. Empty for a seeded customer. |
//!
//! The database is in WAL mode with `synchronous=NORMAL`: an added customer survives the end of the process, also a crash. A
//! loss of power may lose the last customers. A stub need not survive that, and waiting for the disk would make it slower
//! than the API that it stands for.

use std::future::ready;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use cloudlx_model::{AccessToken, Customer, CustomerId};
use rusqlite::{Connection, Row};

use super::file_lock::FileLock;
use super::memory::Memory;
use super::{Batch, Cursor, Last, NewCustomer, Seed, SeedError, Slice, StateError, Store, StoreFuture};
use crate::auth::{Caller, TokenError, TokenKind};
use crate::lock::locked;

/// Marks the file as a state of the stub: `CLXS`.
const APPLICATION: i64 = 0x434c_5853;

/// The version of the table. Version 2 added the requests.
const VERSION: i64 = 2;

/// The customers in memory and in a database file, which is read once, when it is opened.
pub(crate) struct Sqlite {
    memory: Memory,
    path: PathBuf,
    /// None once the stub has stopped.
    file: Mutex<Option<File>>,
}

/// An open database file.
struct File {
    path: PathBuf,
    database: Connection,
    /// Released after the database is closed.
    _lock: Option<FileLock>,
}

impl Sqlite {
    /// Opens the database at `path`, or creates it, and loads its customers into `memory`.
    ///
    /// # Errors
    ///
    /// When it cannot be read and written, is no state of the stub, or another stub uses it. The file is not changed then.
    pub(crate) fn open(path: &Path, memory: Memory) -> Result<Self, StateError> {
        let file = File::open(path)?;
        for (customer, later) in file.all()? {
            memory.load(&customer, later);
        }
        Ok(Self { memory, path: path.into(), file: Mutex::new(Some(file)) })
    }

    fn write(&self, write: impl FnOnce(&mut File) -> Result<(), StateError>) -> Result<(), StateError> {
        let mut file = locked(&self.file);
        write(file.as_mut().ok_or_else(|| StateError::Stopped { path: self.path.clone() })?)
    }
}

impl Store for Sqlite {
    fn add<'a>(&'a self, new: NewCustomer<'a>) -> StoreFuture<'a, Result<Customer, StateError>> {
        let (request, later) = (new.request, new.later);
        let persist = |customer: &Customer| self.write(|file| file.add(customer, request, later));
        Box::pin(ready(self.memory.add_after(new, persist)))
    }

    fn get(&self, id: CustomerId) -> StoreFuture<'_, Result<Option<Customer>, StateError>> {
        self.memory.get(id)
    }

    fn batch(&self, cursor: Cursor) -> StoreFuture<'_, Result<Option<Batch>, StateError>> {
        self.memory.batch(cursor)
    }

    fn last(&self, most: usize) -> StoreFuture<'_, Result<Last, StateError>> {
        self.memory.last(most)
    }

    fn slice(&self, after: u64, most: usize) -> StoreFuture<'_, Result<Slice<Customer>, StateError>> {
        self.memory.slice(after, most)
    }

    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> StoreFuture<'_, Result<Vec<Customer>, SeedError>> {
        let persist = |customers: &[Customer]| self.write(|file| file.seed(customers, replace));
        Box::pin(ready(self.memory.seed_after(seeds, replace, persist)))
    }

    fn clear(&self) -> StoreFuture<'_, Result<usize, StateError>> {
        Box::pin(ready(self.memory.clear_after(|| self.write(|file| file.clear()))))
    }

    fn add_tokens<'a>(
        &'a self,
        pair: &'a AccessToken,
        caller: &'a Caller,
    ) -> StoreFuture<'a, Result<(), StateError>> {
        self.memory.add_tokens(pair, caller)
    }

    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> StoreFuture<'a, Result<Result<Caller, TokenError>, StateError>> {
        self.memory.find(kind, token)
    }

    fn revoke<'a>(&'a self, token: &'a str) -> StoreFuture<'a, Result<bool, StateError>> {
        self.memory.revoke(token)
    }

    fn revoke_all(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>> {
        self.memory.revoke_all()
    }

    fn forget_tokens(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>> {
        self.memory.forget_tokens()
    }

    fn release(&self) {
        drop(locked(&self.file).take());
    }
}

impl File {
    fn open(path: &Path) -> Result<Self, StateError> {
        let failed = |source| failed(path, source);
        let database = Connection::open(path).map_err(failed)?;
        // Checked before the lock, so that no lock file is made beside a file that is no state.
        is_new(path, &database)?;
        let lock = FileLock::acquire(path)?;
        // Checked again, because another stub may have created it meanwhile.
        let tables = if is_new(path, &database)? { create_tables() } else { String::new() };
        set_up(&database, &tables).map_err(failed)?;
        Ok(Self { path: path.into(), database, _lock: lock })
    }

    /// All customers, each with the time until it becomes visible.
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
        let customers: rusqlite::Result<_> = rows();
        customers.map_err(|source| failed(&self.path, source))
    }

    fn add(&self, customer: &Customer, request: &[u8], later: Duration) -> Result<(), StateError> {
        insert(&self.database, customer, request, later).map_err(|source| failed(&self.path, source))
    }

    /// Writes all seeds, or none. They have no request.
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
    // A body that was read as JSON is UTF-8.
    let request = String::from_utf8_lossy(request);
    let json = serde_json::to_string(customer)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let mut insert = database.prepare_cached(
        "INSERT INTO customers (id, appears_at_ms, customer, request) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let id = i64::try_from(customer.id.0).unwrap_or(i64::MAX);
    insert.execute((id, appears_at, json, request)).map(drop)
}

/// The marks in the head of a database file.
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

/// Whether the database is empty, and so not a state yet.
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

/// The SQL that makes an empty database a state.
fn create_tables() -> String {
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
