//! Why a journal cannot be used.

use std::path::PathBuf;

use super::{RowId, State};
use crate::input::InputHash;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be opened.
    #[error("could not open the journal {}: check the path, and that the folder is there and may be written to", path.display())]
    Open {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no such file.
    #[error("there is no journal {}: an import makes one", path.display())]
    NotThere {
        /// The journal.
        path: PathBuf,
    },
    /// Another process uses it.
    #[error("the journal {} is in use by another import: wait for its end, or look with `cloudlx import status`", path.display())]
    InUse {
        /// The journal.
        path: PathBuf,
    },
    /// It is no journal of an import, or one of a newer version.
    #[error(
        "expected a journal that this version reads (format {expected}), found {found}: take another file"
    )]
    Format {
        /// What this version reads.
        expected: i64,
        /// What the file says.
        found: String,
    },
    /// It belongs to another input.
    #[error(
        "the journal belongs to another input: it was begun with a file whose SHA-256 is {bound}, this one's is {found}. \
         Rows are known by their place, so a file that was changed cannot go on with it: give the file as it was, or, for \
         other customers, another journal"
    )]
    OtherInput {
        /// The hash of the input that it belongs to.
        bound: String,
        /// The hash of this one.
        found: InputHash,
    },
    /// It belongs to another API.
    #[error(
        "the journal belongs to the API at {bound}, not {found}: customers of one are not those of another. Set the base \
         URL back, or take another journal"
    )]
    OtherApi {
        /// The base URL that it belongs to.
        bound: String,
        /// This one.
        found: String,
    },
    /// A row is not where it has to be.
    #[error("row {row} of the journal is no longer {expected}: somebody else has changed it")]
    Moved {
        /// The row.
        row: RowId,
        /// Where it has to be.
        expected: State,
    },
    /// What is stored for a row cannot be read.
    #[error("row {row} of the journal cannot be read: the file was changed by another program")]
    Unreadable {
        /// The row.
        row: RowId,
    },
    /// The database failed.
    #[error(
        "the journal could not be read or written: check that the disk is there and has room, then run it again"
    )]
    Sqlite(#[from] rusqlite::Error),
    /// Something else that was to be written with it failed, so that it was not written either.
    #[error("the journal was not written, for something else could not be: {reason}")]
    NotWritten {
        /// What failed.
        reason: String,
    },
    /// Loading was broken off.
    #[error("the rows were not loaded to their end")]
    NotLoaded,
}
