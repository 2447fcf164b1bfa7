//! Whether a version's schemas accept a request.

use serde_json::Value;

use crate::contract::Contract;
use crate::rules::labels;
use crate::schema::{algebra, facts};

/// Nothing when a schema that may accept it cannot be read.
///
/// Rules and vectors are about the requests whose schemas name rules.
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
