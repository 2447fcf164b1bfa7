//! A journal in a file: SQLite with a write-ahead log that is synced at each commit.

mod file;
mod rows;
mod writer;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::Validated;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use self::file::LockedFile;
use self::writer::Writer;
use crate::hash::InputHash;
use crate::journal::{
    Account, Bound, Claim, Completed, Confirmed, Counts, End, Journal, JournalError, Look, NewRow,
    ReadJournal, Round, RowId, RowOutcome, Settlement,
};
use crate::settle::{Known, OpenRow};

/// The format of the file, stored as its `user_version`.
const FORMAT: i64 = 3;

/// The application id in the file's header, which marks a journal of an import: `CLXI`.
const APPLICATION: i64 = 0x434c_5849;

/// A journal in a file on this machine. One process at a time can use it.
///
/// Three more files belong to it: SQLite's `-wal` and `-shm`, and `-lock`, which is locked while the journal is in use.
#[derive(Debug)]
pub struct SqliteJournal {
    writer: Writer,
    /// When the last send without a known outcome ended, or else when the journal was opened.
    last_unknown: Mutex<Instant>,
    file: LockedFile,
}

impl SqliteJournal {
    /// Opens a journal, or makes a new one that only the file's owner may read. Rows that were being sent when the last
    /// process ended become unknown.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, is in use, or is not a journal of this version.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let file = LockedFile::lock(path)?;
        let connection = Connection::open_with_flags(file.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let found = format(&connection)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        match found {
            0 if is_empty(&connection)? => connection.execute_batch(&format!(
                "BEGIN IMMEDIATE; {}; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;",
                include_str!("schema.sql")
            ))?,
            FORMAT => {}
            found => return Err(wrong_format(found)),
        }
        connection.execute(
            "UPDATE rows SET state = 'unknown', reason = 'the last run ended while it was being sent' \
             WHERE state = 'sending'",
            [],
        )?;
        Ok(Self { writer: Writer::start(connection), last_unknown: Mutex::new(Instant::now()), file })
    }

    /// Opens a journal for reading only. Another process may be using it.
    ///
    /// # Errors
    ///
    /// When the file does not exist, or cannot be read.
    pub fn read(path: &Path) -> Result<Reader, JournalError> {
        if !path.exists() {
            return Err(JournalError::NotThere { path: path.to_owned() });
        }
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        match format(&connection)? {
            FORMAT => Ok(Reader { connection: Mutex::new(connection) }),
            found => Err(wrong_format(found)),
        }
    }
}

/// A journal that was opened for reading only.
#[derive(Debug)]
pub struct Reader {
    connection: Mutex<Connection>,
}

impl Reader {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadJournal for Reader {
    async fn bound(&self) -> Result<Option<Bound>, JournalError> {
        rows::bound(&self.connection())
    }

    async fn counts(&self) -> Result<Counts, JournalError> {
        rows::counts(&self.connection())
    }

    async fn outcomes(&self, after: Option<RowId>, most: u32) -> Result<Vec<RowOutcome>, JournalError> {
        rows::outcomes(&self.connection(), after, most)
    }
}

impl ReadJournal for SqliteJournal {
    async fn bound(&self) -> Result<Option<Bound>, JournalError> {
        self.writer.work(rows::bound).await
    }

    async fn counts(&self) -> Result<Counts, JournalError> {
        self.writer.work(rows::counts).await
    }

    async fn outcomes(&self, after: Option<RowId>, most: u32) -> Result<Vec<RowOutcome>, JournalError> {
        self.writer.work(move |connection| rows::outcomes(connection, after, most)).await
    }
}

impl Journal for SqliteJournal {
    async fn load(
        &self,
        rows: mpsc::Receiver<Vec<NewRow>>,
        sealed: oneshot::Receiver<InputHash>,
    ) -> Result<(), JournalError> {
        self.writer.work(|connection| rows::load(connection, rows, sealed)).await
    }

