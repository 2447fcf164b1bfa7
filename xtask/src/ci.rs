//! `cargo xtask ci`: every gate that a change must pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Instant;

use xtask_run::process::{self, ProcessError, cargo, command};

use crate::tasks::{self, Task};
use crate::{generate, iso, small_build};

/// Why a change is not ready.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CiError {
    #[error("{failed} of {all} gates failed: {names}")]
    Gates { failed: usize, all: usize, names: String },
    #[error("expected a gate after --only, found {name}: the gates are {names}")]
    NoGate { name: String, names: String },
}

/// Why one gate failed.
#[derive(Debug, thiserror::Error)]
enum GateError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Generate(#[from] generate::GenerateError),
    #[error(transparent)]
    Iso(#[from] iso::IsoError),
    #[error("`cargo xtask {task}` ended with {status}: see its output above")]
    Task { task: Task, status: ExitStatus },
    #[error(
        "the contract breaks those who use the version before it: see the report above, and CONTRIBUTING.md"
    )]
    Breaking,
    #[error("expected cloudlx-model to be at most {most} crates, itself included, found {}: {crates:?}", crates.len())]
    ModelDependencies { most: usize, crates: BTreeSet<String> },
    #[error(transparent)]
    SmallBuild(#[from] small_build::SmallBuildError),
}

/// A gate, by the name that a report gives it.
type Gate = (&'static str, fn() -> Result<(), GateError>);

const GATES: [Gate; 18] = [
    ("test", || Ok(process::run(&mut cargo(&["test", "--workspace"]))?)),
    ("fmt", || Ok(process::run(&mut cargo(&["fmt", "--all", "--check"]))?)),
    ("clippy", || {
        let clippy =
            ["clippy", "--workspace", "--all-targets", "--all-features", "--quiet", "--", "-D", "warnings"];
        Ok(process::run(&mut cargo(&clippy))?)
    }),
    ("fewest features", fewest_features),
    ("model's dependencies", model_dependencies),
    ("doc", || {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features", "--quiet"]);
        Ok(process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?)
    }),
    ("iso --check", || Ok(iso::run(true)?)),
    ("generate --check", || Ok(generate::run(true, false)?)),
    ("compat", compatible),
    ("interop", || task(tasks::INTEROP, &[])),
    ("schemathesis", || task(tasks::SCHEMATHESIS, &[])),
    ("examples", || task(tasks::EXAMPLES, &[])),
    ("page", || task(tasks::PAGE, &[])),
    // Enough to see an import that breaks its promise outright; `cargo xtask chaos --seeds 200` looks harder.
    ("chaos", || task(tasks::CHAOS, &["--seeds", "6", "--rows", "300"])),
    // Only shows that it works: ratios of a busy machine fail no gate.
    ("bench check", || task(tasks::BENCH, &["check", "--rounds", "1"])),
    // The same, with what the tests have built.
    ("bench stub", || task(tasks::BENCH, &["stub", "--quick"])),
    ("deny", deny),
    ("small build", || Ok(small_build::check()?)),
];

/// Runs all gates, or only the named one, also after one has failed, and says which did.
pub(crate) fn run(tested: bool, only: Option<&str>) -> Result<(), CiError> {
    let is_asked = |name: &str| only.map_or(!(tested && name == "test"), |only| name == only);
    let gates: Vec<_> = GATES.iter().filter(|(name, _)| is_asked(name)).collect();
    if gates.is_empty() {
        let name = only.unwrap_or_default().to_owned();
        return Err(CiError::NoGate { name, names: GATES.map(|(name, _)| name).join(", ") });
    }
    let mut failed = Vec::new();
    for (name, gate) in &gates {
        println!("── {name}");
        let start = Instant::now();
        let result = gate();
        let seconds = start.elapsed().as_secs();
        match result {
            Ok(()) => println!("── {name}: passed in {seconds} s"),
            Err(error) => {
                println!("── {name}: failed after {seconds} s: {error}");
                failed.push(*name);
            }
        }
    }
    println!("gates: {} passed, {} failed", gates.len() - failed.len(), failed.len());
    if failed.is_empty() {
        Ok(())
    } else {
        Err(CiError::Gates { failed: failed.len(), all: gates.len(), names: failed.join(", ") })
    }
}

/// Builds each library alone, without the features that the rest of the workspace turns on.
fn fewest_features() -> Result<(), GateError> {
    for library in [
        "cloudlx-model",
        "cloudlx-validate",
        "cloudlx-client",
        "cloudlx-server-stub",
        "cloudlx-drift",
        "cloudlx-import",
    ] {
        let clippy = [
            "clippy",
            "--quiet",
            "--package",
            library,
            "--lib",
            "--no-default-features",
            "--",
            "-D",
            "warnings",
        ];
        process::run(&mut cargo(&clippy))?;
    }
    Ok(())
}

/// Teams depend on the model for its types: it must have few dependencies.
fn model_dependencies() -> Result<(), GateError> {
    const MOST: usize = 10;
    let tree = ["tree", "--package", "cloudlx-model", "--edges", "normal", "--prefix", "none", "--no-dedupe"];
    let tree = String::from_utf8_lossy(&process::output(&mut cargo(&tree))?).into_owned();
    let crates: BTreeSet<_> = tree.lines().map(str::to_owned).collect();
    if crates.len() <= MOST { Ok(()) } else { Err(GateError::ModelDependencies { most: MOST, crates }) }
}

/// The contract must break nobody who uses the version before it.
fn compatible() -> Result<(), GateError> {
    let status = tasks::COMPAT.run([""; 0])?;
    match status.code() {
        Some(1) => Err(GateError::Breaking),
        _ => succeeded(tasks::COMPAT, status),
    }
}

fn task(task: Task, arguments: &[&str]) -> Result<(), GateError> {
    succeeded(task, task.run(arguments)?)
}

fn succeeded(task: Task, status: ExitStatus) -> Result<(), GateError> {
    if status.success() { Ok(()) } else { Err(GateError::Task { task, status }) }
}

/// Licences, duplicates and sources; known vulnerabilities too where the advisory database is at hand.
fn deny() -> Result<(), GateError> {
    process::run(&mut command("cargo-deny", &["--all-features", "check", "licenses", "bans", "sources"]))?;
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let databases = cargo_home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
    // The folder may also contain a lock file.
    let mut databases = databases.into_iter().flatten().flatten();
    if databases.any(|entry| entry.path().is_dir()) {
        let advisories = ["--offline", "--all-features", "check", "advisories"];
        process::run(&mut command("cargo-deny", &advisories))?;
    } else {
        println!("advisories: not checked, there is no database; `cargo deny fetch` gets it");
    }
    Ok(())
}
