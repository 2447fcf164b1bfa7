//! Snapshots of what the crate publishes: endpoints and schemas.
#![allow(missing_docs, reason = "a test fails by panicking, and its names say what it shows")]

use cloudlx_model::ENDPOINTS;

#[test]
fn endpoints() {
    let lines: Vec<_> = ENDPOINTS
        .iter()
        .map(|endpoint| {
            format!("{} {} {:?} {}", endpoint.method, endpoint.path, endpoint.auth, endpoint.name)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[cfg(feature = "schema")]
#[test]
fn schemas() {
    for document in cloudlx_model::schema::documents() {
        insta::assert_json_snapshot!(document.name, document.schema);
    }
}
