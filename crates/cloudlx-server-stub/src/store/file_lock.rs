//! That one stub at a time uses a file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::StateError;

/// Holds a state file for this stub, until it is dropped or its process ends, however that comes: it is the system's lock.
///
/// It is on a file of its own, `-lock` beside the state, which stays: SQLite's own locks would keep out those who only
/// read, and are lost when anybody in the process closes the state's file.
pub(crate) struct FileLock(File);

impl FileLock {
    /// Takes the state at `path`; none where that is no file, and so nobody else's.
    ///
    /// # Errors
    ///
    /// When another stub has it.
    pub(crate) fn take(path: &Path) -> Result<Option<Self>, StateError> {
        let failed =
            |source: std::io::Error| StateError::Database { path: path.into(), source: source.into() };
        // Links to it are the same state.
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
    /// Closing it would do, but for a process that another thread is just starting, which has every open file for a moment.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
