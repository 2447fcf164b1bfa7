//! For whom to print.

use std::io::{self, IsTerminal};

use clap::ValueEnum;

/// For whom to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

impl Format {
    /// The one that was asked for, or the one that suits where stdout goes.
    pub(crate) fn chosen(asked: Option<Self>) -> Self {
        asked.unwrap_or(if io::stdout().is_terminal() { Self::Human } else { Self::Json })
    }
}
