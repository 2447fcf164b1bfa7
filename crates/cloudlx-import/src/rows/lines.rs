//! Counting lines beneath a parser that does not say where it is.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// Where a parser is that reads byte by byte, and no byte more than it needs.
#[derive(Debug, Clone)]
pub(super) struct Lines(Rc<Cell<(u64, u8)>>);

impl Lines {
    /// `bytes` for such a parser, and how far it got.
    pub(super) fn of<R: Read>(bytes: BufReader<R>) -> (ByteByByte<R>, Self) {
        let lines = Self(Rc::new(Cell::new((1, 0))));
        (ByteByByte { bytes, lines: lines.clone() }, lines)
    }

    /// The line that the last `text` began on, from 1.
    pub(super) fn beginning_of(&self, text: &[u8]) -> u64 {
        let ends = text.split(|byte| *byte == b'\n').skip(1).count();
        self.now().saturating_sub(ends as u64)
    }

    /// The line that the last record began on, whose end may have been read or not.
    pub(super) fn beginning_of_record(&self, record: &[u8]) -> u64 {
        let (_, last) = self.0.get();
        self.beginning_of(record).saturating_sub(u64::from(last == b'\n'))
    }

    fn now(&self) -> u64 {
        self.0.get().0
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
            self.lines.0.set((self.lines.now() + u64::from(*byte == b'\n'), *byte));
        }
        Ok(read)
    }
}