    async fn bind_api(&self, base_url: &str, account: Option<&Account>) -> Result<(), JournalError> {
        let (base_url, account) = (base_url.to_owned(), account.cloned());
        self.writer.work(move |connection| rows::bind_api(connection, &base_url, account.as_ref())).await
    }

    async fn know(&self, customers: Vec<CustomerId>) -> Result<(), JournalError> {
        self.writer.work(move |connection| rows::know(connection, &customers)).await
    }

    async fn begin_round(&self) -> Result<Round, JournalError> {
        self.writer.work(rows::begin_round).await
    }

    async fn claim(&self, round: Round) -> Result<Option<(Claim, Validated<CreateCustomer>)>, JournalError> {
        self.writer.work(move |connection| rows::claim(connection, round)).await
    }

    async fn confirm(&self, _: &Claim) -> Result<Confirmed, JournalError> {
        // This process has the journal locked as long as it lives, so no other can claim the row.
        Ok(Confirmed::Held)
    }

    async fn complete(&self, claim: Claim, end: End) -> Result<Completed, JournalError> {
        let now_unknown = || {
            *self.last_unknown.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        };
        if let End::Unknown { .. } = end {
            now_unknown();
        }
        let completed = self.writer.work(move |connection| rows::complete(connection, &claim, end)).await?;
        if let Completed::Taken(_) = completed {
            now_unknown();
        }
        Ok(completed)
    }

    async fn look(&self) -> Result<Look, JournalError> {
        let open = self.open_rows().await?;
        let last = *self.last_unknown.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet_for = open.iter().any(OpenRow::is_unknown).then(|| last.elapsed());
        // No other process settles.
        Ok(Look { open, quiet_for, settlings: 0 })
    }

    async fn open_rows(&self) -> Result<Vec<OpenRow>, JournalError> {
        self.writer.work(rows::open_rows).await
    }

    async fn known(&self) -> Result<Known, JournalError> {
        self.writer.work(rows::known).await
    }

    async fn settle(
        &self,
        _: &Look,
        settlements: Vec<(RowId, Settlement)>,
        known: Vec<CustomerId>,
    ) -> Result<bool, JournalError> {
        self.writer.work(move |connection| rows::settle(connection, &settlements, &known)).await?;
        Ok(true)
    }

    async fn discard(self) -> Result<(), JournalError> {
        let Self { writer, file, .. } = self;
        if !file.is_new() || !writer.work(rows::is_empty).await? {
            return Ok(());
        }
        // Dropping the writer closes the database.
        drop(writer);
        file.remove()
    }
}

fn format(connection: &Connection) -> Result<i64, JournalError> {
    match connection.pragma_query_value(None, "user_version", |row| row.get(0)) {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            Err(JournalError::NoJournal { found: "no database" })
        }
        version => {
            let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
            match version? {
                0 => Ok(0),
                version if application == APPLICATION => Ok(version),
                _ => Err(wrong_format(0)),
            }
        }
    }
}

fn is_empty(connection: &Connection) -> Result<bool, JournalError> {
    Ok(connection.query_row("SELECT 1 FROM sqlite_schema", [], |_| Ok(())).optional()?.is_none())
}

fn wrong_format(found: i64) -> JournalError {
    if found == 0 {
        JournalError::NoJournal { found: "another database" }
    } else {
        JournalError::OtherFormat { expected: FORMAT, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of `PRAGMA synchronous` when every commit is synced.
    const FULL: i64 = 2;

    #[tokio::test]
    async fn every_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        // New, and opened again.
        for _ in 0..2 {
            let journal = SqliteJournal::open(&path).unwrap();
            let settings = journal.writer.work(|connection| {
                let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
                let synchronous: i64 =
                    connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
                Ok((mode, synchronous))
            });
            assert_eq!(settings.await.unwrap(), ("wal".to_owned(), FULL));
        }
    }
}
