//! `cargo xtask bench`: runs the benchmarks in the folders `benches` of the crates, prints their rows as one table, and draws
//! their curves.
//!
//! A benchmark runs both sides of a comparison alternately in one process, with the package `xtask-measure`, and prints
//! ratios: times of one machine mean nothing on another. The groups `build`, `size` and `start` are measured in this package, since
//! they measure with cargo.
#![forbid(unsafe_code)]

mod build;
mod curves;
mod docs;
mod plot;
mod repeat;
mod size;
mod start;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser as _, ValueEnum};
use serde::Serialize;
use serde::de::DeserializeOwned;
use xtask_measure::{Curve, Row};

use xtask_run::exit;
use xtask_run::install::{self, InstallError};
use xtask_run::process::{self, ProcessError};
use xtask_run::workspace;

use self::repeat::Earlier;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Checking a request, beside parsing it
    Check,
    /// Looking an ISO code up
    Codes,
    /// A create through the client, beside its HTTP client alone
    Client,
    /// What the journal of an import costs
    Import,
    /// Creates a second of the stub, how soon it answers, and how much memory it takes
    Stub,
    /// `cloudlx validate` of a million requests, beside parsing them
    Validate,
    /// What the README's commands cost on an empty target, and the tests after a change
    Start,
    /// A clean build with our crates, beside one with what they are made of
    Build,
    /// How large the program is, and whose code
    Size,
    /// How cost grows: with a request, the rules, the customers of a stub, the rows of an import; drawn, too
    Curves,
}

/// How many processes run a benchmark of short calls: the layout of a process in memory makes some calls slower.
const PROCESSES: usize = 3;

/// How the table is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: `{"rows": […], "curves": […]}`
    Json,
}

/// Run the benchmarks and print their ratios
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Bench {
    /// What to compare [default: everything]
    #[arg(value_enum)]
    groups: Vec<Group>,
    /// How many times both sides are measured
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// Measure the stub beside mock servers of other languages too (needs npm)
    #[arg(long)]
    peers: bool,
    /// Only see that it works: without optimisation, and each side for a moment
    #[arg(long, conflicts_with_all = ["rounds", "write_docs"])]
    quick: bool,
    /// How the table is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write what was found to docs/performance.md too, with all groups
    #[arg(long, conflicts_with = "groups")]
    write_docs: bool,
    /// Say which rows agree with those of an earlier run: its target/bench/rows.json
    #[arg(long, value_name = "FILE")]
    repeats: Option<PathBuf>,
}

impl Bench {
    /// Runs a benchmark in several processes and combines their rows.
    fn rows(&self, package: &str, name: &'static str, processes: usize) -> Result<Vec<Row>, BenchError> {
        let processes = if self.rounds == 1 { 1 } else { processes };
        let runs: Result<Vec<_>, _> =
            (0..processes).map(|_| printed(name, &mut self.command(package, name))).collect();
        Ok(Row::together(runs?))
    }

    /// The rows of the stub, with those of mock servers if they are asked for.
    fn stub(&self) -> Result<Vec<Row>, BenchError> {
        let mut command = self.command("cloudlx-cli", "stub");
        if self.peers {
            command.env("BENCH_PEERS", peers()?);
        }
        printed("stub", &mut command)
    }

    /// The command that prints the rows of a benchmark.
    fn command(&self, package: &str, name: &str) -> Command {
        // `--workspace` as for the tests, so that cargo builds nothing again.
        let quick = ["test", "--quiet", "--workspace", "--bench", name];
        let bench = ["bench", "--quiet", "--package", package, "--bench", name];
        let mut command = process::cargo(if self.quick { &quick } else { &bench });
        command.env("BENCH_ROUNDS", self.rounds.to_string());
        command
    }
}

