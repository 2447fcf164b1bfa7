//! Reads an array of requests one element after the other, or a single request.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::error::{MAX_ROW_BYTES, ReadError, RowProblem};
use super::lines::Lines;
use super::raw_row::{BYTE_ORDER_MARK, RawRow};

pub(super) fn read<B>(
    bytes: impl Read,
    each: &mut impl FnMut(RawRow<'_>) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, ReadError> {
    let mut bytes = BufReader::with_capacity(1 << 16, bytes);
    if bytes.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        bytes.consume(BYTE_ORDER_MARK.len());
    }
    let is_array = bytes.fill_buf()?.trim_ascii_start().starts_with(b"[");
    let (bytes, lines) = Lines::count_in(bytes);
    let mut json = serde_json::Deserializer::from_reader(bytes);
    let mut broken = None;
    let mut rows = Rows { lines: &lines, each: &mut |row| each(row).map_break(|value| broken = Some(value)) };
    let read = if is_array {
        json.deserialize_seq(rows).and_then(|()| json.end())
    } else {
        Box::<RawValue>::deserialize(&mut json).and_then(|one| {
            let line = lines.beginning_of(one.get().as_bytes());
            json.end()?;
            let _ = rows.row(line, one.get());
            Ok(())
        })
    };
    match (broken, read) {
        (Some(broken), _) => Ok(ControlFlow::Break(broken)),
        (None, Ok(())) => Ok(ControlFlow::Continue(())),
        (None, Err(error)) if error.is_io() => Err(ReadError::Io(error.into())),
        (None, Err(source)) => {
            Err(ReadError::Json { line: source.line() as u64, column: source.column() as u64, source })
        }
    }
}

struct Rows<'a> {
    lines: &'a Lines,
    each: &'a mut dyn FnMut(RawRow<'_>) -> ControlFlow<()>,
}

impl Rows<'_> {
    fn row(&mut self, line: u64, json: &str) -> ControlFlow<()> {
        (self.each)(if json.len() > MAX_ROW_BYTES {
            RawRow::Unreadable { line, problem: RowProblem::TooLong }
        } else {
            RawRow::Json { line, json: json.as_bytes(), columns: None }
        })
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of requests")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<Box<RawValue>>()? {
            let line = self.lines.beginning_of(element.get().as_bytes());
            if self.row(line, element.get()).is_break() {
                return Err(A::Error::custom("broken off"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw_row::collected;
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, String)>, ReadError> {
        collected(|mut each| read(text.as_bytes(), &mut each))
    }

    #[test]
    fn elements_know_the_line_that_they_begin_on() {
        let text = "\u{feff}\n[\n  {\"name\":\n 1},\n\n  {}, {\"a\": \"x\\n\"},\n 7\n]\n";
        let expected = [(3, "{\"name\":\n 1}"), (6, "{}"), (6, "{\"a\": \"x\\n\"}")];
        let read = rows(text).unwrap();
        assert_eq!(read[..3], expected.map(|(line, json)| (line, json.to_owned())));
        assert_eq!(read[3].1, "7", "not an object, which is for the check to say");
        assert_eq!(rows("[]").unwrap(), []);
    }

    #[test]
    fn one_request_is_a_row() {
        assert_eq!(rows("\n{\n}\n").unwrap(), [(2, "{\n}".to_owned())]);
    }

    #[test]
    fn what_is_no_json() {
        for (text, line) in
            [("", 1), ("[{}", 1), ("[{},\n]", 2), ("[{}]\n{}", 2), ("{}\n{}", 2), ("[{'a': 1}]", 1)]
        {
            match rows(text) {
                Err(ReadError::Json { line: found, .. }) => assert_eq!(found, line, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn breaking_off_is_no_error() {
        let broken = read("[{}, nonsense".as_bytes(), &mut |_| ControlFlow::Break(7)).unwrap();
        assert_eq!(broken, ControlFlow::Break(7));
    }
}
