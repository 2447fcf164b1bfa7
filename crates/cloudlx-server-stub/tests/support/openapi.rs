//! What `schemas/v1/openapi.json` says of answers, held against every answer that the tests get.

use std::sync::LazyLock;

use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../schemas/v1/openapi.json")).expect("the OpenAPI document")
});

/// Fails when the request is to a documented operation and the answer's status or media type is not documented for it.
pub(crate) fn assert_documented(method: &str, target: &str, status: u16, media_type: Option<&str>) {
    let path = target.split('?').next().unwrap_or_default();
    let path = match path.strip_prefix("/api/customers/") {
        Some(id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
            "/api/customers/{customer_id}"
        }
        _ => path,
    };
    let paths = DOCUMENT.get("paths").expect("paths");
    let Some(operation) = paths.get(path).and_then(|path| path.get(method.to_lowercase())) else { return };
    let answer = operation.get("responses").and_then(|answers| answers.get(status.to_string()));
    let answer = answer
        .unwrap_or_else(|| panic!("{method} {path} answered {status}, which its document does not say"));
    let documented = answer.get("content").and_then(|content| content.get(media_type.unwrap_or_default()));
    assert!(documented.is_some(), "{method} {path} answered {status} as {media_type:?}");
}
