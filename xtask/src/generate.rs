//! `cargo xtask generate`: writes or checks `schemas/v1/` and the snapshots of insta.
//!
//! All files are generated in memory first, and then written or compared.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use cloudlx_openapi::files;
use cloudlx_server_stub::faults;
use similar::TextDiff;

use xtask_run::process::{self, ProcessError};
use xtask_run::workspace;

const SCHEMAS: &str = "schemas/v1";

/// Why `schemas/v1` or the snapshots could not be generated, or are stale.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    #[error("{} of the generated files are stale: run `cargo xtask generate`, and commit what it writes", .0)]
    Stale(usize),
    #[error("expected the contract tests to take snapshots, they took none: nothing was removed")]
    NoSnapshots,
    #[error("could not read or write {path}")]
    Io { path: PathBuf, source: io::Error },
    #[error("could not print JSON")]
    Json(#[from] serde_json::Error),
    #[error("could not make the vectors")]
    Vectors(#[from] cloudlx_openapi::VectorError),
    #[error("could not make the OpenAPI document")]
    OpenApi(#[from] cloudlx_openapi::OpenApiError),
    #[error(
        "a snapshot is stale or a contract test fails: run `cargo xtask generate`, and look at what changed"
    )]
    Snapshots(#[source] ProcessError),
    #[error(
        "a test that takes snapshots does not compile, or fails for another reason: see above, and mend it first"
    )]
    ContractTests(#[source] ProcessError),
}

/// Writes the generated files, or with `check` compares them; with `schemas_only` only `schemas/v1`.
pub(crate) fn run(check: bool, schemas_only: bool) -> Result<(), GenerateError> {
    if !check {
        let mut made = schemas()?;
        match vectors() {
            Ok(vectors) => made.extend(vectors),
            Err(error) => {
                // The schemas are written all the same, so that `cargo xtask compat` judges this change.
                write(&made)?;
                return Err(error);
            }
        }
        forget(&made)?;
        write(&made)?;
        return if schemas_only { Ok(()) } else { snapshots(false) };
    }
    let stale = check_files(&published()?)?;
    if !schemas_only {
        // Both are checked, so that everything stale is shown at once.
        snapshots(true)?;
    }
    if stale > 0 { Err(GenerateError::Stale(stale)) } else { Ok(()) }
}

/// Fails if a file of `schemas/v1` is stale. Vectors that contradict the rules are ignored here.
pub(crate) fn require_fresh() -> Result<(), GenerateError> {
    let mut made = schemas()?;
    made.extend(vectors().unwrap_or_default());
    let is_stale = |(path, text): &(&PathBuf, &String)| {
        fs::read_to_string(workspace::root().join(path)).map_or(true, |committed| committed != **text)
    };
    match made.iter().filter(is_stale).count() {
        0 => Ok(()),
        stale => Err(GenerateError::Stale(stale)),
    }
}

/// Every file of `schemas/v1`, by its path from the workspace's root.
fn published() -> Result<BTreeMap<PathBuf, String>, GenerateError> {
    let mut files = schemas()?;
    files.extend(vectors()?);
    Ok(files)
}

/// The vectors. Making them fails if one contradicts the rules.
fn vectors() -> Result<BTreeMap<PathBuf, String>, GenerateError> {
    Ok(files::vectors()?.into_iter().map(in_schemas).collect())
}

/// The other documents: the API's, and the stub's two.
fn schemas() -> Result<BTreeMap<PathBuf, String>, GenerateError> {
    let faults = files::to_text(&faults::schema().schema)?;
    let control = files::to_text(&cloudlx_server_stub::control_document()?)?;
    let stub = [("faults.schema.json".to_owned(), faults), ("stub.openapi.json".to_owned(), control)];
    Ok(files::documents()?.into_iter().chain(stub).map(in_schemas).collect())
}

fn in_schemas((name, text): (String, String)) -> (PathBuf, String) {
    (Path::new(SCHEMAS).join(name), text)
}

/// Removes files that are no longer generated.
fn forget(made: &BTreeMap<PathBuf, String>) -> Result<(), GenerateError> {
    for path in forgotten(made)? {
        fs::remove_file(workspace::root().join(&path))
            .map_err(|source| GenerateError::Io { path, source })?;
    }
    Ok(())
}

