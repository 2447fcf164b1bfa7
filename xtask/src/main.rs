//! `cargo xtask`: regenerates and checks what this workspace publishes.
#![forbid(unsafe_code)]

mod ci;
mod generate;
mod interop;
mod iso;
mod process;
mod rules;
mod vectors;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::compat;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Regenerates and checks what this workspace publishes")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write schemas/v1 and the snapshots
    Generate {
        /// Write nothing; exit 1 and show a diff when anything is stale
        #[arg(long)]
        check: bool,
    },
    /// Write the ISO tables from the pinned data sets (needs npm)
    Iso {
        /// Write nothing; exit 1 when a table is stale
        #[arg(long)]
        check: bool,
    },
    /// Use schemas/v1 with the tools of other languages and print where they agree (needs npm and Python)
    Interop,
    /// Compare schemas/v1 with another revision's; exit 1 when the change breaks anybody
    Compat {
        /// The revision to compare with [default: the newest release tag, else the merge base with main]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// How the report is printed
        #[arg(long, value_enum, default_value_t)]
        format: compat::Format,
    },
    /// Run every gate that a change must pass
    Ci {
        /// Leave out `cargo test`, for a caller that ran it
        #[arg(long)]
        tested: bool,
    },
}

fn main() -> ExitCode {
    let result: Result<(), Box<dyn std::error::Error>> = match Arguments::parse().command {
        Command::Generate { check } => generate::run(check).map_err(Into::into),
        Command::Iso { check } => iso::run(check).map_err(Into::into),
        Command::Interop => interop::run().map_err(Into::into),
        Command::Compat { base, format } => match compat::run(&workspace::root(), base.as_deref(), format) {
            Ok(compat::Verdict::Breaking) => return ExitCode::FAILURE,
            Ok(compat::Verdict::None | compat::Verdict::Compatible) => Ok(()),
            Err(error) => Err(error.into()),
        },
        Command::Ci { tested } => ci::run(tested).map_err(Into::into),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}
