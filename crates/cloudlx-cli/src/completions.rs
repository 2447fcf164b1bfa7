//! `cloudlx completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Prints the completion script for `shell`.
pub(crate) fn run(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "cloudlx", &mut script);
    output::own_text(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Done)
}
