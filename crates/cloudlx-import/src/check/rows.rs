//! Checks the rows of an input, one after the other.

use std::convert::Infallible;
use std::ops::ControlFlow;

use cloudlx_model::CreateCustomer;
use cloudlx_validate::{Validated, from_json};

use super::equal_rows::EqualRows;
use super::finding::{Finding, describe};
use crate::hash::InputHash;
use crate::input::{self, Input, RawRow, ReadError};
use crate::journal::NewRow;

/// Which mistakes in an input are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Leave invalid rows out, and send the other rows.
    pub skip_invalid: bool,
    /// Create a customer for every one of several equal rows.
    pub allow_equal_rows: bool,
}

/// How many rows an input has, and how many of them have mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// The number of all rows.
    pub rows: u64,
    /// The number of invalid rows.
    pub invalid: u64,
    /// The number of rows that equal an earlier one.
    pub equal: u64,
}

impl Checked {
    /// Whether the rows may be sent. An input without rows does not pass, because the file is probably the wrong one.
    #[must_use]
    pub fn passes(&self, options: CheckOptions) -> bool {
        self.rows > 0
            && (self.invalid == 0 || options.skip_invalid)
            && (self.equal == 0 || options.allow_equal_rows)
    }
}

/// Checks every row of `input` and calls `report` for each mistake. Stores and sends nothing.
///
/// Equal rows are reported last, in the order of the file.
///
/// # Errors
///
/// When the input cannot be read to its end.
pub fn check(input: &Input, report: impl FnMut(&Finding<'_>)) -> Result<Checked, ReadError> {
    let flow = each_row(input, report, |_| ControlFlow::<Infallible>::Continue(()))?;
    match flow {
        ControlFlow::Continue((checked, _)) => Ok(checked),
        ControlFlow::Break(never) => match never {},
    }
}

/// Checks each row, reports mistakes, and hands the row to `keep` as the journal is to store it.
pub(super) fn each_row<B>(
    input: &Input,
    mut report: impl FnMut(&Finding<'_>),
    mut keep: impl FnMut(NewRow) -> ControlFlow<B>,
) -> Result<ControlFlow<B, (Checked, InputHash)>, ReadError> {
    let mut checked = Checked::default();
    let mut equal_rows = EqualRows::default();
    let flow = input::read(input, |row| {
        checked.rows += 1;
        keep(match row {
            RawRow::Json { line, json, columns } => match from_json(json) {
                Ok(request) => {
                    equal_rows.push(line, &request);
                    NewRow::Pending { line, request: as_json(&request) }
                }
                Err(violations) => {
                    checked.invalid += 1;
                    report(&Finding::Invalid { line, json, columns, violations: &violations });
                    NewRow::Skipped { line, reason: describe(columns, &violations) }
                }
            },
            RawRow::Unreadable { line, problem } => {
                checked.invalid += 1;
                report(&Finding::Unreadable { line, problem: &problem });
                NewRow::Skipped { line, reason: problem.to_string() }
            }
        })
    })?;
    let ControlFlow::Continue(hash) = flow else { return Ok(flow.map_continue(|hash| (checked, hash))) };
    for (line, first) in equal_rows.into_repeated() {
        checked.equal += 1;
        report(&Finding::Equal { line, first });
    }
    Ok(ControlFlow::Continue((checked, hash)))
}

/// The request as it will be sent.
fn as_json(request: &Validated<CreateCustomer>) -> Vec<u8> {
    // Every request can be written as JSON. For one that could not, the journal would find no request, and send nothing.
    serde_json::to_vec(request).unwrap_or_default()
}
