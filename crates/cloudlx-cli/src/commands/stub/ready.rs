//! The file that says that the stub is there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::failure::CommandError;

/// The ready file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("could not write {}: check the folder and its permissions", path.display())]
pub(super) struct ReadyFileError {
    path: PathBuf,
    source: io::Error,
}

impl CommandError for ReadyFileError {}

/// A file with the stub's base URL, for as long as the stub takes requests.
pub(super) struct ReadyFile {
    path: PathBuf,
}

impl ReadyFile {
    /// Takes away what a stub that was killed has left, so that nobody takes it for this one's.
    pub(super) fn clear(path: &Path) -> Result<(), ReadyFileError> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ReadyFileError { path: path.to_owned(), source: error })
            }
            _ => Ok(()),
        }
    }

    /// Writes a partial file and renames it: whoever sees the file sees all of it.
    pub(super) fn write(path: &Path, base_url: &str) -> Result<Self, ReadyFileError> {
        let mut partial = OsString::from(path);
        partial.push(format!(".{}", std::process::id()));
        let partial = PathBuf::from(partial);
        let written = fs::write(&partial, format!("{base_url}\n")).and_then(|()| fs::rename(&partial, path));
        match written {
            Ok(()) => Ok(Self { path: path.to_owned() }),
            Err(source) => {
                // There may be nothing to take away.
                let _ = fs::remove_file(&partial);
                Err(ReadyFileError { path: path.to_owned(), source })
            }
        }
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // Somebody else may have taken it away.
        let _ = fs::remove_file(&self.path);
    }
}
