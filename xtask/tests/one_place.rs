//! Each piece of the contract is written in one place.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::fs;
use std::path::{Path, PathBuf};

use cloudlx_model::ENDPOINTS;

/// Every source file of the crates, without the model's.
fn sources() -> Vec<PathBuf> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for folder in [
        "crates/cloudlx-validate",
        "crates/cloudlx-client",
        "crates/cloudlx-server-stub",
        "crates/cloudlx-cli",
    ] {
        collect(&root.join(folder).join("src"), &mut files);
    }
    collect(&root.join("xtask/src"), &mut files);
    files
}

/// A file's code: no comments, and not its tests, which stand at its end or in a file of their own.
fn code(file: &Path) -> String {
    if file.file_name().is_some_and(|name| name == "tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn only_the_model_says_a_path() {
    let sources = sources();
    assert!(sources.len() > 50, "{}", sources.len());
    for file in sources {
        let code = code(&file);
        for endpoint in ENDPOINTS {
            assert!(!code.contains(&format!("\"{}", endpoint.path)), "{}: {}", file.display(), endpoint.path);
        }
        assert!(!code.contains("\"/api/"), "{}", file.display());
    }
}

#[test]
fn only_the_model_says_the_media_type() {
    for file in sources() {
        assert!(!code(&file).contains("\"application/vnd"), "{}", file.display());
    }
}
