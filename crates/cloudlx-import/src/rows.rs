//! Reading rows, one after the other, whatever they are written in.
//!
//! A reader hands each row on as the JSON of a request, so that one door (`cloudlx_validate::from_json`) checks all of
//! them. It holds one row at a time; a workbook is the exception, which its format does not let be read so.

mod cells;
mod csv;
mod json;
mod lines;
mod ndjson;
#[cfg(feature = "xlsx")]
mod xlsx;

use std::io;
use std::ops::ControlFlow;

pub use self::cells::{Column, Columns, HeaderMistake};

use crate::input::{Format, Input, InputHash};

/// The longest row, in bytes. One that is longer is no request but a file of another kind.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// What a reader found where a row may be.
#[derive(Debug, PartialEq)]
pub(crate) enum Found<'a> {
    /// A row, as the JSON of a request.
    Row {
        /// The line that it begins on, from 1.
        line: u64,
        /// The request.
        json: &'a [u8],
        /// The columns that it was written in, unless it was written as JSON.
        columns: Option<&'a Columns>,
    },
    /// A row that no request can be made of.
    Unreadable {
        /// The line that it begins on, from 1.
        line: u64,
        /// What is wrong with it.
        problem: RowProblem,
    },
}

/// Why no request can be made of a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// It has more or fewer cells than the header.
    #[error(
        "expected {expected} cells as in the header, found {found}: put quotes around texts that hold the separator, and \
         write an empty cell where there is nothing to say"
    )]
    CellCount {
        /// How many the header has.
        expected: usize,
        /// How many the row has.
        found: usize,
    },
    /// A cell is no text.
    #[error("expected text (UTF-8) in column {column}, found other bytes: save the file as UTF-8")]
    NotText {
        /// The column.
        column: Column,
    },
    /// A cell of a workbook is an error or a date.
    #[error(
        "expected a text or a number in column {column}, found {found}: format the cell as text and write it anew"
    )]
    CellKind {
        /// The column.
        column: Column,
        /// What is in the cell.
        found: String,
    },
    /// A cell of a workbook holds a formula, and not what comes of it: the program that wrote the file left that to others.
    #[error(
        "expected a value in the cell {cell}, column {column}, found a formula that was not calculated: open the file in a \
         spreadsheet program and save it there"
    )]
    NotCalculated {
        /// The column.
        column: Column,
        /// The cell's name, such as `D7`.
        cell: String,
    },
    /// A cell of a workbook is a part of a larger one, so that it is not clear which rows its content is for.
    #[error(
        "expected a cell for each row in column {column}, found the cells {cells} merged into one: unmerge them, and fill in \
         each"
    )]
    Merged {
        /// The first of the columns.
        column: Column,
        /// The cells, such as `B2:B5`.
        cells: String,
    },
    /// It is too long to be a request.
    #[error(
        "expected a request of at most {MAX_ROW_BYTES} bytes, found a longer row: check that the file is what it is called"
    )]
    TooLong,
}

impl RowProblem {
    /// The stable code, in kebab case, as the codes of rules are.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CellCount { .. } => "cell-count",
            Self::NotText { .. } => "not-text",
            Self::CellKind { .. } => "cell-kind",
            Self::NotCalculated { .. } => "not-calculated",
            Self::Merged { .. } => "merged-cells",
            Self::TooLong => "row-too-long",
        }
    }

    /// Which column it is about, where it is about one.
    #[must_use]
    pub fn column(&self) -> Option<&Column> {
        match self {
            Self::NotText { column }
            | Self::CellKind { column, .. }
            | Self::NotCalculated { column, .. }
            | Self::Merged { column, .. } => Some(column),
            Self::CellCount { .. } | Self::TooLong => None,
        }
    }
}

/// Why a file could not be read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read.
    #[error("could not read the rows: check the path, and that the file is what its name says")]
    Io(#[from] io::Error),
    /// The text is in another encoding.
    #[error("expected text in UTF-8, found UTF-16: save the file as CSV in UTF-8")]
    Utf16,
    /// There is no header row.
    #[error(
        "expected a first row with the names of the columns, found none: write one, such as name,currency_iso,country_iso,realms"
    )]
    NoHeader,
    /// The header row is not one of the fields of a request.
    #[error("expected the names of a request's fields in the first row, found others")]
    Header(Vec<HeaderMistake>),
    /// The file is no JSON.
    #[error("expected an array of requests as JSON, found what is none (line {line}, column {column})")]
    Json {
        /// The line, from 1.
        line: u64,
        /// The column, in bytes, from 1.
        column: u64,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The file is no workbook, or has no sheet.
    #[error("expected a workbook with a first sheet: {problem}")]
    Workbook {
        /// What is wrong with it.
        problem: String,
    },
    /// Workbooks are not read by this build.
    #[error("this build reads no workbooks: save the sheet as CSV, or build with the feature xlsx")]
    NoXlsx,
}

/// Reads every row of `input` and hands it to `each`, which may break off. The file's hash, unless it did.
pub(crate) fn read<B>(
    input: &Input,
    mut each: impl FnMut(Found<'_>) -> ControlFlow<B>,
) -> Result<ControlFlow<B, InputHash>, ReadError> {
    let mut bytes = input.open()?;
    let flow = match input.format {
        Format::Csv => csv::read(&mut bytes, &mut each)?,
        Format::Ndjson => ndjson::read(&mut bytes, &mut each)?,
        Format::Json => json::read(&mut bytes, &mut each)?,
        #[cfg(feature = "xlsx")]
        Format::Xlsx => xlsx::read(&mut bytes, &mut each)?,
        #[cfg(not(feature = "xlsx"))]
        Format::Xlsx => return Err(ReadError::NoXlsx),
    };
    if let ControlFlow::Break(broken) = flow {
        return Ok(ControlFlow::Break(broken));
    }
    io::copy(&mut bytes, &mut io::sink())?;
    Ok(ControlFlow::Continue(bytes.finish()))
}

/// The mark that some programs put at the beginning of UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the tests of readers read: each row's line and JSON, each unreadable one's line and problem.
#[cfg(test)]
fn collected(
    read: impl FnOnce(
        &mut dyn FnMut(Found<'_>) -> ControlFlow<std::convert::Infallible>,
    ) -> Result<ControlFlow<std::convert::Infallible>, ReadError>,
) -> Result<Vec<(u64, String)>, ReadError> {
    let mut rows = Vec::new();
    let _ = read(&mut |found| {
        rows.push(match found {
            Found::Row { line, json, .. } => (line, String::from_utf8(json.to_vec()).unwrap()),
            Found::Unreadable { line, problem } => (line, problem.to_string()),
        });
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}
