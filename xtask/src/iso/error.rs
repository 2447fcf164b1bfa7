//! Why the ISO tables cannot be made.

use std::io;
use std::path::PathBuf;

use xtask_run::install::InstallError;

/// Why the tables could not be generated, or are stale.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IsoError {
    /// The data packages could not be installed.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// rustfmt could not be run.
    #[error("rustfmt could not be run: install it with `rustup component add rustfmt`")]
    Rustfmt(#[source] io::Error),
    /// rustfmt refused.
    #[error("rustfmt turned a generated table away: correct `xtask/src/iso/render.rs`")]
    NotRust,
    /// A file could not be read.
    #[error("{} could not be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// A file could not be written.
    #[error("{} could not be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// A data file is not shaped as expected.
    #[error("{} does not look like CLDR's JSON any more: adapt `xtask/src/iso/cldr.rs`", path.display())]
    Json { path: PathBuf, source: serde_json::Error },
    /// A current code that nobody is known to be billed in, and that no table explains.
    #[error(
        "{code} is current and not tender: add it to `NOT_BILLABLE` or `NOT_ISO` in \
         `xtask/src/iso/amendments.rs`"
    )]
    Unclassified { code: String },
    /// A code without an English name.
    #[error("CLDR has no English name for {code}: add one to `NAMES` in `xtask/src/iso/amendments.rs`")]
    NoName { code: String },
    /// An amendment that the data makes superfluous or contradicts.
    #[error(
        "the amendment of {code} in `{table}` is not needed any more, or the data speaks against it: take it out \
         of `xtask/src/iso/amendments.rs`"
    )]
    Unneeded { table: &'static str, code: &'static str },
    /// The data and the official list are of different sizes.
    #[error(
        "expected {expected} {what} and found {found}: compare the data with the official list, then amend \
         `xtask/src/iso/amendments.rs`"
    )]
    Count { what: &'static str, expected: usize, found: usize },
    /// `--check`: the tables are not what would be generated.
    #[error("out of date: run `cargo xtask iso`\n{}", differences.join("\n"))]
    Stale { differences: Vec<String> },
}
