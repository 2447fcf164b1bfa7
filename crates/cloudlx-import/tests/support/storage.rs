//! An input, the storage of its journal, and how tests import it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use cloudlx_client::Client;
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::journal::{Journal, JournalError, ReadJournal, RowOutcome};
use cloudlx_import::{
    CheckOptions, Format, Input, Options, Prepared, Rate, Stop, Summary, import, prepare, progress,
};
use tempfile::TempDir;

/// A folder with an input, and perhaps a journal.
pub(crate) struct Folder {
    pub(crate) folder: TempDir,
    pub(crate) input: Input,
}

impl Folder {
    pub(crate) fn with(name: &str, text: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let format = Format::by_name(&path).unwrap();
        Self { folder, input: Input { path, format } }
    }

    /// One request per line, one for each name.
    pub(crate) fn with_names(names: &[&str]) -> Self {
        let line = |name: &&str| {
            format!(
                "{{\"name\": \"{name}\", \"currency_iso\": \"GBP\", \"country_iso\": \"GB\", \"realms\": [1]}}\n"
            )
        };
        Self::with("customers.ndjson", names.iter().map(line).collect::<String>())
    }

    pub(crate) fn journal_path(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    pub(crate) fn journal(&self) -> Arc<SqliteJournal> {
        Arc::new(self.reopened().unwrap())
    }

    /// Opens the journal, which no import uses any more.
    pub(crate) fn reopened(&self) -> Result<SqliteJournal, JournalError> {
        loop {
            match SqliteJournal::open(&self.journal_path()) {
                // A process that another test is starting inherits every open file until it executes its own program,
                // and so the lock of a journal that was closed in the meantime.
                Err(JournalError::InUse { .. }) => {
                    let lock = File::open(self.folder.path().join("journal-lock")).unwrap();
                    let (tell, told) = mpsc::channel();
                    std::thread::spawn(move || tell.send(lock.lock()));
                    let locked = told.recv_timeout(Duration::from_mins(1));
                    assert!(matches!(locked, Ok(Ok(()))), "the journal stays in use: {locked:?}");
                }
                opened => return opened,
            }
        }
    }
}

/// An input, and the storage of its journal.
pub(crate) trait Storage: Sized {
    type Journal: Journal;

    /// One request per line, one for each name. None, with a message on stderr, where this kind of journal is not available.
    async fn with_names(names: &[&str]) -> Option<Self>;

    fn input(&self) -> &Input;

    /// The journal, as a new process opens it.
    async fn open(&self) -> Arc<Self::Journal>;

    /// Waits until no import uses the journal, then lapses the leases of those that died.
    async fn lapse_leases(&self);

    /// A journal with the input's rows.
    async fn loaded(&self) -> Arc<Self::Journal> {
        let journal = self.open().await;
        let options = CheckOptions { allow_equal_rows: true, skip_invalid: true };
        let prepared = prepare(&*journal, self.input(), options, |_| {}).await.unwrap();
        assert!(matches!(prepared, Prepared::Loaded(_) | Prepared::Resumed), "{prepared:?}");
        journal
    }

    /// Runs the import as a new process would.
    async fn run(&self, client: &Client) -> Summary {
        self.run_with(client, options()).await
    }

    /// The same, with these options.
    async fn run_with(&self, client: &Client, options: Options) -> Summary {
        let (_tell, stop) = Stop::new();
        import(client, &self.loaded().await, options, stop, progress().0).await.unwrap()
    }

    async fn outcomes(&self) -> Vec<RowOutcome> {
        self.open().await.outcomes(None, 1_000).await.unwrap()
    }
}

impl Storage for Folder {
    type Journal = SqliteJournal;

    async fn with_names(names: &[&str]) -> Option<Self> {
        Some(Self::with_names(names))
    }

    fn input(&self) -> &Input {
        &self.input
    }

    async fn open(&self) -> Arc<SqliteJournal> {
        self.journal()
    }

    /// A journal in a file has no leases.
    async fn lapse_leases(&self) {}
}

/// One request at a time, and no settle time.
pub(crate) fn options() -> Options {
    Options { concurrency: 1, settle_time: std::time::Duration::ZERO, ..Options::default() }
}

/// Each row is sent after the journal has stored the outcome of the row before. Only a rate keeps the next row from being
/// claimed while this one is on the wire.
pub(crate) fn in_order() -> Options {
    Options { rate: Rate::per_second(Rate::MOST).ok(), ..options() }
}

/// One row per hour.
pub(crate) fn slowly() -> Options {
    Options { rate: Rate::per_second(1.0 / 3600.0).ok(), ..options() }
}
