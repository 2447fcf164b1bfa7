//! Measures the size of the program that is given away (profile `dist`), and which crates its code comes from.
//!
//! The program is linked twice from the same libraries: with symbols, which name the crate of each function, and stripped,
//! which is the size that counts. cargo-bloat makes the same list, but users would have to install it, and its last release
//! was in 2024.

mod code;

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::Deserialize;
use xtask_measure::{Goal, Ratios, Row};

use self::code::{Code, Natives};
use xtask_run::process::{self, ProcessError};

/// How many crates the list shows.
const SHOWN: usize = 10;

/// Why the size could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SizeError {
    #[error("could not build `cloudlx`")]
    Build(#[from] ProcessError),
    #[error(
        "expected cargo to say where it built `cloudlx`, found nothing of it: is the binary still called so?"
    )]
    NoProgram,
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not read the symbols of {}", path.display())]
    Symbols { path: PathBuf, source: object::Error },
    #[error("expected code with symbols in {}, found none", path.display())]
    NoCode { path: PathBuf },
}

/// Builds the program and returns the rows of its size.
pub(super) fn rows() -> Result<Vec<Row>, SizeError> {
    let with_symbols = Built::link("none")?;
    let mut natives = Natives::default();
    for (name, path) in &with_symbols.libraries {
        let read = natives.read(name, &read(path)?);
        read.map_err(|source| SizeError::Symbols { path: path.clone(), source })?;
    }
    let path = with_symbols.program;
    let code = Code::read(&read(&path)?, &natives)
        .map_err(|source| SizeError::Symbols { path: path.clone(), source })?
        .ok_or(SizeError::NoCode { path })?;

    let stripped = Built::link("symbols")?.program;
    let stripped = read(&stripped)?.len() as u64;
    let mut rows = vec![
        Row::figure(
            "size",
            "the program cloudlx, profile dist, stripped",
            "MiB",
            &Ratios::new(vec![mebibytes(stripped)]),
            Goal::AtMost(12.0),
        ),
        row("its code", "all of the stripped binary", share(code.total, stripped)),
    ];
    let largest = code.by_crate.iter().take(SHOWN);
    rows.extend(largest.map(|(name, size)| {
        row(&format!("code that {name} wrote"), "all code of the binary", share(*size, code.total))
    }));
    Ok(rows)
}

/// A row without a spread: a size is the same in every round.
fn row(what: &str, against: &str, ratio: f64) -> Row {
    Row::new("size", what, against, &Ratios::new(vec![ratio]), Goal::None)
}

#[allow(clippy::cast_precision_loss, reason = "a share is shown with three digits")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

fn mebibytes(bytes: u64) -> f64 {
    share(bytes, 1 << 20)
}

/// A program that cargo linked.
struct Built {
    program: PathBuf,
    /// The linked crates and their libraries.
    libraries: Vec<(String, PathBuf)>,
}

/// A message of cargo about an artifact, as far as it is needed.
#[derive(Deserialize)]
struct Artifact {
    target: Target,
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Built {
    /// Builds it. `strip` is passed to the last crate only; as a setting of the profile it would rebuild all crates.
    fn link(strip: &str) -> Result<Self, SizeError> {
        let build = ["rustc", "--quiet", "--profile", "dist", "--package", "cloudlx-cli", "--bin", "cloudlx"];
        let mut build = process::cargo(&build);
        build.args(["--message-format", "json", "--", "-C", &format!("strip={strip}")]);
        let messages = process::output(&mut build)?;
        Self::read(&String::from_utf8_lossy(&messages)).ok_or(SizeError::NoProgram)
    }

    fn read(messages: &str) -> Option<Self> {
        let artifacts: Vec<Artifact> =
            messages.lines().filter_map(|message| serde_json::from_str(message).ok()).collect();
        let program = artifacts.iter().find_map(|artifact| artifact.executable.clone())?;
        let libraries = artifacts.into_iter().flat_map(|Artifact { target, filenames, .. }| {
            let libraries =
                filenames.into_iter().filter(|name| name.extension().is_some_and(|it| it == "rlib"));
            libraries.map(move |path| (target.name.clone(), path)).collect::<Vec<_>>()
        });
        Some(Self { program, libraries: libraries.collect() })
    }
}

fn read(path: &PathBuf) -> Result<Vec<u8>, SizeError> {
    fs::read(path).map_err(|source| SizeError::Read { path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_names_the_program_and_the_libraries() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"build-script-build"},"filenames":["/t/build-script-build"],"executable":null}
{"reason":"compiler-artifact","target":{"name":"serde_core"},"filenames":["/t/libserde_core.rlib","/t/libserde_core.rmeta"],"executable":null}
{"reason":"build-script-executed","package_id":"a"}
{"reason":"compiler-artifact","target":{"name":"cloudlx"},"filenames":["/t/cloudlx"],"executable":"/t/cloudlx"}
{"reason":"build-finished","success":true}
"#;
        let built = Built::read(messages).unwrap();
        assert_eq!(built.program, PathBuf::from("/t/cloudlx"));
        assert_eq!(built.libraries, [("serde_core".to_owned(), PathBuf::from("/t/libserde_core.rlib"))]);
        assert!(Built::read(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
