//! Reads other revisions from git.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::contract::FOLDER;
use crate::contract::reading::is_json;

/// Why git did not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// git is not installed.
    #[error("could not start git: install it")]
    Start(#[source] io::Error),
    /// git failed.
    #[error("`git {command}` failed: {message}")]
    Refused {
        /// Its arguments.
        command: String,
        /// Its error message.
        message: String,
    },
}

/// Variables that make git use another repository, or another history, than that of the current folder. git sets them for
/// hooks and their child processes.
const OTHER_REPOSITORY: [&str; 13] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_SHALLOW_FILE",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
];

/// What git prints.
pub(crate) fn output(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    printed(&mut command(root, arguments), arguments)
}

/// git for the repository that contains `root`, whatever the environment names.
pub(crate) fn command(root: &Path, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(arguments).stdin(Stdio::null());
    for variable in OTHER_REPOSITORY {
        git.env_remove(variable);
    }
    git
}

/// Runs `git` and returns what it prints; `arguments` are for the error.
pub(crate) fn printed(git: &mut Command, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = git.output().map_err(GitError::Start)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(GitError::Refused { command: arguments.join(" "), message })
}

/// The same as text, without white space around it.
pub(crate) fn text(root: &Path, arguments: &[&str]) -> Result<String, GitError> {
    Ok(String::from_utf8_lossy(&output(root, arguments)?).trim().to_owned())
}

/// The same, line by line.
pub(crate) fn lines(root: &Path, arguments: &[&str]) -> Result<Vec<String>, GitError> {
    Ok(text(root, arguments)?.lines().map(str::to_owned).collect())
}

/// The commit that a revision names; `None` when there is no such commit.
pub(crate) fn commit(root: &Path, revision: &str) -> Result<Option<String>, GitError> {
    // Never read as an option.
    let named = format!("{revision}^{{commit}}");
    match text(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &named]) {
        Ok(commit) => Ok(Some(commit)),
        Err(GitError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The contract's files in a commit, from the repository's root.
pub(crate) fn contract_files(root: &Path, commit: &str) -> Result<Vec<String>, GitError> {
    let paths = output(root, &["ls-tree", "-r", "-z", "--name-only", commit, "--", FOLDER])?;
    let paths = String::from_utf8_lossy(&paths).into_owned();
    Ok(paths.split('\0').filter(|path| is_json(path)).map(str::to_owned).collect())
}
