//! `cargo xtask schemathesis`: tests the stub with requests that Schemathesis generates from the OpenAPI document, valid and
//! invalid, also in the order of its links.
//!
//! The folder `schemathesis` has the pinned tool, its settings, and hooks for what the document cannot express. This module
//! installs and runs the tool. Its exit code decides: a failed check counts, and a warning that an operation was hardly tested.

use crate::interop::stub::{Stub, StubError};
use xtask_run::install::{self, InstallError, venv_program};
use xtask_run::process::{self, ProcessError, command};
use xtask_run::workspace;

/// Why the tool could not be run, or what failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemathesisError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Stub(#[from] StubError),
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Installs what is missing, starts a stub and runs the tool against it.
///
/// # Errors
///
/// When the tool is missing or a check fails.
pub(crate) fn run() -> Result<(), SchemathesisError> {
    let root = workspace::root();
    let (sources, folder) = (root.join("xtask/polyglot/schemathesis"), root.join("target/schemathesis"));
    install::python()?;
    install::create(&folder)?;
    install::pip(&sources, &folder)?;
    // A copy, since Python and the tool leave files where they run.
    let run = folder.join("run");
    install::copy_folder(&sources, &run)?;

    let stub = Stub::start()?;
    let mut tool = command(venv_program(&folder, "schemathesis"), &["run", "--url", stub.base_url()]);
    tool.arg(root.join("schemas/v1/openapi.json")).current_dir(run);
    Ok(process::run(&mut tool)?)
}
