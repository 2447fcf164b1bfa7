//! `cargo xtask bench`: runs the benchmarks of the crates, and prints what they found as one table.
//!
//! A benchmark runs both sides of a comparison in one process, alternately, and prints ratios: machines are noisy, and
//! their clocks compare to nobody else's. What they measure with is in the package `cloudlx-bench`. Builds and the size of
//! the program are measured here: cargo is what they measure with.

mod build;
mod docs;
mod size;

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::ValueEnum;
use cloudlx_bench::Row;
use serde::Serialize;

use crate::process::{self, ProcessError};
use crate::workspace;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// Checking a request, beside parsing it
    Check,
    /// Looking an ISO code up
    Codes,
    /// A create through the client, beside its HTTP client alone
    Client,
    /// What the journal of an import costs
    Import,
    /// How soon the stub answers, and how much memory it takes
    Stub,
    /// `cloudlx validate` of a million requests, beside parsing them
    Validate,
    /// A clean build with our crates, beside one with what they are made of
    Build,
    /// How large the program is, and whose code
    Size,
}

/// How the table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: `{"rows": […]}`
    Json,
}

/// What is run, and how often.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Bench {
    /// What to compare [default: everything]
    #[arg(value_enum)]
    groups: Vec<Group>,
    /// How many times both sides are measured
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// How the table is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write what was found to docs/performance.md too, with all groups
    #[arg(long, conflicts_with = "groups")]
    write_docs: bool,
}

impl Bench {
    /// Enough to see that checking can be measured.
    pub(crate) fn short() -> Self {
        Self { groups: vec![Group::Check], rounds: 1, format: Format::Human, write_docs: false }
    }
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("expected one line of JSON, an array of rows, from the benchmark {name}, found {found:?}")]
    Rows { name: &'static str, found: String, source: serde_json::Error },
    #[error(transparent)]
    Build(#[from] build::BuildError),
    #[error(transparent)]
    Size(#[from] size::SizeError),
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("could not print the rows")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Rows {
    rows: Vec<Row>,
}

/// Runs the benchmarks, prints the table and keeps it in `target/bench`.
pub(crate) fn run(arguments: &Bench) -> Result<(), BenchError> {
    let groups = if arguments.groups.is_empty() { Group::value_variants() } else { &arguments.groups };
    let mut rows = Vec::new();
    for group in groups {
        let found = match group {
            Group::Check => cargo_bench("cloudlx-validate", "check", arguments.rounds)?,
            Group::Codes => cargo_bench("cloudlx-validate", "codes", arguments.rounds)?,
            Group::Client => cargo_bench("cloudlx-client", "client", arguments.rounds)?,
            Group::Import => cargo_bench("cloudlx-import", "import", arguments.rounds)?,
            Group::Stub => cargo_bench("cloudlx-cli", "stub", arguments.rounds)?,
            Group::Validate => cargo_bench("cloudlx-cli", "validate", arguments.rounds)?,
            Group::Build => build::rows(arguments.rounds)?,
            Group::Size => size::rows()?,
        };
        rows.extend(found);
    }
    let rows = Rows { rows };
    let json = serde_json::to_string_pretty(&rows)? + "\n";
    let path = workspace::root().join("target/bench/rows.json");
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, &json));
    written.map_err(|source| BenchError::Write { path, source })?;
    if arguments.write_docs {
        docs::write(&rows.rows, arguments.rounds)?;
    }
    match arguments.format {
        Format::Human => print!("{}", table(&rows.rows)),
        Format::Json => print!("{json}"),
    }
    Ok(())
}

/// Runs a benchmark of a crate.
fn cargo_bench(package: &str, name: &'static str, rounds: usize) -> Result<Vec<Row>, BenchError> {
    let mut bench = process::cargo(&["bench", "--quiet", "--package", package, "--bench", name]);
    bench.env("BENCH_ROUNDS", rounds.to_string());
    let found = String::from_utf8_lossy(&process::output(&mut bench)?).into_owned();
    serde_json::from_str(&found).map_err(|source| BenchError::Rows { name, found, source })
}

fn table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| {
        let [least, most] = row.spread;
        let goal = match (&row.goal, row.met) {
            (Some(goal), Some(true)) => format!("goal {goal}: met"),
            (Some(goal), _) => format!("goal {goal}: not met"),
            (None, _) => "reported".to_owned(),
        };
        format!(
            "{}: {}\n  against {}: {:.3} ({least:.3} to {most:.3}), {goal}\n",
            row.group, row.what, row.against, row.ratio
        )
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use cloudlx_bench::Row;

    use super::table;

    #[test]
    fn a_goal_is_met_missed_or_none() {
        let row = |goal: Option<&str>, met| Row {
            group: "g".to_owned(),
            what: "w".to_owned(),
            against: "a".to_owned(),
            ratio: 0.97,
            spread: [0.9, 1.0],
            goal: goal.map(str::to_owned),
            met,
        };
        let rows = [row(Some("≥ 0.95"), Some(true)), row(Some("≥ 0.99"), Some(false)), row(None, None)];
        let expected = "g: w\n  against a: 0.970 (0.900 to 1.000), goal ≥ 0.95: met\n\
                        g: w\n  against a: 0.970 (0.900 to 1.000), goal ≥ 0.99: not met\n\
                        g: w\n  against a: 0.970 (0.900 to 1.000), reported\n";
        assert_eq!(table(&rows), expected);
    }
}
