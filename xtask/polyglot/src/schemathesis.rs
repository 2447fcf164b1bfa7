//! `cargo xtask schemathesis`: the stub under requests that Schemathesis makes out of the OpenAPI document, valid ones and
//! ones that are not, and in the order of its links.
//!
//! The folder `schemathesis` has the pinned tool, what it is to do, and what the document cannot tell it. What is here installs,
//! runs and judges by the exit code: a failed check is one, and so is a warning that an operation was hardly tested.

use crate::interop::stub::{Stub, StubError};
use xtask_run::install::{self, InstallError, venv_program};
use xtask_run::process::{self, ProcessError, command};
use xtask_run::workspace;

/// Why the tool could not be run, or found something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemathesisError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Stub(#[from] StubError),
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Installs what is missing and lets the tool at a stub of its own.
///
/// # Errors
///
/// When the tool is missing or finds anything.
pub(crate) fn run() -> Result<(), SchemathesisError> {
    let root = workspace::root();
    let (sources, folder) = (root.join("xtask/polyglot/schemathesis"), root.join("target/schemathesis"));
    install::python()?;
    install::create(&folder)?;
    install::pip(&sources, &folder)?;
    // A copy, for Python and the tool leave things behind where they run.
    let run = folder.join("run");
    install::copy_folder(&sources, &run)?;

    let stub = Stub::start()?;
    let mut tool = command(venv_program(&folder, "schemathesis"), &["run", "--url", stub.base_url()]);
    tool.arg(root.join("schemas/v1/openapi.json")).current_dir(run);
    Ok(process::run(&mut tool)?)
}
