//! `cargo xtask chaos`: attacks `cloudlx import` from outside and checks that it loses no customer and creates none twice.
//!
//! Each seed is a world. For each, the checker starts `cloudlx stub` with persistent state and faults of every kind, runs
//! `cloudlx import` against it, kills and interrupts both at random moments, and starts the import again until it is done.
//! Then it compares the stub's database with the input and with the import's report, including fields that no response
//! shows. Worlds differ in nature, in the format of the input, and in the place of the journal. The seed decides rows,
//! faults and kills, but not how the processes interleave: trying a seed again is no exact replay.
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
use crate::worlds::{Outcome, try_worlds};

/// Why the check failed.
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

/// Tries worlds with the importer as it is, or with ones that are broken on purpose.
fn run(arguments: &Chaos) -> Result<(), ChaosError> {
    if !postgres::is_there() {
        println!("no PostgreSQL server here: all journals are files");
    }
    if arguments.broken {
        return Ok(broken::run(arguments)?);
    }
    let folder = workspace::root().join("target/chaos");
    let cloudlx = program::build(arguments.release, &folder)?;
    let Outcome { broken, never_hit: kinds } = try_worlds(arguments, &cloudlx, &folder);
    if broken > 0 {
        return Err(ChaosError::Broken { broken, all: arguments.seeds, kept: folder });
    }
    if arguments.seeds >= ALL_ACT_WITHIN && !kinds.is_empty() {
        return Err(ChaosError::NeverHit { worlds: arguments.seeds, kinds });
    }
    Ok(())
}
