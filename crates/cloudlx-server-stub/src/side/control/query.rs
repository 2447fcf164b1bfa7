//! Whole numbers in the query.

use hyper::StatusCode;
#[cfg(feature = "documents")]
use serde_json::{Value, json};

use crate::api::answer::{Answer, shortened};

/// A whole number of the query, where there is one.
pub(super) fn number(query: &str, name: &str, least: u64, most: u64) -> Result<Option<u64>, Answer> {
    let Some((_, text)) = form_urlencoded::parse(query.as_bytes()).find(|(there, _)| there == name) else {
        return Ok(None);
    };
    let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    number.map(Some).ok_or_else(|| {
        let message = format!(
            "expected a whole number from {least} to {most} as {name} in the query, found {:?}: write one",
            shortened(&text)
        );
        Answer::error(StatusCode::UNPROCESSABLE_ENTITY, message)
    })
}

/// A parameter of the query in the document.
#[cfg(feature = "documents")]
pub(super) fn parameter(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}
