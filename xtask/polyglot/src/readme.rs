//! A README as a newcomer follows it: all of its commands, in order, as they stand on the page.
//!
//! A page needs no marks for this:
//!
//! - Blocks marked `sh` are commands. They are pasted into one shell; one that starts a stub gets a terminal of its own.
//!   Where the text before it says "(Ctrl-C)", the stub before it is stopped.
//! - A block right behind commands shows what they print, on stdout or stderr; `…` stands for anything. Commands whose
//!   output is shown may fail; all others must not.
//! - Any other block is a file if the line before it ends with its name, as in "`faults.json`:".
//! - Rust uses only crates that the page's TOML depends on.
//!
//! The port 8080 of a page is a free one here, so that pages need no machine of their own.

mod dependencies;
mod script;
pub(crate) mod steps;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use xtask_run::install::{self, InstallError};
use xtask_run::process::{self, ProcessError, command};

use steps::Step;

/// Where the pages have their stub.
const ADDRESS: &str = "127.0.0.1:8080";

/// Why a page cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadmeError {
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("could not find a free port")]
    Port(#[source] io::Error),
    #[error(transparent)]
    Folder(#[from] InstallError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("line {line}: expected the commands to end with 0, found {status} after they printed\n{printed}")]
    Failed { line: usize, status: ExitStatus, printed: String },
    #[error("line {line}: the page shows that the commands print\n{shown}\nand they printed\n{printed}")]
    Printed { line: usize, shown: String, printed: String },
    #[error("the Rust uses {crates}: add them to the TOML above it")]
    Undeclared { crates: String },
}

/// Follows `page` in `folder`, with `path` as the search path for programs. What is printed is kept in the folder `printed`.
pub(crate) fn follow(page: &Path, folder: &Path, printed: &Path, path: &OsStr) -> Result<(), ReadmeError> {
    let text =
        fs::read_to_string(page).map_err(|source| ReadmeError::Read { path: page.to_owned(), source })?;
    let undeclared = dependencies::undeclared(&text);
    if !undeclared.is_empty() {
        let crates = undeclared.into_iter().collect::<Vec<_>>().join(", ");
        return Err(ReadmeError::Undeclared { crates });
    }
    let steps = steps::steps(&text.replace(ADDRESS, &free_address()?));
    install::remove(printed)?;
    install::create(printed)?;
    for step in &steps {
        if let Step::Write { name, text } = step {
            write(&folder.join(name), text)?;
        }
    }
    let file = printed.join("steps.sh");
    write(&file, &script::script(&steps))?;
    let mut shell = command("sh", &[]);
    shell.arg(&file).current_dir(folder).env("PATH", path).env(script::PRINTED, printed);
    // Pages install what lock files pin; none of it has to run anything for that.
    shell.env("npm_config_ignore_scripts", "true").env("npm_config_prefer_offline", "true");
    let status = process::status(&mut shell)?;
    compare(&steps, status, printed)
}

/// Compares what was printed with what the page shows.
fn compare(steps: &[Step], status: ExitStatus, printed: &Path) -> Result<(), ReadmeError> {
    let mut last = (0, String::new());
    for (number, step) in steps.iter().enumerate() {
        let (Step::Paste { line, .. } | Step::Serve { line, .. }) = step else { continue };
        // The script ended before a step that printed nothing, not even an empty file.
        let Ok(printed) = fs::read(printed.join(number.to_string())) else { break };
        let printed = String::from_utf8_lossy(&printed).into_owned();
        if let Step::Paste { prints: Some(shown), .. } = step
            && !script::contains(&printed, shown)
        {
            return Err(ReadmeError::Printed { line: *line, shown: shown.clone(), printed });
        }
        last = (*line, printed);
    }
    let (line, printed) = last;
    if status.success() { Ok(()) } else { Err(ReadmeError::Failed { line, status, printed }) }
}

fn free_address() -> Result<String, ReadmeError> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.to_string()).map_err(ReadmeError::Port)
}

fn write(path: &Path, text: &str) -> Result<(), ReadmeError> {
    fs::write(path, text).map_err(|source| ReadmeError::Write { path: path.to_owned(), source })
}
