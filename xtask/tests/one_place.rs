//! Each piece of the contract is written in one place: no package but the model names a path or the media type.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::fs;
use std::path::{Path, PathBuf};

use cloudlx_model::{ENDPOINTS, MEDIA_TYPE};

/// The packages, below the workspace's root, that are not looked at, and why.
const EXCEPTIONS: [(&str, &str); 1] = [("crates/cloudlx-model", "it is the one place")];

/// Code that may name a path all the same: the file, the text, and why.
const ALLOWED: [(&str, &str, &str); 1] = [(
    "crates/cloudlx-openapi/src/lib.rs",
    "vendor's page for `POST /api/customers`",
    "the document's description cites the page by its heading",
)];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every package of the workspace, by its path from the root; new ones need not be listed.
fn packages() -> Vec<String> {
    fn collect(folder: &Path, packages: &mut Vec<String>) {
        if folder.join("Cargo.toml").is_file() {
            packages.push(folder.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"));
        }
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("src") {
                collect(&path, packages);
            }
        }
    }
    let mut packages = Vec::new();
    for folder in ["crates", "examples", "xtask"] {
        collect(&root().join(folder), &mut packages);
    }
    packages
}

/// The source files of every package but the exceptions, by their paths from the root.
fn sources() -> Vec<String> {
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
    let mut files = Vec::new();
    let is_exception = |package: &str| EXCEPTIONS.iter().any(|(exception, _)| *exception == package);
    for package in packages().iter().filter(|package| !is_exception(package)) {
        collect(&root().join(package).join("src"), &mut files);
    }
    let name = |file: PathBuf| file.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
    files.into_iter().map(name).collect()
}

/// A file's code: no comments, and not its tests, which stand at its end or in a file of their own.
fn code(file: &str) -> String {
    if file.ends_with("/tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(root().join(file)).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let allowed = ALLOWED.iter().filter(|(allowed, ..)| *allowed == file);
    allowed.fold(code, |code, (_, text, _)| code.replace(text, ""))
}

#[test]
fn every_package_is_looked_at() {
    let packages = packages();
    for expected in
        ["crates/cloudlx-model", "examples/cargo-test", "xtask", "xtask/bench/measure", "xtask/compat"]
    {
        assert!(packages.iter().any(|package| package == expected), "{expected}: {packages:?}");
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = manifest.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    for member in members.split('"').skip(1).step_by(2).filter(|member| !member.contains('*')) {
        assert!(packages.iter().any(|package| package == member), "{member}: {packages:?}");
    }
    for (exception, _) in EXCEPTIONS {
        assert!(packages.iter().any(|package| package == exception), "{exception} is no package any more");
    }
    for (file, text, _) in ALLOWED {
        assert!(
            fs::read_to_string(root().join(file)).unwrap().contains(text),
            "{file} has no {text} any more"
        );
    }
}

#[test]
fn only_the_model_says_a_path() {
    let sources = sources();
    assert!(sources.len() > 300, "{}", sources.len());
    for file in sources {
        let code = code(&file);
        for endpoint in ENDPOINTS {
            assert!(!code.contains(endpoint.path), "{file}: {}", endpoint.path);
        }
        assert!(!code.contains("/api/"), "{file}");
    }
}

#[test]
fn only_the_model_says_the_media_type() {
    let (vendor, _) = MEDIA_TYPE.split_once('.').unwrap();
    for file in sources() {
        assert!(!code(&file).contains(vendor), "{file}: {vendor}");
    }
}
