//! Measures what a crate of ours adds to a clean build of its user.
//!
//! It builds two empty packages alternately, each into a new folder. One depends on our crate, the other on the
//! dependencies that the crate is made of, as `Cargo.toml` and `Cargo.lock` of the workspace pin them. So both sides have the
//! same versions, features and profile.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use toml::{Table, Value};
use xtask_measure::{Goal, Ratios, Row};

use xtask_run::process::{self, ProcessError};
use xtask_run::workspace;

const GOAL: Goal = Goal::AtMost(1.3);

/// The package is a workspace of its own, so that no setting of ours applies.
const MANIFEST: &str = "\
[package]
name = \"measured\"
edition = \"2024\"

[lib]
path = \"lib.rs\"

[workspace]
";

/// Why no build was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not read a Cargo.toml")]
    Manifest(#[from] toml::de::Error),
    #[error(
        "expected {name} in [workspace.dependencies] of Cargo.toml, found none: is it still what ours is made of?"
    )]
    NoDependency { name: &'static str },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("could not build the package of a line")]
    Process(#[from] ProcessError),
}

/// A crate of ours, and the dependencies that it is made of with the features that it adds to the workspace's.
struct Pair {
    ours: &'static str,
    reference: &'static [(&'static str, &'static [&'static str])],
    /// The limit of rounds, since more take too long.
    most_rounds: usize,
}

const PAIRS: [Pair; 2] = [
    Pair { ours: "cloudlx-model", reference: &[("serde", &[]), ("serde_json", &[])], most_rounds: 5 },
    Pair {
        ours: "cloudlx-client",
        reference: &[("reqwest", &["rustls-no-provider"]), ("rustls", &["ring"])],
        most_rounds: 3,
    },
];

/// The rows: build time of our crate divided by that of its dependencies.
pub(super) fn rows(rounds: usize) -> Result<Vec<Row>, BuildError> {
    let manifest = workspace::root().join("Cargo.toml");
    let manifest: Table = toml::from_str(&read(&manifest)?)?;
    PAIRS.iter().map(|pair| row(pair, &manifest, rounds.clamp(1, pair.most_rounds))).collect()
}

fn row(pair: &Pair, workspace: &Table, rounds: usize) -> Result<Row, BuildError> {
    let path = workspace::root().join("crates").join(pair.ours);
    let path = Value::from(Table::from_iter([("path".to_owned(), path.display().to_string().into())]));
    let ours = Package::write(Table::from_iter([(pair.ours.to_owned(), path)]))?;
    let reference = Package::write(dependencies(workspace, pair.reference)?)?;
    let (our_crates, their_crates) = (ours.crates()?, reference.crates()?);

    let mut ratios = Vec::new();
    for round in 0..rounds {
        let (ours, reference) = if round % 2 == 0 {
            let ours = ours.build()?;
            (ours, reference.build()?)
        } else {
            let reference = reference.build()?;
            (ours.build()?, reference)
        };
        ratios.push(ours / reference);
    }
    let names: Vec<_> = pair.reference.iter().map(|(name, _)| *name).collect();
    let what = format!("a clean build of {}, {our_crates} crates", pair.ours);
    let against = format!("{} alone, with the same features, {their_crates} crates", names.join(" and "));
    Ok(Row::new("build", &what, &against, &Ratios::new(ratios), GOAL))
}

/// The version of a dependency, as the workspace pins it.
pub(crate) fn version(name: &'static str) -> Result<String, BuildError> {
    let manifest: Table = toml::from_str(&read(&workspace::root().join("Cargo.toml"))?)?;
    let pinned = dependencies(&manifest, &[(name, &[])])?;
    let version = pinned.get(name).and_then(|dependency| dependency.get("version"));
    version.and_then(Value::as_str).map(str::to_owned).ok_or(BuildError::NoDependency { name })
}

