//! `cargo xtask`: regenerates and checks what this workspace publishes, and runs the tasks below `xtask`.
//!
//! Each of those tasks is a package with its own arguments, so that this one builds quickly (`tasks`).
//!
//! Exit codes: 0 done · 1 a check failed, the work could not be done, or the contract breaks somebody · 2 wrong usage, or
//! two versions of the contract could not be compared.
#![forbid(unsafe_code)]

mod ci;
mod container;
mod generate;
mod iso;
mod small_build;
mod tasks;

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask_run::exit;

use crate::tasks::Task;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Regenerates and checks what this workspace publishes",
    disable_help_subcommand = true
)]
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
    #[command(disable_help_flag = true)]
    Interop(PassedOn),
    /// Follow the READMEs' commands as they stand there, the examples' among them (needs npm, python3 and phpunit)
    #[command(disable_help_flag = true)]
    Examples(PassedOn),
    /// Send the stub what a tool makes of the OpenAPI document, valid and not, and hold the answers against it (needs Python)
    #[command(disable_help_flag = true)]
    Schemathesis(PassedOn),
    /// Build the program of Containerfile and run it alone, without what runs containers (needs musl-tools, takes minutes)
    Container,
    /// Try the stub's page in Chromium without a window (needs npm and Chromium)
    #[command(disable_help_flag = true)]
    Page(PassedOn),
    /// Compare schemas/v1 with another revision's; exit 1 when the change breaks anybody, 2 when that cannot be told
    #[command(disable_help_flag = true)]
    Compat(PassedOn),
    /// Run the benchmarks and print their ratios
    #[command(disable_help_flag = true)]
    Bench(PassedOn),
    /// Import customers while everything fails, and check that none is lost and none made twice
    #[command(disable_help_flag = true)]
    Chaos(PassedOn),
    /// Run every gate that a change must pass
    Ci {
        /// Leave out `cargo test`, for a caller that ran it
        #[arg(long)]
        tested: bool,
        /// Run this gate alone, by the name that the report gives it
        #[arg(long, value_name = "GATE", conflicts_with = "tested")]
        only: Option<String>,
    },
    /// Print this message or the help of the given subcommand
    Help {
        /// Whose help to print
        #[arg(value_name = "COMMAND")]
        command: Option<OsString>,
    },
}

/// The arguments of a task that is a package of its own and reads them itself, `--help` among them.
#[derive(clap::Args)]
struct PassedOn {
    /// As the task's own --help lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    run(Arguments::parse().command)
}

fn run(command: Command) -> ExitCode {
    match command {
        Command::Generate { check, schemas } => exit::code(generate::run(check, schemas)),
        Command::Iso { check } => exit::code(iso::run(check)),
        Command::Container => exit::code(container::run()),
        Command::Ci { tested, only } => exit::code(ci::run(tested, only.as_deref())),
        Command::Interop(passed_on) => run_task(tasks::INTEROP, passed_on.arguments),
        Command::Examples(passed_on) => run_task(tasks::EXAMPLES, passed_on.arguments),
        Command::Schemathesis(passed_on) => run_task(tasks::SCHEMATHESIS, passed_on.arguments),
        Command::Page(passed_on) => run_task(tasks::PAGE, passed_on.arguments),
        Command::Bench(passed_on) => run_task(tasks::BENCH, passed_on.arguments),
        Command::Chaos(passed_on) => run_task(tasks::CHAOS, passed_on.arguments),
        Command::Compat(passed_on) => compare(passed_on.arguments),
        Command::Help { command } => {
            let asked = std::iter::once("cargo xtask".into()).chain(command).chain(["--help".into()]);
            run(Arguments::parse_from(asked).command)
        }
    }
}

/// Runs a task and ends as it ended.
fn run_task(task: Task, arguments: Vec<OsString>) -> ExitCode {
    match task.run(arguments) {
        Ok(status) => exit::code_of(status),
        Err(error) => exit::code(Err(error)),
    }
}

/// Compares the contract, unless `schemas/v1` is stale: its verdict would be on a contract from before the change. Then
/// `compat` reports that, in the form that its arguments name.
fn compare(arguments: Vec<OsString>) -> ExitCode {
    let stale = generate::require_fresh().err();
    let causes =
        std::iter::successors(stale.as_ref().map(|error| error as &dyn Error), |error| (*error).source());
    let refusals = causes.flat_map(|error| [OsString::from("--refuse"), error.to_string().into()]);
    run_task(tasks::COMPAT, refusals.chain(arguments).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_gets_its_arguments_as_they_are() {
        for arguments in [
            &["--help"][..],
            &["-h"],
            &["--seeds", "2", "--rows=50"],
            &["--rows", "-1"],
            &["stub", "--quick"],
            &[],
        ] {
            let words = ["cargo xtask", "chaos"].iter().chain(arguments);
            let Command::Chaos(passed_on) = Arguments::try_parse_from(words).unwrap().command else {
                panic!("{arguments:?}");
            };
            assert_eq!(passed_on.arguments, arguments);
        }
    }
}
