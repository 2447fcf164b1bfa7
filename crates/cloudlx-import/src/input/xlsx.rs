//! Reads the first sheet of an Excel workbook. The format stores texts apart from cells, so the file is read as a whole.
//!
//! A number is read as its value, however the cell displays it. A cell that is not clear by itself is an error: a formula
//! without a stored value, a cell that is merged with others, a hidden sheet.

mod gaps;

use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use calamine::{Data, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use self::gaps::Gaps;
use super::columns::Columns;
use super::error::{ReadError, RowProblem};
use super::raw_row::RawRow;

pub(super) fn read<B>(
    mut bytes: impl Read,
    each: &mut impl FnMut(RawRow<'_>) -> ControlFlow<B>,
) -> Result<ControlFlow<B>, ReadError> {
    let mut file = Vec::new();
    bytes.read_to_end(&mut file)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(|error| no_workbook(&error))?;
    let name = first_sheet(&workbook)?;
    let sheet = workbook.worksheet_range(&name).map_err(|error| no_workbook(&error))?;
    let gaps = Gaps::find(&mut workbook, &name, &sheet).map_err(|error| no_workbook(&error))?;

    let Some((first_row, first_column)) = sheet.start() else {
        return Err(gaps.in_header(0).unwrap_or(ReadError::NoHeader));
    };
    if let Some(gap) = gaps.in_header(first_row) {
        return Err(gap);
    }
    if first_column > 0 {
        return Err(ReadError::Workbook { problem: "column A is empty: move the cells there".to_owned() });
    }
    // `sheet` lacks the last rows of the file if no cell there has a value, but such a row may have a gap.
    let beyond = std::iter::repeat::<&[Data]>(&[]);
    let last_row = sheet.end().map_or(first_row, |(row, _)| row).max(gaps.last_row());
    let mut rows = (first_row..=last_row).zip(sheet.rows().chain(beyond));
    let (_, header) = rows.next().ok_or(ReadError::NoHeader)?;
    let names = header.iter().map(|cell| text(cell).unwrap_or_else(|found| found));
    let mut names: Vec<_> = names.collect();
    // Cells to the right that were only formatted, or were emptied.
    while names.pop_if(|name| name.is_empty()).is_some() {}
    let columns =
        Columns::from_header(line(first_row), names.iter().map(String::as_str)).map_err(ReadError::Header)?;

    for (index, cells) in rows {
        let flow = match gaps.in_row(index, cells, &columns) {
            Some(problem) => each(RawRow::Unreadable { line: line(index), problem }),
            None => row(&columns, line(index), cells, each),
        };
        if let ControlFlow::Break(broken) = flow {
            return Ok(ControlFlow::Break(broken));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The name of the first sheet, which must be a visible worksheet.
fn first_sheet<R: Read + std::io::Seek>(workbook: &Xlsx<R>) -> Result<String, ReadError> {
    let wrong = |problem| Err(ReadError::Workbook { problem });
    match workbook.sheets_metadata().first() {
        None => wrong("it has no sheet".to_owned()),
        Some(sheet) if sheet.typ != SheetType::WorkSheet => wrong(format!(
            "its first sheet, {:?}, is a chart or a macro: move the rows to the front",
            sheet.name
        )),
        Some(sheet) if sheet.visible != SheetVisible::Visible => wrong(format!(
            "its first sheet, {:?}, is hidden: show it, or move the sheet with the rows to the front",
            sheet.name
        )),
        Some(sheet) => Ok(sheet.name.clone()),
    }
}

fn row<B>(
    columns: &Columns,
    line: u64,
    cells: &[Data],
    each: &mut impl FnMut(RawRow<'_>) -> ControlFlow<B>,
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
                Some(json) => return each(RawRow::Json { line, json: &json, columns: Some(columns) }),
                None => return ControlFlow::Continue(()),
            },
        },
    };
    each(RawRow::Unreadable { line, problem })
}

/// A cell as a text, as CSV would have it; an error describes a cell of another kind.
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

/// The line of a row, whose index counts from 0.
fn line(index: u32) -> u64 {
    u64::from(index) + 1
}

fn no_workbook(error: &XlsxError) -> ReadError {
    ReadError::Workbook { problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::raw_row::collected;
    use super::*;

    fn rows(file: &[u8]) -> Result<Vec<(u64, String)>, ReadError> {
        collected(|mut each| read(file, &mut each))
    }

    /// A workbook with these sheets: the attributes of each in the workbook, and the XML of its rows and what follows.
    fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let numbered = || (1..).zip(sheets);
        let names = numbered().map(|(n, (attributes, _))| {
            format!(r#"<sheet name="Sheet {n}" sheetId="{n}" r:id="r{n}" {attributes}/>"#)
        });
        let names = names.collect::<Vec<_>>().concat();
        let targets = numbered().map(|(n, _)| {
            format!(r#"<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/{n}.xml"/>"#)
        });
        let targets = targets.collect::<Vec<_>>().concat();
        let relationships = |relationships: &str| {
            let package = "http://schemas.openxmlformats.org/package/2006/relationships";
            format!(r#"<Relationships xmlns="{package}">{relationships}</Relationships>"#)
        };
        let root =
            format!(r#"<Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/>"#);
        let mut parts = vec![
            ("_rels/.rels".to_owned(), relationships(&root)),
            (
                "xl/workbook.xml".to_owned(),
                format!(r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>"#),
            ),
            ("xl/_rels/workbook.xml.rels".to_owned(), relationships(&targets)),
        ];
        parts.extend(numbered().map(|(n, (_, xml))| {
            (format!("xl/worksheets/{n}.xml"), format!(r#"<worksheet xmlns="{main}">{xml}</worksheet>"#))
        }));
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, xml) in parts {
            let stored =
                zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file(name, stored).unwrap();
            zip.write_all(xml.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    const HEADER: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c>
        <c r="B1" t="inlineStr"><is><t>currency_iso</t></is></c><c r="C1" t="inlineStr"><is><t>country_iso</t></is></c>
        <c r="D1" t="inlineStr"><is><t>realms</t></is></c><c r="E1" t="inlineStr"><is><t>email</t></is></c></row>"#;

    /// A sheet with the header, and in each row from the second on these cells; `more` stands behind the rows.
    fn sheet(rows: &[&[(&str, &str)]], more: &str) -> String {
        let rows = (2..).zip(rows).map(|(number, cells)| {
            let cells = cells.iter().map(|(column, cell)| {
                let cell = cell.replacen("<c", &format!(r#"<c r="{column}{number}""#), 1);
                if cell.starts_with('<') {
                    return cell;
                }
                format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{cell}</t></is></c>"#)
            });
            format!(r#"<row r="{number}">{}</row>"#, cells.collect::<String>())
        });
        format!("<sheetData>{HEADER}{}</sheetData>{more}", rows.collect::<String>())
    }

    fn one(sheet: &str) -> Vec<(u64, String)> {
        rows(&workbook(&[("", sheet)])).unwrap()
    }

    const ACME: [(&str, &str); 3] = [("A", "Acme"), ("B", "GBP"), ("C", "GB")];

    fn acme(realms: &str) -> Vec<(&str, &str)> {
        [ACME.as_slice(), &[("D", realms)]].concat()
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
    fn each_kind_of_cell_is_what_it_looks_like_or_an_error() {
        for (realms, expected) in [
            ("<c><v>7</v></c>", r#""realms":[7]}"#),
            ("<c><v>7.0</v></c>", r#""realms":[7]}"#),
            ("<c><v>7.5</v></c>", r#""realms":["7.5"]}"#),
            ("007", r#""realms":[7]}"#),
            ("1; 2;7", r#""realms":[1,2,7]}"#),
            ("<c><f>3+4</f><v>7</v></c>", r#""realms":[7]}"#),
            (r#"<c t="str"><f>"1;2"</f><v>1;2</v></c>"#, r#""realms":[1,2]}"#),
            (r#"<c t="str"><f>""</f><v></v></c>"#, r#""country_iso":"GB"}"#),
            (r#"<c t="b"><v>1</v></c>"#, "found the truth value true"),
            (r#"<c t="e"><v>#REF!</v></c>"#, "found the error #REF!"),
            (r#"<c t="e"><f>A9</f><v>#REF!</v></c>"#, "found the error #REF!"),
            (r#"<c t="d"><v>2026-11-24</v></c>"#, "found a date or a time"),
        ] {
            let said = one(&sheet(&[&acme(realms)], ""));
            assert!(said.len() == 1 && said[0].0 == 2 && said[0].1.contains(expected), "{realms}: {said:?}");
        }
    }

    #[test]
    fn a_formula_without_its_value_is_an_error_that_names_the_cell() {
        for formula in ["<c><f>3+4</f></c>", "<c><f>3+4</f><v></v></c>", r#"<c t="str"><f>A1</f></c>"#] {
            // Where it is needed, where it could be missing, and where the row has nothing else.
            let said = one(&sheet(
                &[
                    &acme(formula),
                    &acme("1"),
                    &[acme("1"), vec![("E", formula)]].concat(),
                    &[],
                    &[("B", formula)],
                ],
                "",
            ));
            let lines: Vec<_> = said.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [2, 3, 4, 6], "{formula}: {said:?}");
            for (index, cell) in
                [(0, "D2, column 4 (realms)"), (2, "E4, column 5 (email)"), (3, "B6, column 2")]
            {
                let expected = format!("expected a value in the cell {cell}");
                assert!(said[index].1.starts_with(&expected), "{formula}: {said:?}");
                assert!(said[index].1.contains("save it there"), "{said:?}");
            }
        }
    }

    #[test]
    fn a_header_of_formulas_is_an_error_too() {
        for (header, cell) in [
            (r#"<row r="1"><c r="A1"><f>X1</f></c></row>"#, "A1"),
            (
                r#"<row r="1"><c r="A1"><f>X1</f></c><c r="B1" t="inlineStr"><is><t>realms</t></is></c></row>"#,
                "A1",
            ),
            (
                r#"<row r="2"><c r="A2" t="inlineStr"><is><t>name</t></is></c><c r="B2"><f>X1</f></c></row>"#,
                "B2",
            ),
        ] {
            let file = workbook(&[("", &format!("<sheetData>{header}</sheetData>"))]);
            let said = rows(&file).unwrap_err().to_string();
            assert!(said.contains(&format!("the cell {cell} holds a formula")), "{said}");
        }
    }

    #[test]
    fn merged_cells_are_an_error_of_each_row_that_they_touch() {
        let merged = |cells: &str| {
            let more = format!(r#"<mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>"#);
            let said = one(&sheet(&[&acme("1"), &[("A", "B"), ("D", "2")], &acme("3"), &[]], &more));
            said.into_iter()
                .filter(|(_, said)| said.contains(&format!("the cells {cells} merged")))
                .map(|(line, _)| line)
                .collect::<Vec<_>>()
        };
        assert_eq!(merged("B2:C3"), [2, 3]);
        assert_eq!(merged("E3:E4"), [3, 4], "one that is empty may hide what a row was to have");
        assert_eq!(merged("D4:E4"), [4]);
        assert_eq!(merged("A5:E6"), [0; 0], "rows of nothing are none");
        assert_eq!(merged("G2:H3"), [0; 0], "beside the columns");
    }

    #[test]
    fn the_first_sheet_is_read_and_has_to_be_seen() {
        let (first, second) = (sheet(&[&acme("1")], ""), sheet(&[&acme("2"), &acme("3")], ""));
        let read = |attributes: [&str; 2]| {
            rows(&workbook(&[(attributes[0], first.as_str()), (attributes[1], second.as_str())]))
        };
        for second in ["", r#"state="hidden""#] {
            let read = read(["", second]).unwrap();
            assert!(read.len() == 1 && read[0].1.contains("[1]"), "{read:?}");
        }
        for state in ["hidden", "veryHidden"] {
            let said = read([&format!(r#"state="{state}""#), ""]).unwrap_err().to_string();
            assert!(said.contains(r#"its first sheet, "Sheet 1", is hidden"#), "{said}");
        }
    }

    #[test]
    fn empty_rows_at_the_end_are_none() {
        let styled: &[(&str, &str)] = &[("A", "<c s=\"0\"></c>"), ("D", "<c></c>")];
        let empty: &[(&str, &str)] = &[("A", ""), ("B", r#"<c t="str"><f>""</f><v></v></c>"#)];
        let said = one(&sheet(&[&acme("1"), styled, &[], empty, styled], ""));
        assert_eq!(said.len(), 1, "{said:?}");
    }

    #[test]
    fn what_is_no_workbook() {
        assert!(matches!(rows(include_bytes!("../../tests/files/empty.xlsx")), Err(ReadError::NoHeader)));
        assert!(matches!(rows(b"name,realms\n"), Err(ReadError::Workbook { .. })));
    }
}
