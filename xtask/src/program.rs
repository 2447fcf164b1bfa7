//! The program `cloudlx`, built to be tried from outside.

use std::path::PathBuf;

use crate::process::{self, ProcessError};

/// Why there is no program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    #[error("could not build `cloudlx`")]
    Build(#[from] ProcessError),
    #[error(
        "expected cargo to say where it built `cloudlx`, found nothing of it: is the package's binary still called so?"
    )]
    None,
}

/// Builds the program, and says where it is.
pub(crate) fn build(release: bool) -> Result<PathBuf, ProgramError> {
    let build = ["build", "--quiet", "--package", "cloudlx-cli", "--message-format", "json"];
    let mut build = process::cargo(&build);
    if release {
        build.arg("--release");
    }
    let output = process::output(&mut build)?;
    let messages = String::from_utf8_lossy(&output).into_owned();
    let mut programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    programs.next_back().ok_or(ProgramError::None)
}
