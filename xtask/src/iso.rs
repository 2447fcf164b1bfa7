//! `cargo xtask iso`: generates the currency and country tables of `cloudlx-validate` from pinned CLDR data.
//!
//! npm installs the packages in `xtask/src/iso/package.json`, with the versions and hashes of the lock file next to it.
//! [`amendments`] adds what they lack, and the day that "current" refers to. The output depends only on these files: the
//! same input gives the same bytes.

mod amendments;
mod cldr;
mod countries;
mod currencies;
mod error;
mod render;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use error::IsoError;
use xtask_run::install::{self, InstallError};
use xtask_run::workspace;

/// Generates the tables; with `check`, only compares them with the files.
///
/// # Errors
///
/// When the data cannot be had or does not fit the amendments, and, with `check`, when a file differs.
pub(crate) fn run(check: bool) -> Result<(), IsoError> {
    let root = workspace::root();
    let packages = install(&root.join("xtask/src/iso"), &root.join("target/iso-data"))?;
    let tables = generate(&root, &packages)?;
    if check { compare(&root, &tables) } else { write(&root, &tables) }
}

/// A generated file: its path below the workspace's root, and its text.
type Table = (&'static str, String);

/// Installs the pinned packages in `folder`, and returns where they are.
fn install(pins: &Path, folder: &Path) -> Result<PathBuf, InstallError> {
    install::node()?;
    install::create(folder)?;
    install::npm(pins, folder)?;
    Ok(folder.join("node_modules"))
}

fn generate(root: &Path, packages: &Path) -> Result<[Table; 2], IsoError> {
    let cldr = cldr::read(packages)?;
    let currencies = currencies::currencies(&cldr)?;
    let countries = countries::countries(&cldr)?;
    let aliases = countries::aliases(&cldr, &countries)?;
    Ok([
        (
            "crates/cloudlx-validate/src/iso/currency_table.rs",
            rustfmt(root, &render::currency_table(&cldr.version, &currencies))?,
        ),
        (
            "crates/cloudlx-validate/src/iso/country_table.rs",
            rustfmt(root, &render::country_table(&cldr.version, &countries, &aliases))?,
        ),
    ])
}

/// The source as `cargo fmt` leaves it, so that the tables need no exception from it.
fn rustfmt(root: &Path, source: &str) -> Result<String, IsoError> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(IsoError::Rustfmt)?;
    // rustfmt reads all of its input before it writes: filling one pipe and then emptying the other can't block. The
    // pipe must be closed before the wait, which dropping it does.
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(source.as_bytes()).map_err(IsoError::Rustfmt)?;
    }
    let output = rustfmt.wait_with_output().map_err(IsoError::Rustfmt)?;
    let formatted = String::from_utf8(output.stdout).map_err(|_| IsoError::NotRust)?;
    if output.status.success() { Ok(formatted) } else { Err(IsoError::NotRust) }
}

fn write(root: &Path, tables: &[Table]) -> Result<(), IsoError> {
    for (name, text) in tables {
        let path = root.join(name);
        std::fs::write(&path, text).map_err(|source| IsoError::Write { path, source })?;
        eprintln!("wrote {name}");
    }
    Ok(())
}

fn compare(root: &Path, tables: &[Table]) -> Result<(), IsoError> {
    let mut differences = Vec::new();
    for (name, expected) in tables {
        let path = root.join(name);
        let found = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(IsoError::Read { path, source }),
        };
        differences.extend(difference(name, &found, expected));
    }
    if differences.is_empty() { Ok(()) } else { Err(IsoError::Stale { differences }) }
}

/// The first lines in which a file differs from what it should be.
fn difference(name: &str, found: &str, expected: &str) -> Option<String> {
    if found == expected {
        return None;
    }
    // Whole lines with their ends, so that a lost last newline shows as well.
    let mut found = found.split_inclusive('\n').peekable();
    let mut expected = expected.split_inclusive('\n').peekable();
    let mut line = 1;
    while found.peek().is_some() && found.peek() == expected.peek() {
        found.next();
        expected.next();
        line += 1;
    }
    let show = |sign, text: Option<&str>| text.map_or_else(String::new, |text| format!("\n{sign}{text:?}"));
    let (found, expected) = (show('-', found.next()), show('+', expected.next()));
    Some(format!("{name}, first at line {line}:{found}{expected}"))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn equal_files_have_no_difference() {
        assert_eq!(difference("table.rs", "a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn a_difference_names_the_first_line_that_differs() {
        let shown = difference("table.rs", "a\nb\nc\n", "a\nB\nc\n").unwrap();
        assert_eq!(shown, "table.rs, first at line 2:\n-\"b\\n\"\n+\"B\\n\"");
    }

    #[test]
    fn a_missing_end_and_a_surplus_line_are_differences() {
        assert_eq!(difference("t", "a", "a\n").unwrap(), "t, first at line 1:\n-\"a\"\n+\"a\\n\"");
        assert_eq!(difference("t", "a\nb\n", "a\n").unwrap(), "t, first at line 2:\n-\"b\\n\"");
    }
}
