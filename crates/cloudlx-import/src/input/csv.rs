//! Reads CSV as programs write it: with commas, semicolons or tabs, with or without a byte-order mark.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

use super::columns::Columns;
use super::error::{MAX_ROW_BYTES, ReadError, RowProblem};
use super::lines::Lines;
use super::raw_row::{BYTE_ORDER_MARK, RawRow};

pub(super) fn read<B>(
    bytes: impl Read,
    each: &mut impl FnMut(RawRow<'_>) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, ReadError> {
    let mut bytes = BufReader::with_capacity(MAX_ROW_BYTES, bytes);
    if bytes.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        bytes.consume(BYTE_ORDER_MARK.len());
    }
    if matches!(bytes.fill_buf()?, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(ReadError::Utf16);
    }
    let announced = announced_delimiter(bytes.fill_buf()?);
    let delimiter = announced.unwrap_or_else(|| delimiter(bytes.buffer()));
    let (bytes, lines) = Lines::count_in(bytes);
    // The library counts the empty lines before a record as part of it, so `Lines` counts lines beneath the library.
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1)
        .from_reader(bytes);

    let mut record = csv::ByteRecord::new();
    if announced.is_some() {
        reader.read_byte_record(&mut record).map_err(failed)?;
        lines.expect_record();
    }
    if !reader.read_byte_record(&mut record).map_err(failed)? {
        return Err(ReadError::NoHeader);
    }
    let names: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
    let line = lines.beginning_of_record();
    let columns = Columns::from_header(line, names.iter().map(AsRef::as_ref)).map_err(ReadError::Header)?;

    loop {
        lines.expect_record();
        if !reader.read_byte_record(&mut record).map_err(failed)? {
            return Ok(ControlFlow::Continue(()));
        }
        if let ControlFlow::Break(broken) = row(&columns, lines.beginning_of_record(), &record, each) {
            return Ok(ControlFlow::Break(broken));
        }
    }
}

fn row<B>(
    columns: &Columns,
    line: u64,
    record: &csv::ByteRecord,
    each: &mut impl FnMut(RawRow<'_>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let cells: Result<Vec<_>, _> = record
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            str::from_utf8(cell).map_err(|_| RowProblem::NotText { column: columns.at(index) })
        })
        .collect();
    let problem = match cells {
        Err(problem) => problem,
        // Spreadsheets leave empty rows behind where rows were deleted.
        Ok(cells) if cells.iter().all(|cell| cell.is_empty()) => return ControlFlow::Continue(()),
        Ok(cells) if cells.len() != columns.count() => {
            RowProblem::CellCount { expected: columns.count(), found: cells.len() }
        }
        Ok(_) if record.as_slice().len() > MAX_ROW_BYTES => RowProblem::TooLong,
        Ok(cells) => match columns.request(cells) {
            Some(json) => return each(RawRow::Json { line, json: &json, columns: Some(columns) }),
            None => return ControlFlow::Continue(()),
        },
    };
    each(RawRow::Unreadable { line, problem })
}