/// These dependencies as the workspace pins them, with more features.
fn dependencies(workspace: &Table, wanted: &[(&'static str, &[&str])]) -> Result<Table, BuildError> {
    let known = workspace.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let each = wanted.iter().map(|(name, more)| {
        let mut dependency = match known.and_then(|known| known.get(name)) {
            Some(Value::Table(dependency)) => dependency.clone(),
            Some(version @ Value::String(_)) => Table::from_iter([("version".to_owned(), version.clone())]),
            _ => return Err(BuildError::NoDependency { name }),
        };
        let features = dependency.entry("features").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(features) = features {
            features.extend(more.iter().map(|feature| Value::from(*feature)));
        }
        Ok(((*name).to_owned(), Value::Table(dependency)))
    });
    each.collect()
}

/// An empty library in a temporary folder.
pub(crate) struct Package {
    folder: tempfile::TempDir,
}

impl Package {
    /// A package that depends on these crates alone.
    pub(crate) fn write(dependencies: Table) -> Result<Self, BuildError> {
        let error = |path: &Path| {
            let path = path.to_owned();
            move |source| BuildError::Write { path, source }
        };
        let folder = tempfile::tempdir().map_err(error(&std::env::temp_dir()))?;
        let mut manifest: Table = toml::from_str(MANIFEST)?;
        manifest.insert("dependencies".to_owned(), Value::Table(dependencies));
        let manifest = manifest.to_string();
        let lock = read(&workspace::root().join("Cargo.lock"))?;
        for (name, text) in [("Cargo.toml", manifest.as_str()), ("Cargo.lock", &lock), ("lib.rs", "")] {
            let path = folder.path().join(name);
            fs::write(&path, text).map_err(error(&path))?;
        }
        Ok(Self { folder })
    }

    /// How many crates it depends on. Afterwards cargo has fetched all of them, and `Cargo.lock` has no others.
    pub(crate) fn crates(&self) -> Result<usize, BuildError> {
        let tree = ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
        let tree = process::output(process::cargo(&tree).current_dir(self.folder.path()))?;
        Ok(count(&String::from_utf8_lossy(&tree)))
    }

    /// The seconds of a clean build.
    pub(crate) fn build(&self) -> Result<f64, BuildError> {
        let target = self.folder.path().join("target");
        let mut build = process::cargo(&["build", "--quiet", "--locked", "--offline", "--target-dir"]);
        build.arg(&target).current_dir(self.folder.path());
        // Without a cache of compiled crates, which would falsify the measurement.
        build.env("RUSTC_WRAPPER", "").env("CARGO_BUILD_RUSTC_WRAPPER", "");
        let start = Instant::now();
        process::run(&mut build)?;
        let seconds = start.elapsed().as_secs_f64();
        fs::remove_dir_all(&target).map_err(|source| BuildError::Write { path: target, source })?;
        Ok(seconds)
    }
}

/// How many crates `cargo tree` lists below the first line; repeated ones are marked.
pub(crate) fn count(tree: &str) -> usize {
    let lines = tree.lines().skip(1).filter(|line| !line.is_empty());
    lines.map(|line| line.trim_end_matches(" (*)")).collect::<BTreeSet<_>>().len()
}

fn read(path: &Path) -> Result<String, BuildError> {
    fs::read_to_string(path).map_err(|source| BuildError::Read { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_counts_once_and_the_package_itself_not() {
        let tree = "measured v0.0.0 (/tmp/m)\nserde v1.0.229\nserde_core v1.0.229\n\nserde v1.0.229 (*)\n";
        assert_eq!(count(tree), 2);
    }

    #[test]
    fn the_reference_is_what_the_workspace_says_with_more_features() {
        let workspace = toml::from_str::<Table>(
            "[workspace.dependencies]\nplain = \"1.2\"\nlean = { version = \"3\", default-features = false, features = [\"a\"] }\n",
        );
        let workspace = workspace.unwrap();
        let found = dependencies(&workspace, &[("plain", &[]), ("lean", &["b"])]).unwrap();
        let expected = "[lean]\ndefault-features = false\nfeatures = [\"a\", \"b\"]\nversion = \"3\"\n\n\
                        [plain]\nfeatures = []\nversion = \"1.2\"\n";
        assert_eq!(found.to_string(), expected);
        let none = dependencies(&workspace, &[("gone", &[])]);
        assert!(matches!(none, Err(BuildError::NoDependency { name: "gone" })));
    }

    #[test]
    fn every_reference_stands_in_the_workspace() {
        let manifest = read(&workspace::root().join("Cargo.toml")).unwrap();
        let manifest = toml::from_str(&manifest).unwrap();
        for pair in &PAIRS {
            dependencies(&manifest, pair.reference).unwrap();
        }
    }
}
