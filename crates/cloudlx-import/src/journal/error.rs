//! Why a journal cannot be used.

use std::path::PathBuf;
use std::time::Duration;

use cloudlx_model::CustomerId;

use super::state::State;
use crate::hash::InputHash;
use crate::row::RowId;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be opened.
    #[error("could not open the journal {}: check the path, and that the folder is there and may be written to", path.display())]
    Open {
        /// The journal.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file does not exist.
    #[error("there is no journal {}: check the path, or begin an import, which makes one", path.display())]
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
    /// The file has hard links, so that another import could lock it under another name.
    #[error(
        "the journal {} has other names as well (hard links), under which another import could use it: copy it to a file \
         of its own",
        path.display()
    )]
    Linked {
        /// The journal.
        path: PathBuf,
    },
    /// An empty journal that this import made cannot be removed.
    #[error("could not remove {}, a journal that holds nothing: remove it by hand, or leave it for the next import", path.display())]
    Remove {
        /// The journal.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file or database is not a journal of an import.
    #[error("expected a journal of an import, found {found}: take another file or database")]
    NoJournal {
        /// What it is instead.
        found: &'static str,
    },
    /// Another version made the journal, in another format.
    #[error(
        "expected a journal that this version reads (format {expected}), found format {found}: go on with the version that \
         began the import, for with a new journal its rows would be sent again"
    )]
    OtherFormat {
        /// The format that this version reads.
        expected: i64,
        /// The format of the journal.
        found: i64,
    },
    /// The journal belongs to another input.
    #[error(
        "the journal belongs to another input: it was begun with a file whose SHA-256 is {bound}, this one's is {found}. \
         Rows are known by their place, so a file that was changed cannot go on with it: give the file as it was. {}",
        other_rows(*skipped)
    )]
    OtherInput {
        /// The hash of the input that it belongs to.
        bound: String,
        /// The hash of this run's input.
        found: InputHash,
        /// The number of rows of that input that were left out as invalid.
        skipped: u64,
    },
    /// The journal belongs to another API.
    #[error(
        "the journal belongs to the API at {bound}, not {found}: customers of one are not those of another. Set the base \
         URL back, or take another journal"
    )]
    OtherApi {
        /// The base URL that it belongs to.
        bound: String,
        /// The base URL that this run uses.
        found: String,
    },
    /// The journal belongs to another account.
    #[error(
        "the journal belongs to another client id: customers of one account are not those of another. Set the client id \
         back, or take another journal. Where the id was renewed for the same account, an access token goes on"
    )]
    OtherAccount,
    /// Other workers use other times.
    #[error(
        "others work on this import with a settle time of {settle:?} and a lease of {lease:?}: start all with the same \
         (--settle, --lease), or wait for their end"
    )]
    OtherTimes {
        /// The settle time that they have.
        settle: Duration,
        /// The lease that they have.
        lease: Duration,
    },
    /// A row is not in the expected state.
    #[error("row {row} of the journal is no longer {expected}: somebody else has changed it")]
    Moved {
        /// The row.
        row: RowId,
        /// The expected state.
        expected: State,
    },
    /// The stored request of a row cannot be read.
    #[error("row {row} of the journal cannot be read: the file was changed by another program")]
    Unreadable {
        /// The row.
        row: RowId,
    },
    /// SQLite failed.
    #[error(
        "the journal could not be read or written: check that the disk is there and has room, then run it again"
    )]
    Sqlite(#[from] rusqlite::Error),
    /// There is no connection to the database.
    #[error(
        "could not connect to the journal at {address}: {reason}: check the address and that the server is there"
    )]
    Connect {
        /// The address, without the password.
        address: String,
        /// The message of the system or the server.
        reason: String,
    },
    /// The database has no journal.
    #[error("there is no journal at {address}: check the address, or begin an import, which makes one")]
    NotInDatabase {
        /// The address, without the password.
        address: String,
    },
    /// The database server does not wait for its disk (`fsync` is off).
    #[error("expected a database server that keeps what it has confirmed, found fsync = off: set it to on")]
    NotDurable,
    /// The database server failed.
    #[error(
        "the journal could not be read or written: {reason}: see to the server, then run the import again"
    )]
    Server {
        /// The server's message, without values of rows.
        reason: String,
    },
    /// The API answered after the row was settled, and contradicts the settlement.
    #[error(
        "row {row} was settled when its answer was overdue, and then the answer came and says that customer {customer} was \
         created: it landed later than the settle time. Look whether the row has a second customer, and take a longer \
         --settle and a longer lease"
    )]
    Late {
        /// The row.
        row: RowId,
        /// The customer.
        customer: CustomerId,
    },
    /// Another write in the same transaction failed, so that this one was undone.
    #[error("the journal was not written, for something else could not be: {reason}")]
    NotWritten {
        /// What failed.
        reason: String,
    },
    /// Another import has loaded the journal since this one found it new.
    #[error(
        "the journal was loaded by another import in the meantime: run it again, and it goes on with that one"
    )]
    LoadedAlready,
    /// Loading was broken off.
    #[error("the rows were not loaded to their end")]
    NotLoaded,
}

/// How to send rows that a journal does not have. A new journal sends every row of its file.
fn other_rows(skipped: u64) -> String {
    let left_out = match skipped {
        0 => String::new(),
        1 => "One row of it was left out as invalid. ".to_owned(),
        many => format!("{many} rows of it were left out as invalid. "),
    };
    format!(
        "{left_out}Rows that were not in it, or were mended since, go into a file of their own, with a journal of their own (a \
         file or a database): with a new journal every row of a file is sent, also those that became customers already"
    )
}
