//! Reads `rules.json`. Unknown fields are kept, so that a change of them is reported.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::contract::{Contract, ContractError};

/// The file that lists the rules.
pub(crate) const FILE: &str = "rules.json";

/// All rules of a version, by code.
#[derive(Debug, Default)]
pub(crate) struct RuleList {
    pub(crate) rules: BTreeMap<String, Rule>,
    /// Unknown fields of the file.
    pub(super) rest: Map<String, Value>,
}

/// A rule.
#[derive(Debug, Deserialize)]
pub(crate) struct Rule {
    code: String,
    pub(super) path: BTreeSet<String>,
    pub(super) message: String,
    pub(super) source: String,
    pub(super) level: Option<String>,
    good: Value,
    bad: Value,
    pub(crate) cel: Option<String>,
    /// Unknown fields.
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct File {
    rules: Vec<Rule>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl RuleList {
    /// The list of a version; `None` when it has no such file.
    pub(crate) fn read(contract: &Contract) -> Result<Option<Self>, ContractError> {
        let Some(file) = contract.file(FILE) else { return Ok(None) };
        let File { rules, rest } = File::deserialize(file).map_err(|error| ContractError::Refused {
            path: FILE.to_owned(),
            expected: "a list of rules".to_owned(),
            found: error.to_string(),
        })?;
        let mut listed = Self { rules: BTreeMap::new(), rest };
        for rule in rules {
            let code = rule.code.clone();
            if listed.rules.insert(code.clone(), rule).is_some() {
                return Err(ContractError::Refused {
                    path: FILE.to_owned(),
                    expected: "each code once".to_owned(),
                    found: format!("{code} twice"),
                });
            }
        }
        Ok(Some(listed))
    }
}

impl Rule {
    pub(super) fn good(&self) -> Value {
        example(&self.good)
    }

    pub(super) fn bad(&self) -> Value {
        example(&self.bad)
    }

    /// Whether both are the same rule, whatever their examples and words are.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.path == other.path && self.cel == other.cel
    }
}

/// An example is a document, or its text.
fn example(value: &Value) -> Value {
    let document = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    document.unwrap_or_else(|| value.clone())
}
