//! Runs a program and reports how it ended.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, ExitStatus, Output, Stdio};

use crate::workspace;

/// Why a program that a task needs failed.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It is not there, or cannot be run.
    #[error("could not start `{command}`: install it, or see CONTRIBUTING.md")]
    Start {
        /// With its arguments.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// It ended with another exit code than 0.
    #[error("`{command}` ended with {status}: see its output above")]
    Failed {
        /// With its arguments.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
}

/// `program` with `arguments`, to run at the workspace's root.
pub fn command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this program, with `arguments`, to run at the workspace's root.
#[must_use]
pub fn cargo(arguments: &[&str]) -> Command {
    command(cargo_program(), arguments)
}

/// The cargo that runs this program.
#[must_use]
pub fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs `command` to its end; what it prints is shown.
///
/// # Errors
///
/// When it cannot be started, and when it fails.
pub fn run(command: &mut Command) -> Result<(), ProcessError> {
    let status = status(command)?;
    if status.success() { Ok(()) } else { Err(ProcessError::Failed { command: shown(command), status }) }
}

/// Runs `command` to its end, however that is; what it prints is shown.
///
/// # Errors
///
/// When it cannot be started.
pub fn status(command: &mut Command) -> Result<ExitStatus, ProcessError> {
    command.status().map_err(|source| ProcessError::Start { command: shown(command), source })
}

/// Runs `command` to its end and returns what it printed on stdout.
///
/// # Errors
///
/// When it cannot be started, and when it fails.
pub fn output(command: &mut Command) -> Result<Vec<u8>, ProcessError> {
    let output = outcome(command.stderr(Stdio::inherit()))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(ProcessError::Failed { command: shown(command), status: output.status })
    }
}

/// Runs `command` to its end, however that is, and returns what it printed.
///
/// # Errors
///
/// When it cannot be started.
pub fn outcome(command: &mut Command) -> Result<Output, ProcessError> {
    command.output().map_err(|source| ProcessError::Start { command: shown(command), source })
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
