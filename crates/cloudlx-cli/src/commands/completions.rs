//! `cloudlx completions`.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

pub(super) const AFTER_HELP: &str = "\
Example:
  cloudlx completions bash > ~/.local/share/bash-completion/completions/cloudlx";

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// Prints the completion script of `program`.
    pub(super) fn run(self, program: fn() -> Command) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program(), "cloudlx", &mut script);
        output::own_text(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Exit::Done)
    }
}
