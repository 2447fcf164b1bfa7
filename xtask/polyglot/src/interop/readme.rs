//! Follows `schemas/README.md` as a newcomer does: runs the commands and programs of each language as the page has them, in
//! an empty folder with a copy of `schemas`, against the stub.
//!
//! The page pins the packages that it installs, but not their dependencies. This module pins those too, so that a release
//! of somebody else fails no change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::interop::table::Row;
use crate::readme::{self, steps::Step};
use xtask_run::process;

/// The sections to run: the heading, and the program that a section needs. `None` if `install` has checked for it.
///
/// The page's first two sections are not run. "Pin a version" copies the last commit, and what is tested here is the working
/// tree: [`prepare`] copies that. "Something to call" installs and starts `cloudlx`: each section gets the address of a stub
/// that runs already.
const SECTIONS: [(&str, Option<&str>); 4] =
    [("TypeScript", None), ("Python", None), ("Go", Some("go")), ("PHP", Some("php"))];

/// npm installs only versions from before this day, unless the user has set a minimum age: some npm versions refuse both
/// settings. Move it when the page names a newer version.
const NPM_BEFORE: &str = "2026-11-20";

/// The file of the versions that pip may install, next to the languages' folders.
const CONSTRAINTS: &str = "constraints.txt";

/// Why the page cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadmeError {
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("expected the section {heading} to have commands and the program that they run, found {found:?}")]
    Section { heading: &'static str, found: Steps },
    #[error(
        "the page installs {words}, which xtask/polyglot/interop does not pin: write the same version in both"
    )]
    Unpinned { words: String },
}

/// The steps of a section.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Files to write: name, text.
    files: Vec<(String, String)>,
    /// The commands of all blocks, in order: later ones need the environment of earlier ones.
    commands: String,
}

/// Follows the page below `folder`. Returns a row for each language whose program is installed.
///
/// The versions that the page installs must be those that the files `pins` name.
pub(crate) fn follow(
    schemas: &Path,
    pins: &[PathBuf; 2],
    folder: &Path,
    base_url: &str,
) -> Result<Vec<Row>, ReadmeError> {
    let page = read(&schemas.join("README.md"))?;
    let [npm, pip] = pins;
    let (npm, pip) = (read(npm)?, read(pip)?);
    let constraints = folder.join(CONSTRAINTS);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&constraints, constraints_from(&pip)));
    written.map_err(|source| ReadmeError::Write { path: constraints, source })?;
    let mut rows = Vec::new();
    for (heading, needed) in SECTIONS {
        let steps = steps(section(&page, heading));
        if steps.files.is_empty() || steps.commands.is_empty() {
            return Err(ReadmeError::Section { heading, found: steps });
        }
        let unpinned = unpinned(&steps.commands, &npm, &pip);
        if !unpinned.is_empty() {
            return Err(ReadmeError::Unpinned { words: unpinned.join(", ") });
        }
        if needed.is_some_and(|program| !is_there(program)) {
            println!("{heading}: the page is not followed, there is no {}", needed.unwrap_or_default());
            continue;
        }
        let folder = folder.join(heading.to_lowercase());
        prepare(&folder, schemas, &steps)?;
        rows.push(Row::for_one(
            heading,
            "schemas/README.md, step by step",
            "README.md",
            run(&folder, base_url),
        ));
    }
    Ok(rows)
}

/// Runs the steps; returns what is wrong, if anything.
fn run(folder: &Path, base_url: &str) -> Option<String> {
    let mut shell = Command::new("sh");
    shell.args(["-e", "steps.sh"]).current_dir(folder).stdin(Stdio::null()).env("CLOUDLX_BASE_URL", base_url);
    // A relative path, since pip splits the value at spaces.
    shell.env("PIP_CONSTRAINT", Path::new("..").join(CONSTRAINTS));
    if has_no_minimum_age() {
        shell.env("npm_config_before", NPM_BEFORE);
    }
    match process::output(&mut shell) {
        Err(error) => Some(error.to_string()),
        Ok(output) => {
            let output = String::from_utf8_lossy(&output).into_owned();
            let created = output.lines().last().and_then(|line| line.strip_prefix("created "));
            let is_id = created.is_some_and(|id| !id.is_empty() && id.bytes().all(|it| it.is_ascii_digit()));
            if is_id { None } else { Some(format!("expected `created` and an id at the end of {output:?}")) }
        }
    }
}

