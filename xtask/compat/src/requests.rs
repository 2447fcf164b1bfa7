//! Validates a request with the schemas of a version.

use serde_json::Value;

use crate::contract::Contract;
use crate::rules::labels;
use crate::schema::{algebra, facts};

/// Whether a request schema accepts the document; `None` when one that may accept it cannot be read.
///
/// If some request schemas name rules, only those are asked: rules and vectors are about them.
pub(super) fn accepted(contract: &Contract, document: &Value) -> Option<bool> {
    let about = labels::requests(contract).filter(|(_, schema)| !labels::in_schema(schema).is_empty());
    let mut about: Vec<_> = about.collect();
    if about.is_empty() {
        about = labels::requests(contract).collect();
    }
    let mut verdict = Some(false);
    for (_, schema) in about {
        let validator = facts::from_schema(schema, schema).ok().and_then(|facts| algebra::validator(&facts));
        match validator.map(|validator| validator.is_valid(document)) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => verdict = None,
        }
    }
    verdict
}
