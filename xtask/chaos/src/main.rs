//! `cargo xtask chaos`: whether `cloudlx import` keeps its promise when everything fails.
//!
//! The checker stands outside of what it checks. It starts `cloudlx stub` with a state that outlives it and faults of
//! every kind, runs `cloudlx import` against it, kills and interrupts both at random moments, runs the import again until
//! it is done, and then compares the stub's database with the input and the import's report: all that was sent, and not
//! only what answers show. Worlds differ in nature, in format, and in where the journal is. A seed decides the rows, the
//! faults and the kills; how processes interleave it cannot decide, so a seed is a world and not a replay to the byte.
#![forbid(unsafe_code)]

mod arguments;
mod broken;
mod check;
mod faults;
mod processes;
mod table;
mod trial;
mod world;
mod worlds;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use xtask_run::exit;
use xtask_run::program::{self, ProgramError};
use xtask_run::workspace;

use crate::arguments::Chaos;
use crate::faults::armed::ALL_ACT_WITHIN;
use crate::processes::postgres;
use crate::worlds::{Tried, try_worlds};

/// Why the promise was not shown to be kept.
#[derive(Debug, thiserror::Error)]
enum ChaosError {
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error(transparent)]
    OnPurpose(#[from] broken::BrokenError),
    #[error("{broken} of {all} worlds broke the promise or did not end: see above; what each left is in {}", kept.display())]
    Broken { broken: usize, all: u64, kept: PathBuf },
    #[error(
        "{} kinds of faults acted in none of {worlds} worlds, where each should in some: {}", kinds.len(), kinds.join("; ")
    )]
    NeverHit { worlds: u64, kinds: Vec<String> },
}

fn main() -> ExitCode {
    exit::code(run(&Chaos::parse()))
}

/// Tries the worlds of the import as it is, or of one that is broken.
fn run(arguments: &Chaos) -> Result<(), ChaosError> {
    if !postgres::is_there() {
        println!("no PostgreSQL server here: all journals are files");
    }
    if arguments.broken {
        return Ok(broken::run(arguments)?);
    }
    let folder = workspace::root().join("target/chaos");
    let cloudlx = program::build(arguments.release, &folder)?;
    let Tried { broken, never_hit: kinds } = try_worlds(arguments, &cloudlx, &folder);
    if broken > 0 {
        return Err(ChaosError::Broken { broken, all: arguments.seeds, kept: folder });
    }
    if arguments.seeds >= ALL_ACT_WITHIN && !kinds.is_empty() {
        return Err(ChaosError::NeverHit { worlds: arguments.seeds, kinds });
    }
    Ok(())
}
