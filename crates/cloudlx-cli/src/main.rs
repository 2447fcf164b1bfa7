//! `cloudlx`: the customers API at the command line.
//!
//! A command reads its arguments, calls a library, and prints the result: data on stdout, everything else on stderr.
//! `exit.rs` has the exit codes.
#![forbid(unsafe_code)]

mod advice;
mod answer;
mod arguments;
mod commands;
mod credentials;
mod environment;
mod exit;
mod failure;
mod interrupt;
#[cfg(not(all(feature = "drift", feature = "import", feature = "postgres", feature = "sqlite")))]
mod not_built;
mod output;
mod requests;
mod runtime;
mod server;
mod storage;

use std::io;
use std::process::ExitCode;

use crate::failure::{CommandError, Failure};
use crate::output::Output;

fn main() -> ExitCode {
    let arguments = arguments::parse();
    let output = Output::new(arguments.format);
    match runtime::run(arguments.command.run(output, arguments::program)) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) => {
            if !failure.is_closed_pipe() {
                output.tell(&failure);
            }
            failure.exit().into()
        }
        Err(error) => {
            let failure = Failure::from(RuntimeError(error));
            output.tell(&failure);
            failure.exit().into()
        }
    }
}

/// The system gives no threads, or not the files that a runtime needs.
#[derive(Debug, thiserror::Error)]
#[error("could not start: {0}")]
struct RuntimeError(io::Error);

impl CommandError for RuntimeError {}
