//! Reads the rows of an input file, one after the other, whatever format they are written in.
//!
//! Each reader hands a row on as the JSON of a request, so that `cloudlx_validate::from_json` checks all of them. A reader
//! keeps one row in memory at a time. The exception is a workbook, whose format can only be read as a whole.

mod columns;
mod csv;
mod error;
mod file;
mod format;
mod json;
mod lines;
mod ndjson;
mod raw_row;
#[cfg(feature = "xlsx")]
mod xlsx;

use std::io;
use std::ops::ControlFlow;

pub use self::columns::{Column, Columns, HeaderMistake};
pub use self::error::{MAX_ROW_BYTES, ReadError, RowProblem};
pub use self::file::Input;
pub use self::format::Format;

pub(crate) use self::raw_row::RawRow;

use crate::hash::InputHash;

/// Reads every row of `input` and hands it to `each`, which may break off. Returns the file's hash unless it did.
pub(crate) fn read<B>(
    input: &Input,
    mut each: impl FnMut(RawRow<'_>) -> ControlFlow<B>,
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
