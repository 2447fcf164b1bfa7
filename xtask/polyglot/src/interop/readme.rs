//! `schemas/README.md` as a newcomer follows it: the commands and programs of each language, as they stand on the page, in
//! an empty folder with a copy of `schemas`, against the stub.
//!
//! The page names the versions of what it installs, and not of all below it. Here these are held as well: what somebody
//! publishes tomorrow is no reason to stop a change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::interop::table::Row;
use xtask_run::process;

/// The sections that are run: their heading, and the program that must be there. None: `install` has seen to it.
const SECTIONS: [(&str, Option<&str>); 4] =
    [("TypeScript", None), ("Python", None), ("Go", Some("go")), ("PHP", Some("php"))];

/// npm takes what was published before this day, unless it is told already how old that must be: some of its versions refuse
/// both. Move it when a version that the page names is newer.
const NPM_BEFORE: &str = "2026-11-20";

/// The versions that pip may take, in a file beside the languages' folders.
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

/// What a section has its reader do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    /// Files to write: name, text.
    files: Vec<(String, String)>,
    /// The commands, of all blocks one after the other: a later one is in the environment of an earlier one.
    commands: String,
}

/// Follows the page below `folder`. One row for each language that is there.
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
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&constraints, constraints_of(&pip)));
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
        rows.push(Row::of_one(
            heading,
            "schemas/README.md, step by step",
            "README.md",
            run(&folder, base_url),
        ));
    }
    Ok(rows)
}

/// What is wrong, if anything.
fn run(folder: &Path, base_url: &str) -> Option<String> {
    let mut shell = Command::new("sh");
    shell.args(["-e", "steps.sh"]).current_dir(folder).stdin(Stdio::null()).env("CLOUDLX_BASE_URL", base_url);
    // Not the whole path: pip splits it where there is a space.
    shell.env("PIP_CONSTRAINT", Path::new("..").join(CONSTRAINTS));
    if holds_nothing_back() {
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

/// A folder with nothing but a copy of `schemas` and what the reader writes.
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
    // Both say so, whatever they answer to it.
    Command::new(program).arg("version").stdin(Stdio::null()).output().is_ok()
}

fn read(path: &Path) -> Result<String, ReadmeError> {
    fs::read_to_string(path).map_err(|source| ReadmeError::Read { path: path.to_owned(), source })
}

/// What stands between a heading and the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let after = page.split_once(&format!("\n## {heading}\n")).map_or("", |(_, after)| after);
    after.split_once("\n## ").map_or(after, |(section, _)| section)
}

/// The blocks of a section: commands are marked `sh`; any other one is a file, and the line before it names it.
fn steps(section: &str) -> Steps {
    let mut steps = Steps::default();
    let mut blocks = section.split("\n```");
    let mut before = blocks.next().unwrap_or_default();
    while let (Some(block), Some(after)) = (blocks.next(), blocks.next()) {
        let (language, text) = block.split_once('\n').unwrap_or((block, ""));
        if language == "sh" {
            steps.commands.extend([text, "\n"]);
        } else {
            let line = before.trim_end().lines().last().unwrap_or_default();
            // Of the names in the line, the last one that has an ending.
            let name = line.split('`').skip(1).step_by(2).filter(|name| name.contains('.')).last();
            steps.files.push((name.unwrap_or_default().to_owned(), format!("{text}\n")));
        }
        before = after;
    }
    steps
}

/// Whether npm is told nothing yet of how old a version must be.
fn holds_nothing_back() -> bool {
    let told = process::output(&mut process::command("npm", &["config", "get", "min-release-age"]));
    // What a version says that knows the setting, and one that does not.
    told.is_ok_and(|told| [&b"null"[..], b"undefined"].contains(&told.trim_ascii()))
}

/// The versions of a `requirements.txt`, without the hashes: pip would ask for those of what the page names as well.
fn constraints_of(pip: &str) -> String {
    let pinned = pip
        .lines()
        .map(|line| line.trim_end_matches(['\\', ' ']))
        .filter(|line| line.contains("==") && !line.starts_with([' ', '#']));
    pinned.flat_map(|line| [line, "\n"]).collect()
}

/// The words like `name@1.2.3` and `name==1.2.3` of commands that the two files do not have.
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
        let page = "# A\n\n## Go\n\nText.\n\n```sh\nfirst\n```\n\nLibrary `b.c` does. `a.go`, for `Go`:\n\n```go\nx\n\ny\n```\n\n```sh\nlast\n```\n\n## PHP\n\n```sh\nno\n```\n";
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
        assert_eq!(constraints_of(pip), "a==1.0.0\nb==2.0.0\n");
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
