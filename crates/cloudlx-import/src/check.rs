//! Checks every row before any is sent, and loads the rows into a journal if they pass.

mod equal_rows;
mod finding;
mod prepare;
mod rows;

pub use self::finding::Finding;
pub use self::prepare::{PrepareError, Prepared, prepare};
pub use self::rows::{CheckOptions, Checked, check};
