//! Running other programs.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitStatus, Stdio};

use crate::workspace;

/// Why a program that this one needs did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    #[error("could not start `{command}`: install it, or see CONTRIBUTING.md")]
    Start { command: String, source: io::Error },
    #[error("`{command}` ended with {status}: see its output above")]
    Failed { command: String, status: ExitStatus },
}

/// `program` with `arguments`, to run at the workspace's root.
pub fn command(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(workspace::root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this program.
pub fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    command(&cargo, arguments)
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

/// Runs `command` to its end and gives what it printed on stdout.
pub fn output(command: &mut Command) -> Result<Vec<u8>, ProcessError> {
    command.stderr(Stdio::inherit());
    let output =
        command.output().map_err(|source| ProcessError::Start { command: shown(command), source })?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(ProcessError::Failed { command: shown(command), status: output.status })
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
