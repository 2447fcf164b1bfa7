//! Reads one request per line.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

use super::error::{MAX_ROW_BYTES, ReadError, RowProblem};
use super::raw_row::{BYTE_ORDER_MARK, RawRow};

pub(super) fn read<B>(
    bytes: impl Read,
    each: &mut impl FnMut(RawRow<'_>) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, ReadError> {
    let mut bytes = BufReader::with_capacity(1 << 16, bytes);
    let mut buffer = Vec::new();
    let limit = MAX_ROW_BYTES as u64 + 1;
    for line in 1.. {
        buffer.clear();
        if bytes.by_ref().take(limit).read_until(b'\n', &mut buffer)? == 0 {
            break;
        }
        let too_long = buffer.len() > MAX_ROW_BYTES;
        if too_long && !buffer.ends_with(b"\n") {
            bytes.skip_until(b'\n')?;
        }
        let mark = if line == 1 { BYTE_ORDER_MARK } else { b"" };
        let json = buffer.strip_prefix(mark).unwrap_or(&buffer).trim_ascii_end();
        let row = if too_long {
            RawRow::Unreadable { line, problem: RowProblem::TooLong }
        } else if json.trim_ascii_start().is_empty() {
            continue;
        } else {
            RawRow::Json { line, json, columns: None }
        };
        if let ControlFlow::Break(broken) = each(row) {
            return Ok(ControlFlow::Break(broken));
        }
    }
    Ok(ControlFlow::Continue(()))
}

#[cfg(test)]
mod tests {
    use super::super::raw_row::collected;
    use super::*;

    #[test]
    fn lines_that_hold_something() {
        let text = "\u{feff}{\"name\": 1}\r\n\n   \n not json \n{}";
        let rows = collected(|mut each| read(text.as_bytes(), &mut each)).unwrap();
        let expected = [(1, "{\"name\": 1}"), (4, " not json"), (5, "{}")];
        assert_eq!(rows, expected.map(|(line, json)| (line, json.to_owned())));
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let long = "x".repeat(3 * MAX_ROW_BYTES);
        let exact = "y".repeat(MAX_ROW_BYTES);
        let text = format!("{long}\n{{}}\n{exact}\n");
        let rows = collected(|mut each| read(text.as_bytes(), &mut each)).unwrap();
        let lines: Vec<_> = rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3]);
        assert!(rows[0].1.starts_with("expected a request of at most"), "{}", rows[0].1);
        assert_eq!(rows[1].1, "{}");
    }
}