/// Why the benchmarks could not be run.
#[derive(Debug, thiserror::Error)]
enum BenchError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error(
        "expected one line of JSON, an array of rows or curves, from the benchmark {name}, found {found:?}"
    )]
    Rows { name: &'static str, found: String, source: serde_json::Error },
    #[error(transparent)]
    Repeat(#[from] repeat::RepeatError),
    #[error(transparent)]
    Build(#[from] build::BuildError),
    #[error(transparent)]
    Size(#[from] size::SizeError),
    #[error(transparent)]
    Start(#[from] start::StartError),
    #[error(transparent)]
    Curves(#[from] curves::CurveError),
    #[error(transparent)]
    Docs(#[from] docs::DocsError),
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("could not print the rows")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Results {
    rows: Vec<Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    curves: Vec<Curve>,
}

fn main() -> ExitCode {
    exit::code(run(&Bench::parse()))
}

/// Runs the benchmarks, prints their results, and writes them to `target/bench`.
fn run(arguments: &Bench) -> Result<(), BenchError> {
    let earlier = arguments.repeats.as_deref().map(Earlier::read).transpose()?;
    let groups = if arguments.groups.is_empty() { Group::value_variants() } else { &arguments.groups };
    let mut results = Results { rows: Vec::new(), curves: Vec::new() };
    for group in groups {
        let rows = match group {
            Group::Check => arguments.rows("cloudlx-validate", "check", PROCESSES)?,
            Group::Codes => arguments.rows("cloudlx-validate", "codes", PROCESSES)?,
            Group::Client => arguments.rows("cloudlx-client", "client", PROCESSES)?,
            Group::Import => arguments.rows("cloudlx-import", "import", 1)?,
            Group::Stub => arguments.stub()?,
            Group::Validate => arguments.rows("cloudlx-cli", "validate", 1)?,
            Group::Start => start::rows(arguments.rounds)?,
            Group::Build => build::rows(arguments.rounds)?,
            Group::Size => size::rows()?,
            Group::Curves => {
                results.curves.extend(printed("curves", &mut arguments.command("cloudlx-cli", "curves"))?);
                continue;
            }
        };
        results.rows.extend(rows);
    }
    let json = serde_json::to_string_pretty(&results)? + "\n";
    let kept = workspace::root().join("target/bench");
    let path = kept.join("rows.json");
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, &json));
    written.map_err(|source| BenchError::Write { path, source })?;
    curves::draw(&results.curves, &kept)?;
    let compared = earlier.map(|earlier| earlier.compare(&results.rows).describe());
    if arguments.write_docs {
        docs::write(&results.rows, &results.curves, arguments.rounds, compared.as_deref())?;
    }
    match arguments.format {
        Format::Human => {
            print!("{}{}", table(&results.rows), curves::listed(&results.curves));
            print!("{}", compared.unwrap_or_default());
        }
        Format::Json => {
            print!("{json}");
            eprint!("{}", compared.unwrap_or_default());
        }
    }
    Ok(())
}

/// Installs the pinned mock servers, and returns their folder.
fn peers() -> Result<PathBuf, InstallError> {
    install::node()?;
    let folder = workspace::root().join("target/peers");
    install::create(&folder)?;
    install::npm(&workspace::root().join("xtask/bench/peers"), &folder)?;
    Ok(folder)
}

/// Runs a benchmark and reads the rows or curves that it prints.
fn printed<T: DeserializeOwned>(name: &'static str, command: &mut Command) -> Result<Vec<T>, BenchError> {
    let printed = String::from_utf8_lossy(&process::output(command)?).into_owned();
    serde_json::from_str(&printed).map_err(|source| BenchError::Rows { name, found: printed, source })
}

fn table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|row| {
        let [least, most] = row.spread;
        let found = match &row.unit {
            Some(unit) => format!("{:.3} {unit}", row.ratio),
            None => format!("against {}: {:.3}", row.against, row.ratio),
        };
        let goal = match (&row.goal, row.met) {
            (Some(goal), Some(true)) => format!("goal {goal}: met"),
            (Some(goal), _) => format!("goal {goal}: not met"),
            (None, _) => "reported".to_owned(),
        };
        format!("{}: {}\n  {found} ({least:.3} to {most:.3}), {goal}\n", row.group, row.what)
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use xtask_measure::Row;

    use super::table;

    #[test]
    fn a_goal_is_met_missed_or_none() {
        let row = |goal: Option<&str>, met| Row {
            group: "g".to_owned(),
            what: "w".to_owned(),
            against: "a".to_owned(),
            unit: None,
            ratio: 0.97,
            spread: [0.9, 1.0],
            goal: goal.map(str::to_owned),
            met,
        };
        let figure = Row { unit: Some("ms".to_owned()), ..row(None, None) };
        let rows =
            [row(Some("≥ 0.95"), Some(true)), row(Some("≥ 0.99"), Some(false)), row(None, None), figure];
        let expected = "g: w\n  against a: 0.970 (0.900 to 1.000), goal ≥ 0.95: met\n\
                        g: w\n  against a: 0.970 (0.900 to 1.000), goal ≥ 0.99: not met\n\
                        g: w\n  against a: 0.970 (0.900 to 1.000), reported\n\
                        g: w\n  0.970 ms (0.900 to 1.000), reported\n";
        assert_eq!(table(&rows), expected);
    }
}
