//! `cloudlx` without its heavy parts: the README's first command builds it, and teams choose the parts that they use.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use xtask_run::process::{self, ProcessError, cargo};
use xtask_run::workspace;

/// The README's first command compiles at most this many crates.
const MOST_CRATES: usize = 150;

/// What the README's first command prints.
const EXPECTED: &str = "examples/customer.json";

/// Choices of features between none and all, each of which must compile without a warning.
const CHOICES: [&str; 5] = ["", "import", "postgres", "import,postgres", "drift,https"];

/// What the small build leaves out: arguments that need a part, and the feature that builds it.
const LEFT_OUT: [(&[&str], &str); 5] = [
    (&["import", "customers.csv", "--dry-run"], "import"),
    (&["drift"], "drift"),
    (&["stub", "--state", "customers.db"], "sqlite"),
    (&["stub", "--state", "postgres://localhost/customers"], "postgres"),
    (&["customers", "list"], "https"),
];

/// Why the small build is not as the README says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SmallBuildError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("expected the README's first command to compile at most {MOST_CRATES} crates, found {}: {crates:?}", crates.len())]
    Crates { crates: BTreeSet<String> },
    #[error("could not read {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the output of the README's first command is not JSON")]
    Output(#[from] serde_json::Error),
    #[error("the README's first command printed\n{found}\nand should print what is in {EXPECTED}")]
    FirstCommand { found: String },
    #[error(
        "expected {arguments:?} of the small build to name the feature `{feature}` and to exit with 2, found {found}"
    )]
    NoRemedy { arguments: &'static [&'static str], feature: &'static str, found: String },
}

/// Checks the size, the features, the first command and the remedies of the small build.
pub(crate) fn check() -> Result<(), SmallBuildError> {
    few_crates()?;
    for features in CHOICES {
        let clippy = ["clippy", "--quiet", "--package", "cloudlx-cli", "--no-default-features"];
        let mut clippy = cargo(&clippy);
        process::run(clippy.args(["--features", features, "--", "-D", "warnings"]))?;
    }
    first_command()?;
    LEFT_OUT.iter().try_for_each(|(arguments, feature)| names_its_feature(arguments, feature))
}

fn few_crates() -> Result<(), SmallBuildError> {
    let tree = ["tree", "--package", "cloudlx-cli", "--no-default-features", "--edges", "normal,build"];
    let tree = process::output(cargo(&tree).args(["--prefix", "none", "--no-dedupe", "--format", "{p}"]))?;
    let tree = String::from_utf8_lossy(&tree).into_owned();
    let crates: BTreeSet<_> = tree.lines().map(str::to_owned).collect();
    if crates.len() <= MOST_CRATES { Ok(()) } else { Err(SmallBuildError::Crates { crates }) }
}

fn first_command() -> Result<(), SmallBuildError> {
    let mut first =
        cargo(&["--quiet", "try", "customers", "create", "examples/create-customer.json", "--stub"]);
    let found: Value = serde_json::from_slice(&process::output(&mut first)?)?;
    let path = workspace::root().join(EXPECTED);
    let expected = fs::read_to_string(&path).map_err(|source| SmallBuildError::Read { path, source })?;
    let found = serde_json::to_string_pretty(&found)? + "\n";
    if found == expected { Ok(()) } else { Err(SmallBuildError::FirstCommand { found }) }
}

fn names_its_feature(
    arguments: &'static [&'static str],
    feature: &'static str,
) -> Result<(), SmallBuildError> {
    let mut command = cargo(&["--quiet", "try"]);
    command
        .args(arguments)
        .env("CLOUDLX_BASE_URL", "https://api.example")
        .env("CLOUDLX_ACCESS_TOKEN", "token");
    let ended = process::outcome(&mut command)?;
    let found = String::from_utf8_lossy(&ended.stderr);
    if ended.status.code() == Some(2) && found.contains(&format!("feature `{feature}`")) {
        return Ok(());
    }
    let found = format!("{}: {found}", ended.status);
    Err(SmallBuildError::NoRemedy { arguments, feature, found })
}
