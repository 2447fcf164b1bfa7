//! Measures what users and developers wait for before anything of ours runs: the README's commands on an empty target, and
//! the tests after a change.
//!
//! It copies the workspace to a temporary folder, so that no build of the developer's is used, or touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use toml::{Table, Value};
use xtask_measure::{Goal, Ratios, Row};
use xtask_run::process::{self, ProcessError, cargo};
use xtask_run::workspace;

use crate::build::{self, BuildError, Package};

/// What the README's first command runs.
const FIRST: [&str; 5] = ["try", "customers", "create", "examples/create-customer.json", "--stub"];

/// What the README's second command runs.
const TESTS: [&str; 2] = ["test", "--workspace"];

/// The file in which a line is changed.
const CHANGED: &str = "crates/cloudlx-validate/src/rules/text.rs";

/// Each round builds for minutes.
const MOST_ROUNDS: usize = 3;

/// How many ticks a second has in `/proc`, on every Linux.
const TICKS: f64 = 100.0;

/// Why the start could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("could not copy the workspace: {}", path.display())]
    Copy { path: PathBuf, source: io::Error },
    #[error("expected the CPU time of child processes in /proc/self/stat, found {found:?}: it needs Linux")]
    CpuTime { found: String },
}

/// The rows: the first command beside reqwest, the tests from an empty target, and after a change.
pub(super) fn rows(rounds: usize) -> Result<Vec<Row>, StartError> {
    let copy = Workspace::copy()?;
    let mut rows = first_command(&copy, rounds.clamp(1, MOST_ROUNDS))?;
    rows.extend(tests(&copy)?);
    Ok(rows)
}

/// CPU time beside that of reqwest with its own choice of TLS, which is what most programs that call an API build.
fn first_command(copy: &Workspace, rounds: usize) -> Result<Vec<Row>, StartError> {
    let reqwest = build::version("reqwest")?;
    let reference = Package::write(Table::from_iter([("reqwest".to_owned(), Value::from(reqwest))]))?;
    let their_crates = reference.crates()?;
    let our_crates = copy.crates()?;
    let (mut ratios, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let ours = cpu_time(|| Ok(process::output(&mut copy.cargo(&FIRST))?))?;
        sizes.push(copy.empty_target()?);
        let theirs = cpu_time(|| Ok(reference.build()?))?;
        ratios.push(ours / theirs);
    }
    let what = format!("CPU time of the README's first command on an empty target, {our_crates} crates");
    let against = format!("a build of reqwest alone with its default features, {their_crates} crates");
    Ok(vec![
        Row::new("start", &what, &against, &Ratios::new(ratios), Goal::AtMost(1.6)),
        figure(
            "crates that the README's first command compiles",
            "crates",
            number(our_crates),
            Goal::AtMost(150.0),
        ),
        Row::figure(
            "start",
            "what the README's first command keeps on disk",
            "GB",
            &Ratios::new(sizes),
            Goal::None,
        ),
    ])
}

/// The second command from an empty target, and again after a change. Each is run once: they take minutes.
fn tests(copy: &Workspace) -> Result<Vec<Row>, StartError> {
    let build = cpu_time(|| Ok(process::output(copy.cargo(&TESTS).arg("--no-run"))?))?;
    let run = cpu_time(|| Ok(process::output(&mut copy.cargo(&TESTS))?))?;
    let own = ["test", "--package", "cloudlx-validate"];
    process::output(&mut copy.cargo(&own))?;
    copy.change()?;
    let own = elapsed(&mut copy.cargo(&own))?;
    copy.change()?;
    let all = elapsed(&mut copy.cargo(&TESTS))?;
    let size = copy.empty_target()?;
    Ok(vec![
        figure("CPU time of the build of `cargo test --workspace`, empty target", "s", build, Goal::None),
        figure("CPU time of its tests", "s", run, Goal::None),
        figure("what it keeps on disk", "GB", size, Goal::None),
        figure("a line of cloudlx-validate changed, then its tests", "s", own, Goal::AtMost(5.0)),
        figure("a line of cloudlx-validate changed, then all tests", "s", all, Goal::AtMost(60.0)),
    ])
}

fn figure(what: &str, unit: &str, found: f64, goal: Goal) -> Row {
    Row::figure("start", what, unit, &Ratios::new(vec![found]), goal)
}

