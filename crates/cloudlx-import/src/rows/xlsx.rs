//! The first sheet of an Excel workbook. Its format keeps texts apart from cells, so it is read as a whole.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use calamine::{Data, Reader, Xlsx, XlsxError};

use super::{Columns, Found, ReadError, RowProblem};

pub(super) fn read<B>(
    mut bytes: impl Read,
    each: &mut impl FnMut(Found<'_>) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, ReadError> {
    let mut file = Vec::new();
    bytes.read_to_end(&mut file)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|error| no_workbook(&error))?;
    let sheet = match workbook.worksheet_range_at(0) {
        Some(sheet) => sheet.map_err(|error| no_workbook(&error))?,
        None => return Err(ReadError::Workbook { problem: "it has no sheet".to_owned() }),
    };

    let (first_row, first_column) = sheet.start().ok_or(ReadError::NoHeader)?;
    if first_column > 0 {
        return Err(ReadError::Workbook { problem: "column A is empty: move the cells there".to_owned() });
    }
    let mut rows = (u64::from(first_row) + 1..).zip(sheet.rows());
    let (line, header) = rows.next().ok_or(ReadError::NoHeader)?;
    let names = header.iter().map(|cell| text(cell).unwrap_or_else(|found| found));
    let mut names: Vec<_> = names.collect();
    // Cells to the right that were formatted, or emptied.
    while names.pop_if(|name| name.is_empty()).is_some() {}
    let columns = Columns::read(line, names.iter().map(String::as_str)).map_err(ReadError::Header)?;

    for (line, cells) in rows {
        if let ControlFlow::Break(broken) = row(&columns, line, cells, each) {
            return Ok(ControlFlow::Break(broken));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn row<B>(
    columns: &Columns,
    line: u64,
    cells: &[Data],
    each: &mut impl FnMut(Found<'_>) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let texts: Result<Vec<_>, _> = cells
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            text(cell).map_err(|found| RowProblem::CellKind { column: columns.at(index), found })
        })
        .collect();
    let problem = match texts {
        Err(problem) => problem,
        Ok(texts) => match texts.iter().rposition(|text| !text.is_empty()) {
            Some(last) if last >= columns.count() => {
                RowProblem::CellCount { expected: columns.count(), found: last + 1 }
            }
            _ => match columns.request(texts.iter().map(String::as_str)) {
                Some(json) => return each(Found::Row { line, json: &json, columns: Some(columns) }),
                None => return ControlFlow::Continue(()),
            },
        },
    };
    each(Found::Unreadable { line, problem })
}

/// A cell as a text, as it would stand in CSV, or what it is instead.
fn text(cell: &Data) -> Result<String, String> {
    match cell {
        Data::Empty => Ok(String::new()),
        Data::String(text) => Ok(text.clone()),
        Data::Int(number) => Ok(number.to_string()),
        // Excel has no whole numbers; 7.0 prints as 7.
        Data::Float(number) => Ok(number.to_string()),
        Data::Bool(value) => Err(format!("the truth value {value}")),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => Err("a date or a time".to_owned()),
        Data::Error(error) => Err(format!("the error {error}")),
    }
}

fn no_workbook(error: &XlsxError) -> ReadError {
    ReadError::Workbook { problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::super::collected;
    use super::*;

    fn rows(file: &[u8]) -> Result<Vec<(u64, String)>, ReadError> {
        collected(|mut each| read(file, &mut each))
    }

    #[test]
    fn cells_are_texts_and_numbers() {
        let rows = rows(include_bytes!("../../tests/files/customers.xlsx")).unwrap();
        let said: Vec<_> = rows.iter().map(|(line, said)| (*line, said.as_str())).collect();
        assert_eq!(
            said[..2],
            [
                (3, r#"{"name":"Acme","currency_iso":"GBP","country_iso":"GB","realms":[1,2]}"#),
                (
                    5,
                    r#"{"name":"1234","currency_iso":"EUR","country_iso":"IE","realms":[7],"email":"a@example.com"}"#
                ),
            ]
        );
        let begins = [
            "expected 5 cells as in the header, found 6",
            "expected a text or a number in column 4 (realms), found a date",
        ];
        assert!(said[2].0 == 6 && said[2].1.starts_with(begins[0]), "{said:?}");
        assert!(said[3].0 == 7 && said[3].1.starts_with(begins[1]), "{said:?}");
        assert!(said[4].0 == 8 && said[4].1.contains("found the error #N/A"), "{said:?}");
        assert!(said[5].0 == 9 && said[5].1.starts_with(begins[0]), "{said:?}");
    }

    #[test]
    fn what_is_no_workbook() {
        assert!(matches!(rows(include_bytes!("../../tests/files/empty.xlsx")), Err(ReadError::NoHeader)));
        assert!(matches!(rows(b"name,realms\n"), Err(ReadError::Workbook { .. })));
    }
}
