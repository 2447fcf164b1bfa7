//! `cargo xtask`: regenerates and checks what this workspace publishes.
//!
//! Exit codes: 0 done · 1 a check failed, the work could not be done, or the contract breaks somebody · 2 wrong usage, or
//! two versions of the contract could not be compared.
#![forbid(unsafe_code)]

mod bench;
mod chaos;
mod ci;
mod container;
mod examples;
mod generate;
mod install;
mod interop;
mod iso;
mod page;
mod process;
mod program;
mod rules;
mod schemathesis;
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
        /// Leave the snapshots alone, whose tests take longer to build
        #[arg(long)]
        schemas: bool,
    },
    /// Write the ISO tables from the pinned data sets (needs npm)
    Iso {
        /// Write nothing; exit 1 when a table is stale
        #[arg(long)]
        check: bool,
    },
    /// Use schemas/v1 with the tools of other languages and print where they agree (needs npm and Python)
    Interop,
    /// Run the examples of tests against the stub, each with its tool's own runner (needs npm, python3 and phpunit)
    Examples,
    /// Send the stub what a tool makes of the OpenAPI document, valid and not, and hold the answers against it (needs Python)
    Schemathesis,
    /// Build the program of Containerfile and run it alone, without what runs containers (needs musl-tools, takes minutes)
    Container,
    /// Try the stub's page in Chromium without a window (needs npm and Chromium)
    Page {
        /// Take the library that the page ships over from npm instead
        #[arg(long)]
        vendor: bool,
    },
    /// Compare schemas/v1 with another revision's; exit 1 when the change breaks anybody, 2 when that cannot be told
    Compat {
        /// The revision to compare with [default: the newest release, else where the branch left main]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// How the report is printed
        #[arg(long, value_enum, default_value_t)]
        format: compat::Format,
    },
    /// Run the benchmarks and print their ratios
    Bench(bench::Bench),
    /// Import customers while everything fails, and check that none is lost and none made twice
    Chaos(chaos::Chaos),
    /// Run every gate that a change must pass
    Ci {
        /// Leave out `cargo test`, for a caller that ran it
        #[arg(long)]
        tested: bool,
    },
}

fn main() -> ExitCode {
    let result: Result<(), Box<dyn std::error::Error>> = match Arguments::parse().command {
        Command::Generate { check, schemas } => generate::run(check, schemas).map_err(Into::into),
        Command::Iso { check } => iso::run(check).map_err(Into::into),
        Command::Page { vendor } => page::run(vendor).map_err(Into::into),
        Command::Interop => interop::run().map_err(Into::into),
        Command::Schemathesis => schemathesis::run().map_err(Into::into),
        Command::Container => container::run().map_err(Into::into),
        Command::Examples => examples::run().map_err(Into::into),
        Command::Compat { base, format } => return compare(base.as_deref(), format),
        Command::Bench(arguments) => bench::run(&arguments).map_err(Into::into),
        Command::Chaos(arguments) => chaos::run(&arguments).map_err(Into::into),
        Command::Ci { tested } => ci::run(tested).map_err(Into::into),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Exit code 1 says that the change breaks somebody, 2 that it could not be judged.
fn compare(base: Option<&str>, format: compat::Format) -> ExitCode {
    // A verdict on what was generated before the change would be one on nothing.
    let judged = generate::require_fresh()
        .map_err(Into::into)
        .and_then(|()| compat::run(&workspace::root(), base, format).map_err(Into::into));
    let judged: Result<compat::Verdict, Box<dyn std::error::Error>> = judged;
    match judged {
        Ok(compat::Verdict::Breaking) => ExitCode::FAILURE,
        Ok(compat::Verdict::None | compat::Verdict::Compatible) => ExitCode::SUCCESS,
        Err(error) => {
            match format {
                compat::Format::Human => print_error(error.as_ref()),
                compat::Format::Json => println!("{}", compat::error_as_json(error.as_ref())),
            }
            ExitCode::from(2)
        }
    }
}

fn print_error(error: &dyn std::error::Error) {
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}
