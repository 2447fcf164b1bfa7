//! `cargo xtask interop`: uses `schemas/v1` with the tools of other languages, and prints a table of where they agree.
//!
//! The folder `interop` has the pinned tools, the checks and the programs. This module copies it to `target/interop`, installs
//! the tools there, runs everything, and counts. Each check prints one line, a JSON array of [`Row`]s.

mod installed;
mod readme;
pub(crate) mod stub;
mod table;

use std::path::Path;

use crate::interop::installed::{Installed, install};
use crate::interop::stub::Stub;
use crate::interop::table::{Row, print};
use xtask_run::install::InstallError;
use xtask_run::process::{self, ProcessError};
use xtask_run::workspace;

/// Why the tools could not be run, or do not agree.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InteropError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Readme(#[from] readme::ReadmeError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Stub(#[from] stub::StubError),
    #[error("expected one line of JSON, an array of rows, from {script}, found {found:?}")]
    Rows { script: &'static str, found: String, source: serde_json::Error },
    #[error("{0} of {1} checks disagree: see above")]
    Disagree(usize, usize),
}

/// The checks: each gets the schemas and vectors and prints rows.
const CHECKS: [&str; 5] = [
    "build/checks/vectors.js",
    "build/checks/types.js",
    "build/checks/lint.js",
    "python/vectors.py",
    "python/models.py",
];

/// User programs: language, description, file. They need the types that `types.js` and `models.py` generate.
const PROGRAMS: [(&str, &str, &str); 2] = [
    ("TypeScript", "token, create, list, get, refusal on the stub", "build/typescript/customers.js"),
    ("Python", "token, create, list, get, refusal on the stub", "python/customers.py"),
];

/// Installs what is missing, runs every check and prints the table.
///
/// # Errors
///
/// When a tool is missing or cannot be run, and when one disagrees.
pub(crate) fn run() -> Result<(), InteropError> {
    let root = workspace::root();
    let (sources, folder, schemas) =
        (root.join("xtask/polyglot/interop"), root.join("target/interop"), root.join("schemas/v1"));
    let installed = install(&sources, &folder)?;

    process::run(&mut installed.node_tool("tsc", &["-p", "checks"]))?;
    let mut rows = Vec::new();
    for script in CHECKS {
        rows.extend(checked(&installed, script, &schemas)?);
    }

    let stub = Stub::start()?;
    for (language, check, script) in PROGRAMS {
        rows.push(program(&installed, language, check, script, stub.base_url()));
    }
    let pins = [sources.join("package.json"), sources.join("requirements.txt")];
    rows.extend(readme::follow(&root.join("schemas"), &pins, &folder.join("readme"), stub.base_url())?);
    drop(stub);

    print(&rows);
    let disagreeing = rows.iter().filter(|row| !row.agrees()).count();
    if disagreeing == 0 { Ok(()) } else { Err(InteropError::Disagree(disagreeing, rows.len())) }
}

/// Runs a check and reads its rows.
fn checked(installed: &Installed, script: &'static str, schemas: &Path) -> Result<Vec<Row>, InteropError> {
    let output = process::output(installed.script(script).arg(schemas))?;
    let found = String::from_utf8_lossy(&output).into_owned();
    serde_json::from_str(&found).map_err(|source| InteropError::Rows { script, found, source })
}

/// Runs a program. It agrees if it exits with 0: it fails at the first response that does not fit its types.
fn program(installed: &Installed, language: &str, check: &str, script: &'static str, base_url: &str) -> Row {
    let ended = process::output(installed.script(script).env("CLOUDLX_BASE_URL", base_url));
    Row::for_one(language, check, script, ended.err().map(|error| error.to_string()))
}
