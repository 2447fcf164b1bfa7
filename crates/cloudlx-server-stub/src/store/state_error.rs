//! Why the state of a stub cannot be written or read.

use std::error::Error;
use std::path::PathBuf;

/// Why the state of a stub cannot be written or read.
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
    /// Another stub uses the file.
    #[error(
        "expected a state that no other stub uses, and one uses {}: end that one, choose another file, or share a database \
         (--state postgres://USER@HOST/DATABASE)",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The stub has stopped, and writes nothing more.
    #[error("the stub has stopped and keeps nothing more in {}: start another", path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
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
    /// The shared database refused a statement, could not be reached, or did not answer in time.
    #[error(
        "could not use the shared state {address}, {reason}: check that its server runs and lets this user in, and try again"
    )]
    Shared {
        /// The database, without a password.
        address: String,
        /// What went wrong, in a line.
        reason: String,
    },
    /// The database has a schema of that name that is something else.
    #[error(
        "expected a state of the stub in the schema cloudlx_stub of {address}, found something else: choose another database"
    )]
    SharedOther {
        /// The database, without a password.
        address: String,
    },
    /// The state in the database is of another version of the stub.
    #[error(
        "expected version {expected} of the state in {address}, found {found}: use the version of the stub that made it, or \
         drop its schema cloudlx_stub"
    )]
    SharedVersion {
        /// The database, without a password.
        address: String,
        /// The version that this stub reads and writes.
        expected: i64,
        /// The version of the database.
        found: i64,
    },
}
