//! The journal's file, which is one process's at a time, and the file beside it that is locked for that.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::journal::JournalError;

/// How the name of the file that is locked ends.
const LOCK: &str = "-lock";

/// A journal that is this process's.
#[derive(Debug)]
pub(super) struct TakenFile {
    path: PathBuf,
    /// Whether it was made for that.
    is_new: bool,
    lock: Lock,
}

/// Held, not read: the system frees it when the process ends, however it does.
#[derive(Debug)]
struct Lock {
    file: File,
    /// Whether the file was made for that.
    is_new: bool,
}

impl TakenFile {
    /// Takes the journal for this process, and makes it where there is none.
    pub(super) fn take(path: &Path) -> Result<Self, JournalError> {
        loop {
            // Made here and not by SQLite, so that nobody else can read it from the beginning.
            let (file, is_new) = open_or_make(path).map_err(|source| cannot_open(path, source))?;
            let path = only_name(path, &file)?;
            let lock = lock(&path)?;
            // Another import may have discarded what it made, before this one had the lock.
            if is_at(&file, &path) && is_at(&lock.file, &beside(&path, LOCK)) {
                return Ok(Self { path, is_new, lock });
            }
        }
    }

    /// Its one name.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether taking it made it.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Removes the journal, which nobody has open.
    pub(super) fn remove(self) -> Result<(), JournalError> {
        // SQLite's own files go first: beside a journal that somebody makes next they would be taken for its. The lock goes
        // last, for it keeps others out, and stays where it was there before.
        let lock = self.lock.is_new.then_some(LOCK);
        for end in ["-wal", "-shm", ""].into_iter().chain(lock) {
            match fs::remove_file(beside(&self.path, end)) {
                Err(source) if source.kind() != ErrorKind::NotFound => {
                    return Err(JournalError::Remove { path: self.path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether the file is still the one of this name.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let of = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((file.metadata(), fs::metadata(path)), (Ok(file), Ok(named)) if of(&file) == of(&named))
    }
    #[cfg(not(unix))]
    {
        // What is open cannot be removed.
        let _ = (file, path);
        true
    }
}

/// The name of a file that belongs to the journal.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The one name of the journal, by which its lock is called: links lead to it, and hard links are refused.
fn only_name(path: &Path, file: &File) -> Result<PathBuf, JournalError> {
    #[cfg(unix)]
    {
        let links = file.metadata().map(|it| std::os::unix::fs::MetadataExt::nlink(&it));
        if links.map_err(|source| cannot_open(path, source))? > 1 {
            return Err(JournalError::Linked { path: path.to_owned() });
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    path.canonicalize().map_err(|source| cannot_open(path, source))
}

/// Takes the journal for this process. The lock is on a file of its own: SQLite's own locks are lost when anybody in the
/// process closes the journal's file.
fn lock(path: &Path) -> Result<Lock, JournalError> {
    let (file, is_new) = open_or_make(&beside(path, LOCK)).map_err(|source| cannot_open(path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { file, is_new }),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(cannot_open(path, source)),
    }
}

/// A file, and whether it was made.
fn open_or_make(path: &Path) -> io::Result<(File, bool)> {
    match private().create_new(true).open(path) {
        Err(source) if source.kind() == ErrorKind::AlreadyExists => Ok((private().open(path)?, false)),
        made => Ok((made?, true)),
    }
}

/// How to open a file that, where it is made, only its owner may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn cannot_open(path: &Path, source: io::Error) -> JournalError {
    JournalError::Open { path: path.to_owned(), source }
}
