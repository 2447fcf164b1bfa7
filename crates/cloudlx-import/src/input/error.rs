//! Why a row, or a whole file, cannot be read.

use std::io;

use super::columns::{Column, HeaderMistake};

/// The longest row, in bytes. A longer one is not a request but a file of another kind.
pub const MAX_ROW_BYTES: usize = 1 << 20;

/// Why a row cannot be turned into a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// The row has more or fewer cells than the header.
    #[error(
        "expected {expected} cells as in the header, found {found}: put quotes around texts that hold the separator, and \
         write an empty cell where there is nothing to say"
    )]
    CellCount {
        /// The number of cells in the header.
        expected: usize,
        /// The number of cells in the row.
        found: usize,
    },
    /// A cell is not UTF-8 text.
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
    /// A cell of a workbook has a formula without its value: the program that wrote the file did not calculate it.
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
    /// A cell of a workbook is merged with others, so that it is unclear which rows its content belongs to.
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
    /// The row is longer than [`MAX_ROW_BYTES`].
    #[error(
        "expected a request of at most {MAX_ROW_BYTES} bytes, found a longer row: check that the file is what it is called"
    )]
    TooLong,
}

impl RowProblem {
    /// The stable code of the problem, in kebab case like the codes of rules.
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

    /// The column that the problem is about, where it is about one.
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
    /// The text is in UTF-16.
    #[error("expected text in UTF-8, found UTF-16: save the file as CSV in UTF-8")]
    Utf16,
    /// There is no header row.
    #[error(
        "expected a first row with the names of the columns, found none: write one, such as name,currency_iso,country_iso,realms"
    )]
    NoHeader,
    /// The header row has mistakes.
    #[error("expected the names of a request's fields in the first row, found others")]
    Header(Vec<HeaderMistake>),
    /// The file is not JSON.
    #[error("expected an array of requests as JSON, found what is none (line {line}, column {column})")]
    Json {
        /// The line, from 1.
        line: u64,
        /// The column, in bytes, from 1.
        column: u64,
        /// The parser's error.
        source: serde_json::Error,
    },
    /// The file is not a workbook, or its first sheet cannot be read.
    #[error("expected a workbook with a first sheet: {problem}")]
    Workbook {
        /// What is wrong with it.
        problem: String,
    },
    /// This build was made without the feature `xlsx`.
    #[error("this build reads no workbooks: save the sheet as CSV, or build with the feature xlsx")]
    NoXlsx,
}
