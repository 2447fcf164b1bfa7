//! Counting lines beneath a parser that does not say where it is.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// Where a parser is that reads byte by byte, and no byte more than it needs.
#[derive(Debug, Clone)]
pub(super) struct Lines(Rc<Cell<Position>>);

#[derive(Debug, Clone, Copy)]
struct Position {
    line: u64,
    last: u8,
    last_but_one: u8,
}

impl Lines {
    /// `bytes` for such a parser, and how far it got.
    pub(super) fn of<R: Read>(bytes: BufReader<R>) -> (ByteByByte<R>, Self) {
        let lines = Self(Rc::new(Cell::new(Position { line: 1, last: 0, last_but_one: 0 })));
        (ByteByByte { bytes, lines: lines.clone() }, lines)
    }

    /// The line that the last `text` began on, from 1.
    pub(super) fn beginning_of(&self, text: &[u8]) -> u64 {
        let ends = text.split(|byte| *byte == b'\n').skip(1).count();
        self.now().saturating_sub(ends as u64)
    }

    /// The line that the last record began on, whose end may have been read or not.
    pub(super) fn beginning_of_record(&self, record: &[u8]) -> u64 {
        let Position { last, last_but_one, .. } = self.0.get();
        // Where a quote was never closed, the last end of line belongs to the record.
        let within = record.ends_with(b"\n") && last_but_one != b'"';
        self.beginning_of(record).saturating_sub(u64::from(last == b'\n' && !within))
    }

    fn now(&self) -> u64 {
        self.0.get().line
    }

    fn step(&self, byte: u8) {
        let Position { line, last, .. } = self.0.get();
        self.0.set(Position { line: line + u64::from(byte == b'\n'), last: byte, last_but_one: last });
    }
}

/// Gives one byte at a time, out of a buffer, so that the count is that of the parser.
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
