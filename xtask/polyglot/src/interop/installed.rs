//! The pinned tools, installed next to copies of the sources, which expect them there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use xtask_run::install::{self, InstallError, venv_program};

/// The folders of sources to copy.
const SOURCES: [&str; 3] = ["checks", "python", "typescript"];

/// Folders that earlier runs generated.
const MADE: [&str; 2] = ["build", "generated"];

/// The installed tools.
pub(crate) struct Installed {
    folder: PathBuf,
}

impl Installed {
    /// A check or program, in JavaScript or Python by its ending.
    pub(crate) fn script(&self, script: &str) -> Command {
        let is_python = Path::new(script).extension().is_some_and(|extension| extension == "py");
        let mut command = if is_python {
            let mut python = self.here(venv_program(&self.folder, "python"));
            // The generated models are next to the folder of the scripts.
            python.env("PYTHONPATH", &self.folder).env("PYTHONDONTWRITEBYTECODE", "1");
            python
        } else {
            self.here("node")
        };
        command.arg(script);
        command
    }

    /// A tool that npm installed.
    pub(crate) fn node_tool(&self, tool: &str, arguments: &[&str]) -> Command {
        let mut command = self.here(self.folder.join("node_modules/.bin").join(tool));
        command.args(arguments);
        command
    }

    fn here(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }
}

/// Copies the sources of `from` to `to` and installs there what their lock files pin.
pub(crate) fn install(from: &Path, to: &Path) -> Result<Installed, InstallError> {
    install::node()?;
    install::python()?;
    install::create(to)?;
    for made in MADE {
        install::remove(&to.join(made))?;
    }
    for source in SOURCES {
        install::copy_folder(&from.join(source), &to.join(source))?;
    }
    install::npm(from, to)?;
    install::pip(from, to)?;
    Ok(Installed { folder: to.to_owned() })
}
