//! One version of the contract: the JSON files of `schemas/v1`.

use std::collections::BTreeMap;
pub(super) mod base;
pub(super) mod git;
mod reading;

use std::io;
use std::path::PathBuf;

use serde_json::Value;

/// The contract's folder, from the repository's root.
pub const FOLDER: &str = "schemas/v1";

/// Why a version cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// A file or folder cannot be read.
    #[error("could not read {path}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not JSON.
    #[error("expected JSON in {FOLDER}/{path}, found something else: run `cargo xtask generate`")]
    Json {
        /// Which one.
        path: String,
        /// Where it is wrong.
        source: serde_json::Error,
    },
    /// A file's content is malformed.
    #[error("expected {expected} in {FOLDER}/{path}, found {found}: run `cargo xtask generate`")]
    Refused {
        /// Which one.
        path: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// There is no contract.
    #[error("expected JSON files in {FOLDER}, found none")]
    Empty,
}

/// The JSON files of `schemas/v1`, by their path inside it: `customer.schema.json`, `vectors/valid/all-fields.json`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contract {
    /// Path and content.
    pub files: BTreeMap<String, Value>,
}

impl Contract {
    pub(super) fn file(&self, path: &str) -> Option<&Value> {
        self.files.get(path)
    }
}
