//! Tries many worlds, several at once, and prints a line for each.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::arguments::Chaos;
use crate::processes::postgres;
use crate::table::{self, Row, Total};
use crate::trial;
use crate::world::{Times, World};

/// The result of all worlds.
pub(crate) struct Outcome {
    /// How many worlds broke the promise or did not end.
    pub(crate) broken: usize,
    /// The kinds of faults that acted in no world.
    pub(crate) never_hit: Vec<String>,
}

/// Tries the worlds, prints a line for each, and then the totals.
pub(crate) fn try_worlds(arguments: &Chaos, cloudlx: &Path, folder: &Path) -> Outcome {
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
    let total = Total::new(&rows, &Times::for_rows(arguments.rows));
    println!("{total}");
    Outcome { broken: rows.iter().filter(|row| !row.is_kept()).count(), never_hit: total.never_hit() }
}

/// Tries the world of a seed.
fn row(seed: u64, rows: usize, cloudlx: &Path, folder: &Path) -> Row {
    let mut world = World::from_seed(seed, rows);
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
