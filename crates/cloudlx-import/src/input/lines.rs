//! Counts lines beneath a parser that does not report its position.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// The position of a parser that reads byte by byte, and no byte more than it needs. A line ends with `\n`, `\r\n`, or `\r`
/// alone, as old programs write it and CSV parsers read it.
#[derive(Debug, Clone)]
pub(super) struct Lines(Rc<Cell<Position>>);

#[derive(Debug, Clone, Copy)]
struct Position {
    line: u64,
    last: u8,
    /// The line that the current record began on; none before its first byte.
    record: Option<u64>,
}

impl Lines {
    /// A reader of `bytes` for the parser, and the lines counted so far.
    pub(super) fn count_in<R: Read>(bytes: BufReader<R>) -> (ByteByByte<R>, Self) {
        let lines = Self(Rc::new(Cell::new(Position { line: 1, last: 0, record: None })));
        (ByteByByte { bytes, lines: lines.clone() }, lines)
    }

    /// The line that the last `text` began on, from 1.
    pub(super) fn beginning_of(&self, text: &[u8]) -> u64 {
        let before = |index: usize| index.checked_sub(1).and_then(|index| text.get(index));
        let ends = text.iter().enumerate().filter(|(index, byte)| ends_line(before(*index).copied(), **byte));
        self.0.get().line.saturating_sub(ends.count() as u64)
    }

    /// Ends the last record. The next one begins with the next byte that is not a line ending.
    pub(super) fn expect_record(&self) {
        self.0.set(Position { record: None, ..self.0.get() });
    }

    /// The line that the current record began on, from 1.
    pub(super) fn beginning_of_record(&self) -> u64 {
        let Position { line, record, .. } = self.0.get();
        record.unwrap_or(line)
    }

    fn step(&self, byte: u8) {
        let Position { line, last, record } = self.0.get();
        let record = record.or_else(|| (!b"\r\n".contains(&byte)).then_some(line));
        self.0.set(Position { line: line + u64::from(ends_line(Some(last), byte)), last: byte, record });
    }
}

/// Whether a line ends with `byte`, which comes after `last`.
fn ends_line(last: Option<u8>, byte: u8) -> bool {
    byte == b'\r' || byte == b'\n' && last != Some(b'\r')
}

/// Returns one byte per read, out of a buffer, so that the lines counted are those that the parser has seen.
pub(super) struct ByteByByte<R> {
    bytes: BufReader<R>,
    lines: Lines,
}

impl<R: Read> Read for ByteByByte<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = buffer.len().min(1);
        let read = self.bytes.read(buffer.get_mut(..one).unwrap_or_default())?;
        if let Some(byte) = buffer.get(..read).and_then(<[u8]>::first) {
            self.lines.step(*byte);
        }
        Ok(read)
    }
}
