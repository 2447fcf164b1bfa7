//! `cargo xtask chaos`: whether `cloudlx import` keeps its promise when everything fails.
//!
//! The checker stands outside of what it checks. It starts `cloudlx stub` with a state that outlives it and faults of
//! every kind, runs `cloudlx import` against it, kills both at random moments, runs the import again until it is done, and
//! then compares the stub's database with the input and the import's report. A seed decides the rows, the faults and the
//! kills; how processes interleave it cannot decide, so a seed is a world and not a replay to the byte.

mod check;
mod faults;
mod processes;
mod trial;
mod world;

use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::chaos::check::Findings;
use crate::chaos::trial::{Trial, TrialError};
use crate::chaos::world::World;
use crate::program;
use crate::workspace;

/// What a run of the checker is told.
#[derive(Debug, Clone, clap::Args)]
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
    /// How many worlds to try at once [default: as many as the machine has cores]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Try the program as it is released, which takes minutes to build
    #[arg(long)]
    pub(crate) release: bool,
}

/// Why the promise was not shown to be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChaosError {
    #[error(transparent)]
    Program(#[from] program::ProgramError),
    #[error("could not copy `cloudlx` to {}", path.display())]
    Copy { path: PathBuf, source: io::Error },
    #[error("{broken} of {all} worlds broke the promise or did not end: see above; what each left is in {}", kept.display())]
    Broken { broken: usize, all: u64, kept: PathBuf },
}

/// Tries the worlds, prints a line for each and a line of all.
pub(crate) fn run(arguments: &Chaos) -> Result<(), ChaosError> {
    let folder = workspace::root().join("target/chaos");
    // A copy: the next build must not change the program in the middle of a run.
    let cloudlx = folder.join("cloudlx");
    let built = program::build(arguments.release)?;
    let copied = fs::create_dir_all(&folder).and_then(|()| fs::copy(&built, &cloudlx));
    copied.map_err(|source| ChaosError::Copy { path: cloudlx.clone(), source })?;
    let (next, rows) = (AtomicU64::new(arguments.first), Mutex::new(Vec::new()));
    let end = arguments.first.saturating_add(arguments.seeds);
    let jobs =
        arguments.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    println!("{}", Row::HEAD);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let row =
                        Row { seed, result: trial::run(&cloudlx, &World::of(seed, arguments.rows), &folder) };
                    println!("{row}");
                    let mut rows = rows.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    rows.push(row);
                }
            });
        }
    });
    let rows = rows.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("{}", total(&rows));
    let broken = rows.iter().filter(|row| !row.is_kept()).count();
    if broken == 0 { Ok(()) } else { Err(ChaosError::Broken { broken, all: arguments.seeds, kept: folder }) }
}

/// What came of one world.
struct Row {
    seed: u64,
    result: Result<Trial, TrialError>,
}

impl Row {
    const HEAD: &str = "  seed   rows  runs  kills  faults  duplicates  holes  uncertain";

    fn is_kept(&self) -> bool {
        self.result.as_ref().is_ok_and(|trial| trial.findings.is_kept())
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let trial = match &self.result {
            Ok(trial) => trial,
            Err(error) => return write!(f, "{:>6}  {error}", self.seed),
        };
        let Findings { duplicates, holes, uncertain, .. } = &trial.findings;
        write!(
            f,
            "{:>6} {:>6} {:>5} {:>6} {:>7} {:>11} {:>6} {:>10}",
            self.seed,
            trial.rows,
            trial.runs,
            trial.kills,
            trial.faults,
            duplicates.len(),
            holes.len(),
            uncertain.len(),
        )?;
        for broken in trial.findings.broken().take(10) {
            write!(f, "\n        {broken}")?;
        }
        Ok(())
    }
}

fn total(rows: &[Row]) -> String {
    let trials = || rows.iter().filter_map(|row| row.result.as_ref().ok());
    let findings = || trials().map(|trial| &trial.findings);
    format!(
        "{} worlds, {} rows, {} runs, {} kills, {} faults: {} duplicates, {} holes, {} uncertain",
        rows.len(),
        trials().map(|trial| trial.rows).sum::<usize>(),
        trials().map(|trial| trial.runs).sum::<usize>(),
        trials().map(|trial| trial.kills).sum::<usize>(),
        trials().map(|trial| trial.faults).sum::<u64>(),
        findings().map(|findings| findings.duplicates.len()).sum::<usize>(),
        findings().map(|findings| findings.holes.len()).sum::<usize>(),
        findings().map(|findings| findings.uncertain.len()).sum::<usize>(),
    )
}
