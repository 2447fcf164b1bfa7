//! A file with a request a line, read in chunks of whole lines: only the chunks that are being checked are in memory.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::requests::documents::File;

/// How many bytes are read at a time. Some hundred requests: enough to be worth handing to another thread, and few enough
/// for the cache of a core.
const CHUNK: usize = 64 * 1024;

/// The chunks of a file, in order. Each has at least one line; the last may end without a newline.
pub(crate) struct LineChunks {
    name: String,
    input: Box<dyn Read + Send>,
    /// What was read of the line that the next chunk begins with.
    rest: Vec<u8>,
    /// The number of that line, from 1.
    line: usize,
    ended: bool,
}

impl LineChunks {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    ///
    /// When there is none, or none for this user.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let input: Box<dyn Read + Send> =
            if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(fs::File::open(path)?) };
        Ok(Self { name: path.display().to_string(), input, rest: Vec::new(), line: 1, ended: false })
    }

    /// Reads on until there is a whole line or the file ends, and says how much of it is whole lines.
    fn read(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        while !self.ended {
            let before = bytes.len();
            // One more than is read, for the reader to see that it has come to an end.
            bytes.reserve(CHUNK + 1);
            let read = self.input.by_ref().take(CHUNK as u64).read_to_end(bytes)?;
            self.ended = read < CHUNK;
            let newline = bytes.get(before..).and_then(|read| memchr::memrchr(b'\n', read));
            if let (Some(newline), false) = (newline, self.ended) {
                return Ok(before + newline + 1);
            }
        }
        Ok(bytes.len())
    }
}

impl Iterator for LineChunks {
    type Item = io::Result<File>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = std::mem::take(&mut self.rest);
        match self.read(&mut bytes) {
            Ok(whole) => self.rest = bytes.split_off(whole),
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        }
        let line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count();
        (!bytes.is_empty()).then(|| Ok(File::part(self.name.clone(), bytes, line)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: Vec<u8>) -> LineChunks {
        let input = Box::new(io::Cursor::new(text));
        LineChunks { name: "many.ndjson".to_owned(), input, rest: Vec::new(), line: 1, ended: false }
    }

    /// Where each request stands, and how long it is.
    fn places(text: Vec<u8>) -> Vec<(String, usize)> {
        let chunks: Vec<_> = chunks(text).map(Result::unwrap).collect();
        chunks.iter().flat_map(File::lines).map(|line| (line.source(), line.bytes.len())).collect()
    }

    #[test]
    fn a_chunk_ends_with_a_line() {
        let line = "x".repeat(99) + "\n";
        let text = line.repeat(2_000);
        let found: Vec<_> = chunks(text.into()).map(Result::unwrap).collect();
        assert!(found.len() > 2, "{}", found.len());
        let places: Vec<_> = found.iter().flat_map(File::lines).map(|line| line.source()).collect();
        assert_eq!(places, (1..=2_000).map(|line| format!("many.ndjson:{line}")).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_may_be_longer_than_a_chunk_and_the_last_may_have_no_end() {
        for length in [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let text = format!("{}\n\n \r\nyy\r\nz", "x".repeat(length));
            let expected = [(1, length), (4, 2), (5, 1)];
            let expected = expected.map(|(line, length)| (format!("many.ndjson:{line}"), length));
            assert_eq!(places(text.into()), expected);
        }
    }

    #[test]
    fn nothing_has_no_chunks() {
        assert_eq!(chunks(Vec::new()).count(), 0);
        assert_eq!(places(b"\n\n".to_vec()), []);
    }

    #[test]
    fn what_cannot_be_read_ends_the_chunks() {
        let mut folder = LineChunks::open(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(folder.next().is_some_and(|chunk| chunk.is_err()));
        assert!(folder.next().is_none());
    }
}