/// A copy of the workspace, with a target folder of its own.
struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    fn copy() -> Result<Self, StartError> {
        let error = |path: &Path| {
            let path = path.to_owned();
            move |source| StartError::Copy { path, source }
        };
        let folder = tempfile::tempdir().map_err(error(&std::env::temp_dir()))?;
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let list = process::output(&mut process::command("git", &list))?;
        for name in String::from_utf8_lossy(&list).split_terminator('\0') {
            let (from, to) = (workspace::root().join(name), folder.path().join(name));
            // Git also lists what was removed and not committed.
            if from.is_file() {
                to.parent().map_or(Ok(()), fs::create_dir_all).map_err(error(&to))?;
                fs::copy(&from, &to).map_err(error(&from))?;
            }
        }
        Ok(Self { folder })
    }

    /// cargo in the copy, without a cache of compiled crates, which would falsify the measurement.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = cargo(&["--quiet"]);
        cargo.args(arguments).current_dir(self.folder.path()).env("CARGO_TARGET_DIR", self.target());
        cargo.env("RUSTC_WRAPPER", "").env("CARGO_BUILD_RUSTC_WRAPPER", "");
        cargo
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("target")
    }

    /// How many crates the first command compiles.
    fn crates(&self) -> Result<usize, StartError> {
        let tree = ["tree", "--package", "cloudlx-cli", "--no-default-features", "--edges", "normal,build"];
        let mut tree = self.cargo(&tree);
        let tree = process::output(tree.args(["--prefix", "none", "--format", "{p}"]))?;
        // The program itself stands in the first line, and is compiled too.
        Ok(1 + build::count(&String::from_utf8_lossy(&tree)))
    }

    /// Adds a line to a file of a crate on which nearly all others depend.
    fn change(&self) -> Result<(), StartError> {
        let path = self.folder.path().join(CHANGED);
        let error = |source| StartError::Copy { path: path.clone(), source };
        let text = fs::read_to_string(&path).map_err(error)?;
        fs::write(&path, text + "// Changed.\n").map_err(error)
    }

    /// Removes what was built, and says how large it was, in GB.
    fn empty_target(&self) -> Result<f64, StartError> {
        let target = self.target();
        let error = |source| StartError::Copy { path: target.clone(), source };
        let size = size(&target).map_err(error)?;
        fs::remove_dir_all(&target).map_err(error)?;
        Ok(size)
    }
}

/// The size of all files in a folder, in GB. Links of one file to another count once each, as cargo makes few.
#[allow(clippy::cast_precision_loss, reason = "a size is shown with three digits")]
fn size(folder: &Path) -> io::Result<f64> {
    let mut size = 0.0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_folder = entry.file_type()?.is_dir();
        size += if is_folder { self::size(&entry.path())? } else { entry.metadata()?.len() as f64 / 1e9 };
    }
    Ok(size)
}

#[allow(clippy::cast_precision_loss, reason = "there are few crates")]
fn number(crates: usize) -> f64 {
    crates as f64
}

/// The seconds that a command takes.
fn elapsed(command: &mut Command) -> Result<f64, StartError> {
    let start = Instant::now();
    process::output(command)?;
    Ok(start.elapsed().as_secs_f64())
}

/// The CPU seconds of the processes that `work` starts and waits for, and of theirs.
fn cpu_time<T>(work: impl FnOnce() -> Result<T, StartError>) -> Result<f64, StartError> {
    let before = children()?;
    work()?;
    Ok(children()? - before)
}

/// The CPU seconds of all processes that this one has waited for.
fn children() -> Result<f64, StartError> {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    children_of(&stat).ok_or(StartError::CpuTime { found: stat })
}

/// Of a line of `/proc/…/stat`: fields 16 and 17. The name in field 2 may hold spaces and brackets, and ends at the last one.
fn children_of(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: Vec<f64> = fields.split(' ').skip(13).take(2).map_while(|ticks| ticks.parse().ok()).collect();
    (ticks.len() == 2).then(|| ticks.iter().sum::<f64>() / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_time_of_children_stands_behind_the_name() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 150 50 20 0 1";
        assert_eq!(children_of(stat), Some(2.0));
        assert_eq!(children_of("7 (a) S 1 2"), None);
        assert_eq!(children_of(""), None);
    }

    #[test]
    fn the_changed_file_is_there() {
        assert!(workspace::root().join(CHANGED).is_file());
    }

    #[test]
    fn the_readme_has_both_commands() {
        let readme = fs::read_to_string(workspace::root().join("README.md")).unwrap();
        for command in [&FIRST[..], &TESTS] {
            let command = format!("\ncargo {}\n", command.join(" "));
            assert!(readme.contains(&command), "{command}");
        }
    }
}
