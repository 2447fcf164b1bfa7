//! The journal's file, and the lock that keeps it to one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::journal::JournalError;

/// The suffix of the lock file.
const LOCK: &str = "-lock";

/// A journal's file that this process has locked.
#[derive(Debug)]
pub(super) struct LockedFile {
    path: PathBuf,
    /// Whether locking made the file.
    is_new: bool,
    lock: Lock,
}

/// Kept open, and never read: the system releases the lock however the process ends.
#[derive(Debug)]
struct Lock {
    file: File,
    /// Whether locking made the lock file.
    is_new: bool,
}

impl LockedFile {
    /// Locks the journal for this process. Makes the file where there is none.
    pub(super) fn lock(path: &Path) -> Result<Self, JournalError> {
        loop {
            // Made here and not by SQLite, so that only its owner can read it from the beginning.
            let (file, is_new) = open_or_make(path).map_err(|source| cannot_open(path, source))?;
            let path = only_name(path, &file)?;
            let lock = lock_journal(&path)?;
            // Before this process had the lock, another import may have removed the files that it had made.
            if is_at(&file, &path) && is_at(&lock.file, &with_suffix(&path, LOCK)) {
                return Ok(Self { path, is_new, lock });
            }
        }
    }

    /// The canonical path of the journal.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether locking made the file.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Removes the journal. No database connection may be open.
    pub(super) fn remove(self) -> Result<(), JournalError> {
        // SQLite's own files are removed first, for SQLite would take them for those of the next journal of this name. The
        // lock file is removed last, because it keeps others out, and stays if it existed before.
        let lock = self.lock.is_new.then_some(LOCK);
        for suffix in ["-wal", "-shm", ""].into_iter().chain(lock) {
            if let Err(source) = fs::remove_file(with_suffix(&self.path, suffix))
                && source.kind() != ErrorKind::NotFound
            {
                return Err(JournalError::Remove { path: self.path, source });
            }
        }
        Ok(())
    }
}

/// Whether the path still leads to this file.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let of = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((file.metadata(), fs::metadata(path)), (Ok(file), Ok(named)) if of(&file) == of(&named))
    }
    #[cfg(not(unix))]
    {
        // An open file cannot be removed here.
        let _ = (file, path);
        true
    }
}

/// The path of a file that belongs to the journal: the journal's own path with this suffix.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The canonical path of the journal, after which its lock file is named. Symbolic links lead to it; hard links are refused.
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

/// Locks the journal by its lock file. The journal's own file is not locked, because SQLite loses its locks on a file when any
/// code in the process closes that file.
fn lock_journal(path: &Path) -> Result<Lock, JournalError> {
    let (file, is_new) =
        open_or_make(&with_suffix(path, LOCK)).map_err(|source| cannot_open(path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { file, is_new }),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(cannot_open(path, source)),
    }
}

/// Opens a file or makes it, and says whether it was made.
fn open_or_make(path: &Path) -> io::Result<(File, bool)> {
    match private().create_new(true).open(path) {
        Err(source) if source.kind() == ErrorKind::AlreadyExists => Ok((private().open(path)?, false)),
        made => Ok((made?, true)),
    }
}

/// Options that make a file which only its owner may read.
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