/// The separator that a first line such as `sep=;` announces. Excel writes and reads such lines.
fn announced_delimiter(start: &[u8]) -> Option<u8> {
    match start {
        [s, e, p, b'=', delimiter, b'\r' | b'\n', ..]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && !b"\"\r\n".contains(delimiter) =>
        {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// The separator of the header: the comma, semicolon or tab that occurs most often outside quotes.
fn delimiter(start: &[u8]) -> u8 {
    let mut quoted = false;
    let ends_line = |byte: &u8| b"\r\n".contains(byte);
    let header = start.iter().copied().skip_while(ends_line).take_while(|byte| {
        quoted ^= *byte == b'"';
        quoted || !ends_line(byte)
    });
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in header {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && *delimiter == byte);
        }
    }
    // The first of equals.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

fn failed(error: csv::Error) -> ReadError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        // The other kinds are about UTF-8 and equal lengths, which this reader does not ask the library to check.
        other => std::io::Error::other(format!("{other:?}")).into(),
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests {
    use super::super::raw_row::collected;
    use super::*;

    fn rows(text: impl AsRef<[u8]>) -> Result<Vec<(u64, String)>, ReadError> {
        collected(|mut each| read(text.as_ref(), &mut each))
    }

    const ACME: &str = r#"{"name":"Acme","currency_iso":"GBP","country_iso":"GB","realms":[1,2]}"#;

    #[test]
    fn commas_semicolons_tabs_and_a_mark() {
        for text in [
            "name,currency_iso,country_iso,realms\nAcme,GBP,GB,1;2\n",
            "\u{feff}name,currency_iso,country_iso,realms\r\nAcme,GBP,GB,1;2\r\n",
            "name;currency_iso;country_iso;realms\nAcme;GBP;GB;\"1;2\"",
            "\u{feff}\"name\";\"currency_iso\";\"country_iso\";\"realms\"\n\"Acme\";\"GBP\";\"GB\";\"1;2\"",
            "name\tcurrency_iso\tcountry_iso\trealms\nAcme\tGBP\tGB\t1;2",
            "\nname,currency_iso,country_iso,realms\n\nAcme,GBP,GB,1;2\n,,,\n",
        ] {
            let read: Vec<_> = rows(text).unwrap().into_iter().map(|(_, json)| json).collect();
            assert_eq!(read, [ACME], "{text:?}");
        }
    }

    #[test]
    fn a_first_line_may_name_the_separator() {
        for (separator, end) in [(";", "\r\n"), ("|", "\n"), ("\t", "\r\n"), (",", "\n")] {
            let lines =
                ["sep=;", "name;currency_iso;country_iso;realms", "Acme;GBP;GB;\"1;2\"", "Acme;GBP;GB"];
            let text =
                lines.join(end).replace("\"1;2\"", "\"1:2\"").replace(';', separator).replace("1:2", "1;2");
            for text in [text.clone(), format!("\u{feff}{text}"), text.replace("sep", "SEP")] {
                let read = rows(&text).unwrap();
                assert_eq!(read[0], (3, ACME.to_owned()), "{text:?}");
                assert_eq!(read[1].0, 4, "{text:?}");
            }
        }
        // It is one of the names, and no column's.
        assert!(matches!(rows("sep=,name\nA,B\n"), Err(ReadError::Header(_))));
    }

    #[test]
    fn lines_are_counted_within_quotes_too() {
        let text =
            "name,currency_iso,country_iso,realms\n\"A\nB\",GBP,GB,1\n\nC,GBP,GB,1\nD,GBP\n\n,,\nE,GBP,GB,1";
        for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("{text}\n"), format!("{text}\r\n")]
        {
            let lines: Vec<_> = rows(&text).unwrap().into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, [2, 5, 6, 9], "{text:?}");
        }
    }

    #[test]
    fn lines_of_old_programs_end_with_a_carriage_return() {
        let text =
            "name,currency_iso,country_iso,realms\rA,GBP,GB,1;2;7\r\r\"B\rC\",GBP,GB,1;2;7;8\rD,GBP,GB,1\r";
        let lines: Vec<_> = rows(text).unwrap().into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 4, 6]);
    }

    #[test]
    fn empty_lines_before_the_header_do_not_hide_its_separator() {
        assert_eq!(rows("\n\nname;currency_iso;country_iso;realms\nA;GBP;GB;1").unwrap()[0].0, 4);
    }

    #[test]
    fn what_no_request_can_be_made_of() {
        let text = b"name,currency_iso,country_iso,realms\nA,GBP,GB,1,2\nB,GBP,GB\nCaf\xe9,GBP,GB,1\n";
        let said = rows(text).unwrap();
        assert!(said[0].1.starts_with("expected 4 cells as in the header, found 5"), "{said:?}");
        assert!(said[1].1.starts_with("expected 4 cells as in the header, found 3"), "{said:?}");
        assert!(said[2].1.starts_with("expected text (UTF-8) in column 1 (name)"), "{said:?}");
    }

    #[test]
    fn a_quote_that_is_never_closed_is_where_it_opens() {
        for end in ["", "\n"] {
            let text =
                format!("name,currency_iso,country_iso,realms\nA,GBP,GB,1\n\"B,GBP,GB,1\nC,GBP,GB,1{end}");
            let lines: Vec<_> = rows(text).unwrap().into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, [2, 3]);
        }
        let lines = rows("name,currency_iso,country_iso,realms\nA,GBP,GB,\"1\n\"\nB,GBP,GB,1\n").unwrap();
        assert_eq!((lines[0].0, lines[1].0), (2, 4));
    }

    #[test]
    fn headers_that_are_none() {
        assert!(matches!(rows(b"\xff\xfen\0a\0"), Err(ReadError::Utf16)));
        assert!(matches!(rows(""), Err(ReadError::NoHeader)));
        assert!(matches!(rows("\n\n"), Err(ReadError::NoHeader)));
        let Err(ReadError::Header(mistakes)) = rows("\n\nname,currency,country_iso,realms\n") else {
            panic!("a column that nobody knows")
        };
        assert_eq!(mistakes[0].line, 3);
    }
}
