//! The requests in a file: one, an array of them, or one a line.
//!
//! JSON is read whole. Lines are read in chunks (`line_chunks.rs`), and each chunk is a [`File`] here.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;

use super::locate;

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("could not read {}: check the path", path.display())]
pub(crate) struct ReadFileError {
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// What a file of requests holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Input {
    /// One request, or an array of them
    Json,
    /// One request a line
    Ndjson,
}

/// A file that was read, or a part of one.
pub(crate) struct File {
    /// The name that was given; `-` for standard input.
    pub(crate) name: String,
    bytes: Vec<u8>,
    /// The number of the line that it begins on, from 1.
    line: usize,
}

/// One request in a file.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    /// The name of the file.
    file: &'a str,
    place: Place,
    /// The request as it was written.
    pub(crate) bytes: &'a [u8],
    /// Where its first byte stands in the file.
    offset: usize,
    /// The number of the line that it begins on, from 1.
    pub(crate) line: usize,
}

/// Where a request stands in a file.
#[derive(Clone, Copy)]
enum Place {
    /// It is all that there is.
    Whole,
    /// It is an element of an array, the one with this index.
    Element(usize),
    /// It has a line of its own.
    Line,
}

impl Document<'_> {
    /// The file, with the request's place in it: `many.json#/3`, `many.ndjson:4`.
    pub(crate) fn source(&self) -> String {
        match self.place {
            Place::Whole => self.file.to_owned(),
            Place::Element(index) => format!("{}#/{index}", self.file),
            Place::Line => format!("{}:{}", self.file, self.line),
        }
    }
}

/// What a file holds: what was asked for, or what its name says.
pub(crate) fn kind(path: &Path, asked: Option<Input>) -> Input {
    let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase());
    let by_name = || match extension.as_deref() {
        Some("ndjson" | "jsonl") => Input::Ndjson,
        _ => Input::Json,
    };
    asked.unwrap_or_else(by_name)
}

/// The lines of a file that a request stands on.
pub(crate) struct Lines<'a> {
    pub(crate) text: Cow<'a, str>,
    /// How many bytes of the first line stand before the request.
    pub(crate) before: usize,
}

impl File {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadFileError> {
        let mut bytes = Vec::new();
        let read = if path.as_os_str() == "-" {
            io::stdin().lock().read_to_end(&mut bytes).map(drop)
        } else {
            fs::read(path).map(|read| bytes = read)
        };
        read.map_err(|source| ReadFileError { path: path.to_owned(), source })?;
        Ok(Self::part(path.display().to_string(), bytes, 1))
    }

    /// A part of a file, which begins on `line`.
    pub(crate) fn part(name: String, bytes: Vec<u8>, line: usize) -> Self {
        Self { name, bytes, line }
    }

    /// The lines that `document` stands on; bytes that are no text are replaced.
    pub(crate) fn lines_of(&self, document: &Document<'_>) -> Lines<'_> {
        let (before, rest) = self.bytes.split_at_checked(document.offset).unwrap_or((&self.bytes, &[]));
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let end = rest.iter().skip(document.bytes.len()).position(|byte| *byte == b'\n');
        let end = end.map_or(self.bytes.len(), |length| document.offset + document.bytes.len() + length);
        Lines {
            text: String::from_utf8_lossy(self.bytes.get(line_start..end).unwrap_or_default()),
            before: String::from_utf8_lossy(before.get(line_start..).unwrap_or_default()).len(),
        }
    }

    /// The requests in a file of JSON.
    pub(crate) fn documents(&self) -> Vec<Document<'_>> {
        self.elements().unwrap_or_else(|| vec![self.whole()])
    }

    /// The request that the file is.
    pub(crate) fn whole(&self) -> Document<'_> {
        Document { file: &self.name, place: Place::Whole, bytes: &self.bytes, offset: 0, line: self.line }
    }

    /// The requests in a file that has one a line, found as they are taken. Lines that are blank hold none.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Document<'_>> {
        let mut offset = 0;
        let ends = memchr::memchr_iter(b'\n', &self.bytes).map(|newline| newline + 1);
        let lines = ends.chain([self.bytes.len()]).zip(self.line..).map(move |(end, line)| {
            let bytes = self.bytes.get(offset..end).unwrap_or_default().trim_ascii_end();
            let document = Document { file: &self.name, place: Place::Line, bytes, offset, line };
            offset = end;
            document
        });
        lines.filter(|document| !document.bytes.is_empty())
    }

    /// The elements, when the file is an array.
    fn elements(&self) -> Option<Vec<Document<'_>>> {
        let text = str::from_utf8(&self.bytes).ok()?;
        let Value::Array(array) = locate::parse(text)? else { return None };
        let (mut counted, mut line) = (0, self.line);
        let documents = array.elements.iter().enumerate().filter_map(|(index, element)| {
            let range = element.range();
            line += self.bytes.get(counted..range.start)?.split(|byte| *byte == b'\n').skip(1).count();
            counted = range.start;
            let bytes = self.bytes.get(range.start..range.end)?;
            let place = Place::Element(index);
            Some(Document { file: &self.name, place, bytes, offset: range.start, line })
        });
        Some(documents.collect())
    }
}
