//! `cargo xtask chaos`: whether `cloudlx import` keeps its promise when everything fails.
//!
//! The checker stands outside of what it checks. It starts `cloudlx stub` with a state that outlives it and faults of
//! every kind, runs `cloudlx import` against it, kills and interrupts both at random moments, runs the import again until
//! it is done, and then compares the stub's database with the input and the import's report: all that was sent, and not
//! only what answers show. Worlds differ in nature, in format, and in where the journal is. A seed decides the rows, the
//! faults and the kills; how processes interleave it cannot decide, so a seed is a world and not a replay to the byte.
#![forbid(unsafe_code)]

mod between;
mod broken;
mod check;
mod content;
mod faults;
mod importer;
mod input;
mod kinds;
mod not_whole;
mod postgres;
mod rows;
mod running;
mod stub;
mod table;
mod trial;
mod world;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::table::{Row, Total};
use crate::world::{Times, World};
use clap::Parser as _;
use xtask_run::exit;
use xtask_run::program::{self, ProgramError};
use xtask_run::workspace;

/// Import customers while everything fails, and check that none is lost and none made twice
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "cargo xtask chaos", bin_name = "cargo xtask chaos")]
pub(crate) struct Chaos {
    /// How many worlds to try
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) seeds: u64,
    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub(crate) first: u64,
    /// How many customers to import in each
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) rows: usize,
    /// How many worlds to try at once, which mostly wait [default: three for each of the machine's cores]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Try the program as it is released, which takes minutes to build
    #[arg(long)]
    pub(crate) release: bool,
    /// Try importers that are broken on purpose instead; exit 1 when the checker does not see it
    #[arg(long)]
    pub(crate) broken: bool,
}

/// Why the promise was not shown to be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChaosError {
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
pub(crate) fn run(arguments: &Chaos) -> Result<(), ChaosError> {
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
    if arguments.seeds >= faults::ALL_ACT_WITHIN && !kinds.is_empty() {
        return Err(ChaosError::NeverHit { worlds: arguments.seeds, kinds });
    }
    Ok(())
}

/// What came of all worlds.
struct Tried {
    /// In how many the promise was not kept.
    broken: usize,
    /// The kinds of faults that acted in none.
    never_hit: Vec<String>,
}

/// Tries the worlds, prints a line for each and a line of all.
fn try_worlds(arguments: &Chaos, cloudlx: &Path, folder: &Path) -> Tried {
    let (next, rows) = (AtomicU64::new(arguments.first), Mutex::new(Vec::new()));
    let end = arguments.first.saturating_add(arguments.seeds);
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = arguments.jobs.map_or(cores * 3, NonZeroUsize::get);
    println!("{}", table::HEAD);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let row = row(seed, arguments.rows, cloudlx, folder);
                    println!("{row}");
                    let mut rows = rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    rows.push(row);
                }
            });
        }
    });
    let rows = rows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let total = Total::of(&rows, &Times::of(arguments.rows));
    println!("{total}");
    Tried { broken: rows.iter().filter(|row| !row.is_kept()).count(), never_hit: total.never_hit() }
}

/// Tries the world of a seed.
fn row(seed: u64, rows: usize, cloudlx: &Path, folder: &Path) -> Row {
    let mut world = World::of(seed, rows);
    world.shared &= postgres::is_there();
    let start = Instant::now();
    let result = trial::run(cloudlx, &world, folder);
    Row {
        rows,
        nature: world.nature,
        page_size: world.page_size,
        journal: if world.shared { "2 on pg" } else { "file" },
        format: world.format,
        time: start.elapsed(),
        seed,
        result,
    }
}