/// Makes a folder with a copy of `schemas` and the files that the reader writes.
fn prepare(folder: &Path, schemas: &Path, steps: &Steps) -> Result<(), ReadmeError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReadmeError::Write { path, source }
    };
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(failed(folder))?;
    }
    copy(schemas, &folder.join("schemas")).map_err(failed(folder))?;
    for (name, text) in &steps.files {
        fs::write(folder.join(name), text).map_err(failed(&folder.join(name)))?;
    }
    fs::write(folder.join("steps.sh"), &steps.commands).map_err(failed(folder))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn is_there(program: &str) -> bool {
    // Only whether it starts matters: not every program knows the argument.
    Command::new(program).arg("version").stdin(Stdio::null()).output().is_ok()
}

fn read(path: &Path) -> Result<String, ReadmeError> {
    fs::read_to_string(path).map_err(|source| ReadmeError::Read { path: path.to_owned(), source })
}

/// The text from a heading to the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let after = page.split_once(&format!("\n## {heading}\n")).map_or("", |(_, after)| after);
    after.split_once("\n## ").map_or(after, |(section, _)| section)
}

/// The files and commands of a section.
fn steps(section: &str) -> Steps {
    let mut steps = Steps::default();
    for step in readme::steps::steps(section) {
        match step {
            Step::Write { name, text } => steps.files.push((name, text)),
            Step::Paste { commands, .. } | Step::Serve { command: commands, .. } => {
                steps.commands.extend([&commands, "\n"]);
            }
        }
    }
    steps
}

/// Whether the user has set no minimum age of versions for npm.
fn has_no_minimum_age() -> bool {
    let printed = process::output(&mut process::command("npm", &["config", "get", "min-release-age"]));
    // npm versions that know the setting print `null`, others `undefined`.
    printed.is_ok_and(|printed| [&b"null"[..], b"undefined"].contains(&printed.trim_ascii()))
}

/// The versions of a `requirements.txt` without the hashes: with them pip would require hashes for the page's packages too.
fn constraints_from(pip: &str) -> String {
    let pinned = pip
        .lines()
        .map(|line| line.trim_end_matches(['\\', ' ']))
        .filter(|line| line.contains("==") && !line.starts_with([' ', '#']));
    pinned.flat_map(|line| [line, "\n"]).collect()
}

/// Words like `name@1.2.3` and `name==1.2.3` in commands that the two files do not pin.
fn unpinned<'a>(commands: &'a str, npm: &str, pip: &str) -> Vec<&'a str> {
    let is_pinned = |word: &str| {
        if let Some((name, version)) = word.split_once("==") {
            return pip
                .lines()
                .any(|line| line.trim_end_matches(['\\', ' ']) == format!("{name}=={version}"));
        }
        // A scope starts with `@` as well, and is no name without what follows.
        match word.rsplit_once('@') {
            Some((name, version)) if !name.is_empty() => npm.contains(&format!("\"{name}\": \"{version}\"")),
            _ => true,
        }
    };
    commands.split_whitespace().filter(|word| !is_pinned(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read_as_steps() {
        let page = "# A\n\n## Go\n\nText.\n\n```sh\nfirst\n```\n\nLibrary `b.c` does. For `Go`, `a.go`:\n\n```go\nx\n\ny\n```\n\n```sh\nlast\n```\n\n## PHP\n\n```sh\nno\n```\n";
        let expected = Steps {
            files: vec![("a.go".to_owned(), "x\n\ny\n".to_owned())],
            commands: "first\nlast\n".to_owned(),
        };
        assert_eq!(steps(section(page, "Go")), expected);
        assert_eq!(steps(section(page, "Rust")), Steps::default());
    }

    #[test]
    fn all_that_is_pinned_is_held() {
        let pip =
            "# a==9\na==1.0.0 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n    # via b==1\nb==2.0.0\n";
        assert_eq!(constraints_from(pip), "a==1.0.0\nb==2.0.0\n");
    }

    #[test]
    fn versions_that_are_not_pinned_are_named() {
        let (npm, pip) = (r#"{"@types/node": "20.1.0", "a": "1.0.0"}"#, "b==2.0.0 \\\n    --hash=sha256:0\n");
        assert_eq!(
            unpinned("npm install a@1.0.0 @types/node@20.1.0\npip install b==2.0.0", npm, pip),
            [""; 0]
        );
        let commands = "npm install a@1.0.1 @types/node@20\npip install b==2.0";
        assert_eq!(unpinned(commands, npm, pip), ["a@1.0.1", "@types/node@20", "b==2.0"]);
    }
}
