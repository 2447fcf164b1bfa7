//! `cargo xtask examples`: the READMEs' commands, as they stand there; among them, how users of four languages test against the
//! stub, with their tools' own runners.
//!
//! The examples and the pages are followed in copies, below `target`, where their packages go as well. All find the
//! `cloudlx` that is built here on their path, as a user has it who installed it.

use std::env::{self, JoinPathsError};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use xtask_run::install::{self, InstallError};
use xtask_run::process::{self, ProcessError, command};
use xtask_run::program::{self, ProgramError};
use xtask_run::workspace;

use crate::readme::{self, ReadmeError};

/// Why the examples could not be run, or fail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExamplesError {
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("expected a path that other programs can be found on")]
    Path(#[from] JoinPathsError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{failed} of {all} READMEs failed: {names}")]
    Failed { failed: usize, all: usize, names: String },
}

/// Why one README cannot be followed.
#[derive(Debug, thiserror::Error)]
enum PageError {
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Readme(#[from] ReadmeError),
}

/// Looks for what the commands of a page need and do not install.
type Needs = fn() -> Result<(), InstallError>;

/// The examples, by their folders. pytest comes before the pages, which run it too.
const EXAMPLES: [(&str, Needs); 4] = [
    ("cargo-test", || Ok(())),
    ("pytest", install::python),
    ("vitest", install::node),
    ("phpunit", || install::require("phpunit", (9, 6), "PHPUnit 9.6 or later; Debian has it as phpunit")),
];

/// Stands before cargo where a page is followed: what it would build or test is built, and tested by `cargo xtask ci`.
const CARGO: &str = "#!/bin/sh
case \"$1 $2\" in
'run --') shift 2 && exec cloudlx \"$@\" ;;
'try '*) shift && exec cloudlx \"$@\" ;;
'install --locked' | 'test --workspace') exit 0 ;;
*) echo \"expected a command of cargo that the pages may show, found $*\" >&2 && exit 1 ;;
esac
";

/// Builds `cloudlx` and follows all READMEs, also after one has failed.
pub(crate) fn run() -> Result<(), ExamplesError> {
    let target = workspace::root().join("target/examples");
    let bin = target.join("bin");
    program::build(false, &bin)?;
    let path = search_path(vec![bin])?;
    let cargo = replace_cargo(&target.join("cargo"))?;
    let pages_path = search_path(vec![cargo, target.join("bin"), target.join("pytest/.venv/bin")])?;
    let mut failed = Vec::new();
    let mut follow = |name: String, followed: &dyn Fn() -> Result<(), PageError>| {
        println!("{name}");
        if let Err(error) = followed() {
            println!("{name} failed: {error}");
            failed.push(name);
        }
    };
    for (name, needs) in EXAMPLES {
        follow(format!("examples/{name}/README.md"), &|| example(name, needs, &target, &path));
    }
    let pages = pages()?;
    for page in &pages {
        follow(page.clone(), &|| follow_page(page, &target, &pages_path));
    }
    if failed.is_empty() {
        return Ok(());
    }
    let names = failed.join(", ");
    Err(ExamplesError::Failed { failed: failed.len(), all: EXAMPLES.len() + pages.len(), names })
}

/// Follows an example's README in a copy of its folder; cargo's own in the workspace, where what it needs is built.
fn example(name: &str, needs: Needs, target: &Path, path: &OsString) -> Result<(), PageError> {
    needs()?;
    let (source, copy) = (format!("examples/{name}"), target.join(name));
    // Not removed before: what was installed there is installed.
    copy_files(&source, &copy)?;
    let folder = if name == "cargo-test" { workspace::root() } else { copy };
    let page = workspace::root().join(&source).join("README.md");
    Ok(readme::follow(&page, &folder, &target.join(format!("{name}.printed")), path)?)
}

/// Follows a page in a clean checkout.
fn follow_page(page: &str, target: &Path, path: &OsString) -> Result<(), PageError> {
    let name = Path::new(page).parent().and_then(Path::file_name).unwrap_or("cloudlx".as_ref());
    let folder = target.join("pages").join(name);
    install::remove(&folder)?;
    copy_files(".", &folder)?;
    Ok(readme::follow(&workspace::root().join(page), &folder, &folder.with_extension("printed"), path)?)
}

/// The READMEs of the workspace and of its crates. That of `schemas` is followed by `cargo xtask interop`.
fn pages() -> Result<Vec<String>, ExamplesError> {
    let crates = workspace::root().join("crates");
    let entries = fs::read_dir(&crates).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|source| ExamplesError::Read { path: crates, source })?;
    let pages = entries.iter().map(|entry| format!("crates/{}/README.md", entry.file_name().display()));
    let mut pages: Vec<_> = pages.collect();
    pages.push("README.md".to_owned());
    pages.sort();
    Ok(pages)
}

/// Copies the files below `source`, a folder of the workspace, that git knows or would take.
fn copy_files(source: &str, to: &Path) -> Result<(), PageError> {
    let source = workspace::root().join(source);
    let mut git = command("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let files = process::output(git.current_dir(&source))?;
    for file in String::from_utf8_lossy(&files).split_terminator('\0') {
        let (from, to) = (source.join(file), to.join(file));
        // Git knows files that are deleted and not committed.
        if from.is_file() {
            install::create(to.parent().unwrap_or(&to))?;
            install::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Puts [`CARGO`] into `folder`, as a program.
fn replace_cargo(folder: &Path) -> Result<PathBuf, InstallError> {
    install::create(folder)?;
    let program = folder.join("cargo");
    let written = fs::write(&program, CARGO).and_then(|()| executable(&program));
    written.map_err(|source| InstallError::Write { path: program, source })?;
    Ok(folder.to_owned())
}

#[cfg(unix)]
fn executable(program: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The search path of this process, after `first`.
fn search_path(first: Vec<PathBuf>) -> Result<OsString, JoinPathsError> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(first.into_iter().chain(env::split_paths(&path)))
}
