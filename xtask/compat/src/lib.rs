//! Whether a change of a contract breaks those who use it: `cargo xtask compat`.
//!
//! The crate compares two versions of `schemas/v1`, one from git and one from the working tree.
//!
//! - Requests and rules: the new version must accept every document that the old one accepts.
//! - Responses: a reader of the old version, which ignores unknown fields, must be able to read every new response.
//! - Endpoints, methods, authentication, media types and status codes are compared by value.
//!
//! A schema is compared as a set of documents. If the set algebra proves that the difference of two schemas is empty,
//! the change breaks nobody. Otherwise the crate looks for a document that one version accepts and the other refuses. A
//! change that it can neither prove nor refute is "not proved": it counts as breaking until
//! `schemas/v1/accepted-changes.toml` gives a reason why it breaks nobody. The same holds for every part of a contract
//! that this crate does not know, unless it is documentation.
//!
//! `format` is part of the comparison where JSON Schema defines it (`email`, `date-time` …), since many validators check
//! it.
#![forbid(unsafe_code)]

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
    /// The list of accepted changes cannot be read.
    #[error(transparent)]
    Accepted(#[from] AcceptedError),
    /// The report cannot be printed.
    #[error("could not print the report")]
    Json(#[from] serde_json::Error),
}

/// An error as programs read it: `{"error": "…", "because": ["…"]}`.
#[must_use]
pub fn error_as_json(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let because: Vec<_> = causes.map(ToString::to_string).collect();
    format!("{:#}", json!({ "error": error.to_string(), "because": because }))
}

/// Compares the working tree at `root` with the revision `base`, prints the report on stdout and returns the verdict.
///
/// The default base is the newest release; before the first release, the commit where the branch left `main`; on `main`
/// itself, the commit before the newest change of the contract.
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

/// Lists the changes from `old` to `new`, each with its verdict for those who use `old`.
///
/// # Errors
///
/// When the rules or vectors of a version are malformed.
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
