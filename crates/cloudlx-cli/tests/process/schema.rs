//! The documents of the contract, printed and written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{cloudlx, stderr};

const PUBLISHED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v1");

/// The JSON files below a folder, by their path from it.
fn json_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut open) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "json") {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn all_documents_are_written_byte_for_byte_as_they_are_published() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/contract");
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("mine.txt"), "stays").unwrap();
    for _ in 0..2 {
        let output = cloudlx(&["schema", "--out", out.to_str().unwrap()]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let (written, published) = (json_files(&out), json_files(Path::new(PUBLISHED)));
        assert!(published.len() > 100, "{}", published.len());
        assert_eq!(written.keys().collect::<Vec<_>>(), published.keys().collect::<Vec<_>>());
        assert!(written == published, "`cargo xtask generate` writes what is published");
        assert!(stderr(&output).contains(&format!("wrote {} files", written.len())), "{}", stderr(&output));
    }
    assert_eq!(fs::read_to_string(out.join("mine.txt")).unwrap(), "stays");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = cloudlx(&["schema", "--out", file.to_str().unwrap(), "--format", "human"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: could not write "), "{}", stderr(&output));
    assert!(stderr(&output).contains(file.to_str().unwrap()), "{}", stderr(&output));
}

#[test]
fn every_listed_document_is_printed_as_it_is_published() {
    let output = cloudlx(&["schema"]).output().unwrap();
    let names: Vec<String> = serde_json::from_slice(&output.stdout).unwrap();
    for name in names {
        let output = cloudlx(&["schema", &name]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        let file = [format!("{name}.schema.json"), format!("{name}.json")]
            .map(|file| Path::new(PUBLISHED).join(file))
            .into_iter()
            .find(|path| path.exists() && (name != "rules" || path.ends_with("rules.json")));
        if let Some(path) = file {
            assert_eq!(fs::read(path).unwrap(), output.stdout, "{name}");
        } else {
            assert_eq!(name, "vectors");
            let vectors = json_files(&Path::new(PUBLISHED).join("vectors"));
            assert_eq!(printed.as_object().unwrap().len(), vectors.len());
        }
    }
}

#[test]
fn a_misspelt_document_gets_its_nearest_name() {
    for (written, nearest) in [
        ("create-customers.request", "create-customer.request"),
        ("opanapi", "openapi"),
        ("vektors", "vectors"),
    ] {
        let output = cloudlx(&["schema", written, "--format", "human"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).contains(&format!("found {written}: write {nearest} ")),
            "{}",
            stderr(&output)
        );
    }
    let output = cloudlx(&["schema", "something else", "--format", "human"]).output().unwrap();
    assert!(stderr(&output).contains(": `cloudlx schema` lists them"), "{}", stderr(&output));
}
