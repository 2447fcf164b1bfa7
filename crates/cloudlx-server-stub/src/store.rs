//! Where customers are kept beyond the process, if anywhere.

#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use crate::customers::Kept;

/// What keeps customers. Times are those of the stub's clock, which begins anew with each process: `now` is its reading.
pub(crate) trait Store: Send {
    /// All that were kept, by id.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    fn all(&mut self, now: Duration) -> Result<Vec<Kept>, StateError>;

    /// Keeps one more, and the request that asked for it as it was received, for those who look at the store. It is there for
    /// the next process once this returns.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn add(&mut self, kept: &Kept, request: &[u8], now: Duration) -> Result<(), StateError>;

    /// Forgets all of them.
    ///
    /// # Errors
    ///
    /// When it cannot be written. Then all are kept.
    fn clear(&mut self) -> Result<(), StateError>;
}

/// Why the state of a stub cannot be kept in a file, or read from it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The file cannot be opened, read or written.
    #[error(
        "could not use the state {}: check that its folder is there, that the file is a state of the stub and may be read \
         and written, and that no other stub uses it",
        path.display()
    )]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The file is a database of something else.
    #[error("expected a state of the stub in {}, found another database: choose another file", path.display())]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// The file is of another version of the stub.
    #[error(
        "expected version {expected} of the state in {}, found {found}: use the version of the stub that wrote it, or \
         choose another file",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version that this stub reads and writes.
        expected: i64,
        /// The version of the file.
        found: i64,
    },
}

/// Keeps nothing: the process's own memory is all that there is.
pub(crate) struct Memory;

impl Store for Memory {
    fn all(&mut self, _: Duration) -> Result<Vec<Kept>, StateError> {
        Ok(Vec::new())
    }

    fn add(&mut self, _: &Kept, _: &[u8], _: Duration) -> Result<(), StateError> {
        Ok(())
    }

    fn clear(&mut self) -> Result<(), StateError> {
        Ok(())
    }
}
