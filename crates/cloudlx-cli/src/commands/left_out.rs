//! A command that this build leaves out: it accepts any arguments, and says which feature builds it.

use std::ffi::OsString;

use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::not_built::NotBuilt;

/// What `--help` says below the command.
pub(super) const AFTER_HELP: &str = "This build leaves the command out: run it, and it says how to build it.";

/// The arguments that the command would have.
#[derive(Debug, Args)]
pub(crate) struct LeftOut {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl LeftOut {
    /// Fails: `feature` of `cloudlx-cli` builds `what`.
    pub(super) fn run(self, what: &'static str, feature: &'static str) -> Result<Exit, Failure> {
        drop(self.arguments);
        Err(NotBuilt::new(what, feature).into())
    }
}
