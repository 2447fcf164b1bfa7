//! `cargo xtask compat`: whether a change of `schemas/v1` breaks anybody.
//!
//! Two versions of the contract are compared: the one of a base revision and the one of the working tree.
//!
//! - Requests and rules: what was accepted must still be accepted.
//! - Responses: what may come must still be readable by yesterday's reader, who ignores fields that it does not know.
//! - Endpoints, methods, authentication, media types and status codes: by value.
//!
//! Schemas are compared as sets of documents. A difference that is provably empty breaks nobody; for any other one a
//! document is sought that one version accepts and the other refuses. What cannot be decided is "not proved" and counts
//! as breaking until `schemas/v1/accepted-changes.toml` says why it is not. The rule behind all of it: whatever this
//! program does not understand, and is not documentation, is not proved.
//!
//! `format` counts where JSON Schema defines it (`email`, `date-time` …), since many validators assert it.

mod accepted;
mod change;
mod contract;
mod endpoints;
mod files;
mod report;
mod requests;
mod rules;
mod schema;
mod vectors;
mod written;

use std::error::Error;
use std::path::Path;

use serde_json::json;

use schema::bodies;
use schema::samples::Samples;

pub use accepted::{Accepted, AcceptedError};

pub use change::{Change, Verdict};
pub use contract::base::{Base, BaseError};
pub use contract::git::GitError;
pub use contract::{Contract, ContractError, FOLDER};
pub use report::Report;

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: `{"verdict": "none" | "compatible" | "breaking", "changes": […], …}`, or `{"error": …}`.
    Json,
}

/// Why two versions could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompatError {
    /// There is no base, or it cannot be read.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// The working tree's contract cannot be read.
    #[error("could not read schemas/v1 of the working tree")]
    Contract(#[from] ContractError),
    /// The entries that say why a change breaks nobody cannot be read.
    #[error(transparent)]
    Accepted(#[from] AcceptedError),
    /// The report cannot be printed.
    #[error("could not print the report")]
    Json(#[from] serde_json::Error),
}

/// Why nothing could be judged, for programs: `{"error": "…", "because": ["…"]}`.
#[must_use]
pub fn error_as_json(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let because: Vec<_> = causes.map(ToString::to_string).collect();
    format!("{:#}", json!({ "error": error.to_string(), "because": because }))
}

/// Compares the working tree at `root` with `base` (by default the newest release; before the first, with where the
/// branch left `main`, and there with what was before the newest change), prints the report on stdout and gives the verdict.
///
/// # Errors
///
/// When either version, or the list of accepted changes, cannot be read.
pub fn run(root: &Path, base: Option<&str>, format: Format) -> Result<Verdict, CompatError> {
    let new = Contract::read(root)?;
    let (base, old) = contract::base::find(root, base, &new)?;
    let accepted = Accepted::read(root)?;
    let report = compare(&old, &new, &accepted)?.with_base(base);
    match format {
        Format::Human => print!("{}", report.human()),
        Format::Json => println!("{}", report.json()?),
    }
    Ok(report.verdict())
}

/// What changed from `old` to `new`, and what it means for those who use `old`.
///
/// # Errors
///
/// When the rules or vectors of a version are not what they should be.
pub fn compare(old: &Contract, new: &Contract, accepted: &Accepted) -> Result<Report, ContractError> {
    old.check()?;
    new.check()?;
    let samples = Samples::from_contracts([old, new]);
    let mut compared = bodies::Compared::default();
    let mut changes = files::compare(old, new, &samples, &mut compared);
    changes.extend(endpoints::compare(old, new, &samples, &mut compared));
    changes.extend(rules::compare(old, new)?);
    changes.extend(vectors::compare(old, new)?);
    let unused = accepted.apply(&mut changes);
    Ok(Report::new(changes, unused))
}