fn write(made: &BTreeMap<PathBuf, String>) -> Result<(), GenerateError> {
    for (path, text) in made {
        let file = workspace::root().join(path);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
        written.map_err(|source| GenerateError::Io { path: path.clone(), source })?;
    }
    println!("wrote {} files to {SCHEMAS}", made.len());
    Ok(())
}

/// Prints the differences, and counts the files that differ.
fn check_files(made: &BTreeMap<PathBuf, String>) -> Result<usize, GenerateError> {
    let mut stale = 0;
    for (path, text) in made {
        let committed = match fs::read_to_string(workspace::root().join(path)) {
            Ok(committed) => committed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(GenerateError::Io { path: path.clone(), source }),
        };
        if committed != *text {
            stale += 1;
            let (old, new) =
                (format!("{} (committed)", path.display()), format!("{} (generated)", path.display()));
            eprint!(
                "{}",
                TextDiff::from_lines(committed.as_str(), text.as_str()).unified_diff().header(&old, &new)
            );
        }
    }
    for path in forgotten(made)? {
        stale += 1;
        eprintln!("{} (committed) is not generated any more", path.display());
    }
    Ok(stale)
}

/// The JSON files below `schemas/v1` that are no longer generated.
fn forgotten(made: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>, GenerateError> {
    let mut forgotten = Vec::new();
    for folder in [SCHEMAS, "schemas/v1/vectors/valid", "schemas/v1/vectors/invalid"] {
        let files = entries(&workspace::root().join(folder))?;
        let names = files.iter().filter_map(|file| file.file_name());
        let paths = names.map(|name| Path::new(folder).join(name));
        forgotten.extend(
            paths.filter(|it| it.extension().is_some_and(|it| it == "json") && !made.contains_key(it)),
        );
    }
    Ok(forgotten)
}

/// Runs the tests named `contract`, which take all snapshots, and removes or reports snapshots that none of them takes.
fn snapshots(check: bool) -> Result<(), GenerateError> {
    let references = workspace::root().join("target").join("snapshot-references");
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| GenerateError::Io { path, source }
    };
    fs::create_dir_all(workspace::root().join("target")).map_err(io(&references))?;
    fs::write(&references, "").map_err(io(&references))?;

    let mut tests = process::cargo(&["test", "--quiet", "--workspace", "--test", "contract"]);
    tests.env("INSTA_UPDATE", if check { "no" } else { "always" });
    tests.env("INSTA_SNAPSHOT_REFERENCES_FILE", &references);
    let failed = if check { GenerateError::Snapshots } else { GenerateError::ContractTests };
    process::run(&mut tests).map_err(failed)?;

    let taken = fs::read_to_string(&references).map_err(io(&references))?;
    let taken = taken.lines().map(|line| fs::canonicalize(line).map_err(io(Path::new(line))));
    let taken = taken.collect::<Result<HashSet<_>, _>>()?;
    if taken.is_empty() {
        return Err(GenerateError::NoSnapshots);
    }
    let mut forgotten = snapshot_files()?;
    forgotten.retain(|path| !taken.contains(path));
    for path in &forgotten {
        if check {
            eprintln!("{} is taken by no test any more", path.display());
        } else {
            fs::remove_file(path).map_err(io(path))?;
        }
    }
    if check && !forgotten.is_empty() { Err(GenerateError::Stale(forgotten.len())) } else { Ok(()) }
}

/// Every committed snapshot: the `.snap` files in folders called `snapshots` below the `tests` of each package.
fn snapshot_files() -> Result<Vec<PathBuf>, GenerateError> {
    let crates = entries(&workspace::root().join("crates"))?;
    let tasks = entries(&workspace::root().join("xtask"))?;
    let mut folders: Vec<_> = crates.into_iter().chain(tasks).map(|member| member.join("tests")).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let in_snapshots = folder.ends_with("snapshots");
        for path in entries(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if in_snapshots && path.extension().is_some_and(|it| it == "snap") {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// The entries of `folder`; none if it does not exist.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, GenerateError> {
    let paths = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        entries => entries.and_then(|entries| entries.map(|entry| fs::canonicalize(entry?.path())).collect()),
    };
    paths.map_err(|source| GenerateError::Io { path: folder.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that `cargo test` alone finds stale files.
    #[test]
    fn the_committed_schemas_are_fresh() {
        assert_eq!(check_files(&published().unwrap()).unwrap(), 0, "stale files: run `cargo xtask generate`");
    }
}
