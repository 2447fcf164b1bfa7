//! Mistakes in rows, as a check reports them.

use std::fmt;

use cloudlx_validate::{Violation, Violations};

use crate::input::{Columns, RowProblem};

/// A mistake in a row.
#[derive(Debug)]
#[non_exhaustive]
pub enum Finding<'a> {
    /// The row's request breaks rules.
    Invalid {
        /// The line that the row begins on, from 1.
        line: u64,
        /// The request as JSON: as it is in the file, or made out of cells.
        json: &'a [u8],
        /// The columns of the file; none where the row was written as JSON.
        columns: Option<&'a Columns>,
        /// All violations.
        violations: &'a Violations,
    },
    /// The row cannot be turned into a request.
    Unreadable {
        /// The line that the row begins on, from 1.
        line: u64,
        /// What is wrong with the row.
        problem: &'a RowProblem,
    },
    /// The row asks for the same customer as an earlier one.
    Equal {
        /// The line that the row begins on, from 1.
        line: u64,
        /// The line of the first row that it equals, from 1.
        first: u64,
    },
}

/// Writes the line and what is wrong with it.
impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { line, columns, violations, .. } => {
                write!(f, "line {line}: {}", describe(*columns, violations))
            }
            Self::Unreadable { line, problem } => write!(f, "line {line}: {problem}"),
            Self::Equal { line, first } => {
                write!(f, "line {line}: the row equals the one on line {first}: remove one of them")
            }
        }
    }
}

/// All violations of a row in one line.
pub(super) fn describe(columns: Option<&Columns>, violations: &Violations) -> String {
    let words = match columns {
        Some(columns) => columns.describe(violations),
        None => violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("; "),
    };
    match violations.total().saturating_sub(violations.as_slice().len()) {
        0 => words,
        more => format!("{words}; and {more} more"),
    }
}
