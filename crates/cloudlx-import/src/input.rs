//! The file with the rows: what it holds, and its name by content.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header row and a row a customer, separated by commas, semicolons or tabs, whichever the header has.
    Csv,
    /// One request a line, as JSON.
    Ndjson,
    /// An array of requests, or one request.
    Json,
    /// The first sheet of an Excel workbook, as CSV is written. Needs the feature `xlsx`.
    Xlsx,
}

impl Format {
    /// The format that a file's name stands for.
    #[must_use]
    pub fn by_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "json" => Some(Self::Json),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// A file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// How its rows are written.
    pub format: Format,
}

/// The SHA-256 of a file's bytes, as `sha256sum` prints it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InputHash(pub(crate) [u8; 32]);

impl fmt::Display for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(self.0).fmt(f)
    }
}

/// A SHA-256 as it is written.
pub(crate) struct Hex(pub(crate) [u8; 32]);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for InputHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InputHash({self})")
    }
}

impl Input {
    /// The file's name by content.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn hash(&self) -> io::Result<InputHash> {
        let mut hashing = self.open()?;
        io::copy(&mut hashing, &mut io::sink())?;
        Ok(hashing.finish())
    }

    pub(crate) fn open(&self) -> io::Result<Hashing<BufReader<File>>> {
        Ok(Hashing { reader: BufReader::new(File::open(&self.path)?), sha256: Sha256::new() })
    }
}

/// A reader that takes the hash of what is read through it.
pub(crate) struct Hashing<R> {
    reader: R,
    sha256: Sha256,
}

impl<R: Read> Hashing<R> {
    /// The hash of what was read.
    pub(crate) fn finish(self) -> InputHash {
        InputHash(self.sha256.finalize().into())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sha256.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_what_sha256sum_says() {
        let mut hashing = Hashing { reader: b"abc".as_slice(), sha256: Sha256::new() };
        io::copy(&mut hashing, &mut io::sink()).unwrap();
        assert_eq!(
            hashing.finish().to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn names_say_formats() {
        for (name, format) in [
            ("a.csv", Some(Format::Csv)),
            ("a.JSONL", Some(Format::Ndjson)),
            ("a.b.json", Some(Format::Json)),
            ("a.xlsx", Some(Format::Xlsx)),
            ("csv", None),
            ("a.xls", None),
        ] {
            assert_eq!(Format::by_name(Path::new(name)), format, "{name}");
        }
    }
}
