//! `cargo xtask examples`: how users of four languages test against the stub, with their tools' own runners.
//!
//! `examples/` has a folder for each. Those that have packages to install are copied to `target/examples`, where these
//! go; all find the `cloudlx` that is built here on their path, as a user has it who installed it. The test in Python that
//! the README shows is run as it stands there.

use std::env::{self, JoinPathsError};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask_run::install::{self, InstallError, venv_program};
use xtask_run::process::{self, ProcessError, cargo, command};
use xtask_run::program::{self, ProgramError};
use xtask_run::workspace;

/// Why the examples could not be run, or fail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExamplesError {
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("expected a path that other programs can be found on")]
    Path(#[from] JoinPathsError),
    #[error("{failed} of {all} examples failed: {names}")]
    Failed { failed: usize, all: usize, names: String },
}

/// Why one example fails.
#[derive(Debug, thiserror::Error)]
enum ExampleError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("could not copy the README's test")]
    Copy(#[source] io::Error),
    #[error("expected a block of Python in README.md, found none")]
    NoBlock,
}

/// Where an example is, where its packages go, and on which path it finds `cloudlx`.
struct Place {
    source: PathBuf,
    installed: PathBuf,
    path: OsString,
}

/// Runs an example in its place.
type Run = fn(&Place) -> Result<(), ExampleError>;

/// The examples, by their folders.
const EXAMPLES: [(&str, Run); 4] =
    [("cargo-test", cargo_test), ("pytest", pytest), ("vitest", vitest), ("phpunit", phpunit)];

/// Builds `cloudlx` and runs all examples, also after one has failed.
pub(crate) fn run() -> Result<(), ExamplesError> {
    let (sources, folder) = (workspace::root().join("examples"), workspace::root().join("target/examples"));
    let bin = folder.join("bin");
    program::build(false, &bin)?;
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(bin).chain(env::split_paths(&path)))?;
    let mut failed = Vec::new();
    for (name, run) in EXAMPLES {
        println!("examples/{name}");
        let place = Place { source: sources.join(name), installed: folder.join(name), path: path.clone() };
        if let Err(error) = run(&place) {
            println!("examples/{name} failed: {error}");
            failed.push(name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        let names = failed.join(", ");
        Err(ExamplesError::Failed { failed: failed.len(), all: EXAMPLES.len(), names })
    }
}

/// In this process's own path: it starts no `cloudlx`.
fn cargo_test(_: &Place) -> Result<(), ExampleError> {
    Ok(process::run(&mut cargo(&["test", "--quiet", "--package", "cloudlx-example-cargo-test"]))?)
}

fn pytest(place: &Place) -> Result<(), ExampleError> {
    install::python()?;
    copy_sources(place, &["conftest.py", "customers.py", "test_customers.py"])?;
    install::pip(&place.source, &place.installed)?;
    let readme = fs::read_to_string(workspace::root().join("README.md")).map_err(ExampleError::Copy)?;
    let block = block(&readme, "python").ok_or(ExampleError::NoBlock)?;
    fs::write(place.installed.join("test_readme.py"), block).map_err(ExampleError::Copy)?;
    let pytest = venv_program(&place.installed, "pytest");
    let tests = ["--quiet", "test_customers.py", "test_readme.py"];
    Ok(process::run(command_in(&place.installed, place, pytest).args(tests))?)
}

fn vitest(place: &Place) -> Result<(), ExampleError> {
    install::node()?;
    copy_sources(place, &["customers.ts", "stub.ts", "customers.test.ts"])?;
    install::npm(&place.source, &place.installed)?;
    Ok(process::run(command_in(&place.installed, place, "npm").arg("test"))?)
}

/// Where it is: the system has its packages, and it writes nothing.
fn phpunit(place: &Place) -> Result<(), ExampleError> {
    install::require("phpunit", (9, 6), "PHPUnit 9.6 or later; Debian has it as phpunit")?;
    Ok(process::run(&mut command_in(&place.source, place, "phpunit"))?)
}

fn copy_sources(place: &Place, files: &[&str]) -> Result<(), InstallError> {
    install::create(&place.installed)?;
    files.iter().try_for_each(|file| install::copy(&place.source.join(file), &place.installed.join(file)))
}

fn command_in(folder: &Path, place: &Place, program: impl AsRef<OsStr>) -> Command {
    let mut command = command(program, &[]);
    command.current_dir(folder).env("PATH", &place.path);
    command
}

/// The first block of a page in `language`.
fn block<'a>(page: &'a str, language: &str) -> Option<&'a str> {
    let (_, after) = page.split_once(&format!("\n```{language}\n"))?;
    after.split_once("\n```").map(|(block, _)| block)
}

#[cfg(test)]
mod tests {
    use super::block;

    #[test]
    fn a_block_is_found_by_its_language() {
        let page = "a\n```sh\nno\n```\n```python\none\n\ntwo\n```\n```python\nno\n```\n";
        assert_eq!(block(page, "python"), Some("one\n\ntwo"));
        assert_eq!(block(page, "php"), None);
    }
}
