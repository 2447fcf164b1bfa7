//! Locks a state file, so that only one stub uses it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::StateError;

/// The lock of a state file. The system releases it when it is dropped or the process ends, also by a crash.
///
/// The lock is on a file of its own, `-lock` beside the state, which is not removed. SQLite's own locks would keep readers
/// out, and are lost when anything in the process closes the state's file.
pub(crate) struct FileLock(File);

impl FileLock {
    /// Locks the state at `path`; none where no file is there, because no other stub can use it.
    ///
    /// # Errors
    ///
    /// When another stub has locked it.
    pub(crate) fn acquire(path: &Path) -> Result<Option<Self>, StateError> {
        let failed =
            |source: std::io::Error| StateError::Database { path: path.into(), source: source.into() };
        // A link to the file is the same state.
        let mut name = match path.canonicalize() {
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(None),
            name => name.map_err(failed)?.into_os_string(),
        };
        name.push("-lock");
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(PathBuf::from(name));
        let file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Err(StateError::InUse { path: path.into() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Drop for FileLock {
    /// Unlocks explicitly: a process that another thread is starting inherits the open file for a moment, and would keep the
    /// lock.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
