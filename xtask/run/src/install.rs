//! Installs the tools of other languages: checks that a program is there, and installs packages as a lock file pins them,
//! below `target`; again only when the lock file changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{self, ProcessError, command};

/// Why a tool could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A program is not on the path.
    #[error("expected {program} on the path, found none: install {remedy}")]
    Missing {
        /// Its name.
        program: &'static str,
        /// What to install.
        remedy: &'static str,
    },
    /// A program is older than what is needed.
    #[error("found {program} to say of its version {found:?}: install {remedy}")]
    TooOld {
        /// Its name.
        program: &'static str,
        /// What it printed as its version.
        found: String,
        /// What to install.
        remedy: &'static str,
    },
    /// npm, Python or pip failed.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A file or folder cannot be written or removed.
    #[error("could not write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder cannot be read.
    #[error("could not read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Checks that Node.js and npm are there.
///
/// # Errors
///
/// When one is missing or too old.
pub fn node() -> Result<(), InstallError> {
    require("node", (20, 19), "Node.js 20.19 or later")?;
    require("npm", (9, 0), "npm 9 or later; it comes with Node.js")
}

/// Checks that Python is there.
///
/// # Errors
///
/// When it is missing or too old.
pub fn python() -> Result<(), InstallError> {
    require("python3", (3, 11), "Python 3.11 or later, with venv")
}

/// Installs in `to` what the `package.json` and `package-lock.json` of `from` pin.
///
/// # Errors
///
/// When a file cannot be read or written, and when npm fails.
pub fn npm(from: &Path, to: &Path) -> Result<(), InstallError> {
    copy(&from.join("package.json"), &to.join("package.json"))?;
    locked(from, to, "package-lock.json", "node_modules/.package-lock.json", || {
        eprintln!("installing what {} pins", from.join("package-lock.json").display());
        copy(&from.join("package-lock.json"), &to.join("package-lock.json"))?;
        let npm =
            ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
        // npm's summary is not worth a line.
        Ok(process::run(command("npm", &npm).current_dir(to).stdout(Stdio::null()))?)
    })
}

/// Installs in a virtual environment in `to` what the `requirements.txt` of `from` pins.
///
/// # Errors
///
/// When a file cannot be read or written, and when Python or pip fails.
pub fn pip(from: &Path, to: &Path) -> Result<(), InstallError> {
    locked(from, to, "requirements.txt", "venv", || {
        eprintln!("installing what {} pins", from.join("requirements.txt").display());
        process::run(command("python3", &["-m", "venv", "--clear", "venv"]).current_dir(to))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
        let mut pip = command(venv_program(to, "python"), &pip);
        Ok(process::run(pip.arg("--requirement").arg(from.join("requirements.txt")).current_dir(to))?)
    })
}

/// A program of the virtual environment in `folder`.
#[must_use]
pub fn venv_program(folder: &Path, program: &str) -> PathBuf {
    folder.join("venv").join(if cfg!(windows) { "Scripts" } else { "bin" }).join(program)
}

/// Checks that `program` is there, at least in the version `least`; `remedy` is what to install.
///
/// # Errors
///
/// When it is missing or too old.
pub fn require(program: &'static str, least: (u32, u32), remedy: &'static str) -> Result<(), InstallError> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    let Ok(output) = output else { return Err(InstallError::Missing { program, remedy }) };
    let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match version(&found) {
        Some(version) if version >= least => Ok(()),
        _ => Err(InstallError::TooOld { program, found, remedy }),
    }
}

/// Replaces the folder `to` by a copy of the files of `from`, without the folders inside.
///
/// # Errors
///
/// When one cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<(), InstallError> {
    remove(to)?;
    create(to)?;
    let read_error = |source| InstallError::Read { path: from.to_owned(), source };
    for entry in fs::read_dir(from).map_err(read_error)? {
        let entry = entry.map_err(read_error)?;
        if entry.path().is_file() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Copies a file.
///
/// # Errors
///
/// When it cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<(), InstallError> {
    fs::copy(from, to).map_err(|source| InstallError::Write { path: to.to_owned(), source })?;
    Ok(())
}

/// Makes a folder, unless it is there.
///
/// # Errors
///
/// When it cannot be made.
pub fn create(folder: &Path) -> Result<(), InstallError> {
    fs::create_dir_all(folder).map_err(|source| InstallError::Write { path: folder.to_owned(), source })
}

/// Removes a file or a folder with what is in it; there may be none.
///
/// # Errors
///
/// When it is there and cannot be removed.
pub fn remove(path: &Path) -> Result<(), InstallError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(InstallError::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// The first two numbers in a text like `v20.19.0` or `Python 3.11.2`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Installs, unless a lock file with the same text was installed before and `installed` still exists. The stamp is written
/// last, so that a broken installation leaves none.
fn locked(
    from: &Path,
    to: &Path,
    lock: &str,
    installed: &str,
    install: impl FnOnce() -> Result<(), InstallError>,
) -> Result<(), InstallError> {
    let (lock, stamp) = (from.join(lock), to.join(format!("installed-{lock}")));
    let wanted = fs::read(&lock).map_err(|source| InstallError::Read { path: lock, source })?;
    if to.join(installed).exists() && fs::read(&stamp).is_ok_and(|stamped| stamped == wanted) {
        return Ok(());
    }
    remove(&stamp)?;
    install()?;
    fs::write(&stamp, wanted).map_err(|source| InstallError::Write { path: stamp, source })
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_read_as_programs_say_them() {
        assert_eq!(version("v20.19.0"), Some((20, 19)));
        assert_eq!(version("11.6.1"), Some((11, 6)));
        assert_eq!(version("Python 3.11.2"), Some((3, 11)));
        assert_eq!(version("Python"), None);
        assert_eq!(version(""), None);
    }
}
