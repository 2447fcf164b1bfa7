//! The input file: where it is and how its rows are written.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;

use super::format::Format;
use crate::hash::{HashingReader, InputHash};

/// A file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The path of the file.
    pub path: PathBuf,
    /// How its rows are written.
    pub format: Format,
}

impl Input {
    /// The SHA-256 of the file's bytes, by which a journal recognises the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn hash(&self) -> io::Result<InputHash> {
        let mut hashing = self.open()?;
        io::copy(&mut hashing, &mut io::sink())?;
        Ok(hashing.finish())
    }

    pub(super) fn open(&self) -> io::Result<HashingReader<BufReader<File>>> {
        Ok(HashingReader::new(BufReader::new(File::open(&self.path)?)))
    }
}
