//! `cargo xtask`: regenerates and checks what this workspace publishes.
#![forbid(unsafe_code)]

mod ci;
mod generate;
mod iso;
mod openapi;
mod process;
mod rules;
mod vectors;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
