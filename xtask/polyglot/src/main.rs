//! `cargo xtask interop`, `examples`, `schemathesis` and `page`: run tools of other languages over what this workspace
//! publishes.
//!
//! The scripts and pinned tools are in the folders `interop`, `schemathesis` and `browser` next to `src`; the examples are
//! in the folder `examples` of the workspace. Everything is installed and run below `target`.
#![forbid(unsafe_code)]

mod examples;
mod interop;
mod page;
mod readme;
mod schemathesis;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask_run::exit;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Runs the tools of other languages over what this workspace publishes"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Use schemas/v1 with the tools of other languages and print where they agree (needs npm and Python)
    Interop,
    /// Follow the READMEs' commands as they stand there, the examples' among them (needs npm, python3 and phpunit)
    Examples,
    /// Send the stub what a tool makes of the OpenAPI document, valid and not, and hold the answers against it (needs Python)
    Schemathesis,
    /// Try the stub's page in Chromium without a window (needs npm and Chromium)
    Page {
        /// Take the library that the page ships over from npm instead
        #[arg(long)]
        vendor: bool,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Interop => exit::code(interop::run()),
        Command::Examples => exit::code(examples::run()),
        Command::Schemathesis => exit::code(schemathesis::run()),
        Command::Page { vendor } => exit::code(page::run(vendor)),
    }
}
