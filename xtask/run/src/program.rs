//! Builds `cloudlx`, the program that users run, and copies it to a place of its own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::process::{self, ProcessError};
use crate::workspace;

/// Why `cloudlx` was not built.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// cargo failed.
    #[error("could not build `cloudlx`")]
    Build(#[from] ProcessError),
    /// cargo named no executable.
    #[error(
        "expected cargo to say where it built `cloudlx`, found nothing of it: is the package's binary still called so?"
    )]
    NoProgram,
    /// It cannot be written where it should be.
    #[error("could not copy `cloudlx` to {}", path.display())]
    Copy {
        /// Where it should be.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Builds `cloudlx` and copies it to `folder`: the next build must not change the program in the middle of a run.
///
/// # Errors
///
/// When it cannot be built or copied.
pub fn build(release: bool, folder: &Path) -> Result<PathBuf, ProgramError> {
    build_at(&workspace::root(), release, folder)
}

/// The same from a copy of the workspace, at `root`.
///
/// # Errors
///
/// When it cannot be built or copied.
pub fn build_at(root: &Path, release: bool, folder: &Path) -> Result<PathBuf, ProgramError> {
    let build = ["build", "--quiet", "--package", "cloudlx-cli", "--message-format", "json"];
    let mut build = process::cargo(&build);
    build.current_dir(root);
    if release {
        build.arg("--release");
    }
    let output = process::output(&mut build)?;
    let messages = String::from_utf8_lossy(&output).into_owned();
    let mut programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    let made = programs.next_back().ok_or(ProgramError::NoProgram)?;
    let program = folder.join(made.file_name().unwrap_or("cloudlx".as_ref()));
    let copied = fs::create_dir_all(folder).and_then(|()| fs::copy(&made, &program));
    copied.map_err(|source| ProgramError::Copy { path: program.clone(), source })?;
    Ok(program)
}
