//! Creates many customers: none lost, none twice.
#![forbid(unsafe_code)]

mod equal;
mod input;
pub mod journal;
mod rows;
pub mod settle;

pub use input::{Format, Input, InputHash};
pub use rows::{Column, Columns, HeaderMistake, MAX_ROW_BYTES, ReadError, RowProblem};
