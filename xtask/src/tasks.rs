//! The tasks that are packages of their own.
//!
//! Each reads its arguments itself. `cargo xtask` builds and runs it, passes the arguments on, and ends with its exit code.

use std::ffi::OsStr;
use std::fmt;
use std::process::{Command, ExitStatus};

use xtask_run::process::{self, ProcessError};
use xtask_run::workspace;

/// A task, by the name that `cargo xtask` gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task {
    name: &'static str,
    package: &'static str,
    /// What the package is asked for, where it has more than one task.
    command: Option<&'static str>,
}

pub(crate) const BENCH: Task = Task { name: "bench", package: "xtask-bench", command: None };
pub(crate) const CHAOS: Task = Task { name: "chaos", package: "xtask-chaos", command: None };
pub(crate) const COMPAT: Task = Task { name: "compat", package: "xtask-compat", command: None };
pub(crate) const EXAMPLES: Task = polyglot("examples");
pub(crate) const INTEROP: Task = polyglot("interop");
pub(crate) const PAGE: Task = polyglot("page");
pub(crate) const SCHEMATHESIS: Task = polyglot("schemathesis");

const fn polyglot(name: &'static str) -> Task {
    Task { name, package: "xtask-polyglot", command: Some(name) }
}

impl Task {
    /// Builds and runs the task in the folder of the caller, whose arguments may name files there.
    pub(crate) fn run(
        self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<ExitStatus, ProcessError> {
        let mut cargo = Command::new(process::cargo_program());
        cargo.args(["run", "--quiet", "--package", self.package, "--manifest-path"]);
        cargo.arg(workspace::root().join("Cargo.toml")).arg("--").args(self.command).args(arguments);
        process::status(&mut cargo)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}
