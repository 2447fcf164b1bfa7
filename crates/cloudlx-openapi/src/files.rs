//! The files of `schemas/v1`, as they are published.
//!
//! ```
//! let documents = cloudlx_openapi::files::documents()?;
//! assert!(documents["rules.json"].contains("sub-realm-not-shown"));
//! # Ok::<(), cloudlx_openapi::OpenApiError>(())
//! ```
//!
//! Two files are the stub's, and made where the stub is: `faults.schema.json` and `stub.openapi.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::vectors::VectorError;
use crate::{OpenApiError, document, rules, vectors};

/// The documents of the contract by file name: the JSON Schemas, `openapi.json` and `rules.json`.
///
/// # Errors
///
/// Only for bugs in this workspace; [`OpenApiError`] says which.
pub fn documents() -> Result<BTreeMap<String, String>, OpenApiError> {
    let mut files = BTreeMap::new();
    let own = [rules::schema(), vectors::schema()];
    for document in cloudlx_validate::schema::documents().into_iter().chain(own) {
        files.insert(format!("{}.schema.json", document.name), to_text(&document.schema)?);
    }
    files.insert("openapi.json".to_owned(), to_text(&document()?)?);
    files.insert("rules.json".to_owned(), to_text(&rules::rules())?);
    Ok(files)
}

/// The vectors by file name: `vectors/valid/NAME.json` and `vectors/invalid/NAME.json`.
///
/// # Errors
///
/// Only for bugs in this workspace; [`VectorError`] says which.
pub fn vectors() -> Result<BTreeMap<String, String>, VectorError> {
    let vectors = vectors::vectors()?.into_iter();
    vectors.map(|(name, vector)| Ok((format!("vectors/{name}.json"), to_text(&vector)?))).collect()
}

/// JSON as it is published: indented, with a line end. A schema puts its keywords into an order that people read well when it
/// is serialized. White space and control characters beyond ASCII, which patterns have, are escaped, so that people see them.
///
/// # Errors
///
/// When the value has a map whose keys are not text.
pub fn to_text(value: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    let is_seen = |c: char| c.is_ascii() || !(c.is_whitespace() || c.is_control());
    Ok(text.chars().fold(String::with_capacity(text.len()), |printed, c| match c {
        c if is_seen(c) => printed + c.encode_utf8(&mut [0; 4]),
        c => printed + &format!("\\u{:04x}", u32::from(c)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_cannot_see_is_escaped() {
        let text = to_text(&"a\u{a0}\u{2028}é−\n").unwrap();
        assert_eq!(text, "\"a\\u00a0\\u2028é−\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), "a\u{a0}\u{2028}é−\n");
    }
}
