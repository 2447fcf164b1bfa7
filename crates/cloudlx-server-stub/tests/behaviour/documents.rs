//! Whether the stub is well, and its documents over HTTP.

use std::path::Path;

use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, RequestFault};
use serde_json::{Value, json};

use crate::support::Ask;

/// A file of schemas/v1.
fn committed(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/v1").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

async fn get(stub: &Stub, path: &str) -> Value {
    let reply = Ask::new("GET", path).to(stub).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")), "{path}");
    reply.json()
}

#[tokio::test]
async fn a_stub_that_answers_is_well() {
    let stub = Stub::start().await.unwrap();
    assert_eq!(get(&stub, "/healthz").await, json!({ "status": "ok" }));
    stub.faults().arm(RequestFault::any(Before::Reset)).unwrap();
    assert_eq!(get(&stub, "/healthz").await["status"], "ok", "no fault hits it");
    assert_eq!(stub.requests_total(), 0);
}

#[tokio::test]
async fn the_document_is_the_published_one_with_the_stub_as_server() {
    let stub = Stub::start().await.unwrap();
    let mut served = get(&stub, "/openapi.json").await;
    assert_eq!(served["servers"], json!([{ "url": stub.base_url(), "description": "This stub" }]));
    let committed = committed("openapi.json");
    served["servers"] = committed["servers"].clone();
    assert_eq!(served, committed);
}

#[tokio::test]
async fn the_schemas_are_the_published_ones() {
    let stub = Stub::start().await.unwrap();
    let list = get(&stub, "/schemas/").await;
    let listed = list["schemas"].as_array().unwrap();
    assert!(listed.len() >= 10, "{list}");
    for entry in listed {
        let path = entry["path"].as_str().unwrap();
        let name = format!("{}.schema.json", entry["name"].as_str().unwrap());
        assert_eq!(path, format!("/schemas/{name}"));
        assert_eq!(get(&stub, path).await, committed(&name));
    }
    let reply = Ask::new("GET", "/schemas/nothing").to(&stub).await;
    assert_eq!(reply.status, 404);
    assert!(reply.text().contains("/schemas/ lists"), "{}", reply.text());
}

#[tokio::test]
async fn the_control_apis_document_is_for_those_who_may_use_it() {
    let stub = Stub::builder().control(true).start().await.unwrap();
    let mut served = get(&stub, "/__stub/openapi.json").await;
    assert_eq!(served["servers"][0]["url"], stub.base_url());
    let committed = committed("stub.openapi.json");
    served["servers"] = committed["servers"].clone();
    assert_eq!(served, committed);
    let rebound = Ask::new("GET", "/__stub/openapi.json").with("Host", "evil.example");
    assert_eq!(rebound.to(&stub).await.status, 403);
    let off = Stub::start().await.unwrap();
    assert_eq!(Ask::new("GET", "/__stub/openapi.json").to(&off).await.status, 404);
}

#[tokio::test]
async fn head_has_the_headers_and_no_body_and_other_methods_are_refused() {
    let stub = Stub::start().await.unwrap();
    for path in ["/openapi.json", "/schemas/", "/schemas/customer.schema.json", "/healthz"] {
        let got = Ask::new("GET", path).to(&stub).await;
        let head = Ask::new("HEAD", path).to(&stub).await;
        assert_eq!(head.status, 200);
        for name in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(head.header(name), got.header(name), "{path} {name}");
        }
        let reply = Ask::new("POST", path).to(&stub).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD")), "{path}");
    }
}

#[tokio::test]
async fn a_cache_asks_whether_its_copy_is_good() {
    let stub = Stub::start().await.unwrap();
    let ask = Ask::new("GET", "/openapi.json");
    let reply = ask.to(&stub).await;
    let tag = reply.header("etag").unwrap().to_owned();
    assert_eq!(reply.header("cache-control"), Some("no-cache"));
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let reply = ask.clone().with("If-None-Match", &known).to(&stub).await;
        assert_eq!((reply.status, reply.header("etag"), reply.body.len()), (304, Some(tag.as_str()), 0));
        let head = Ask::new("HEAD", "/openapi.json").with("If-None-Match", &known).to(&stub).await;
        assert_eq!(
            (head.status, head.header("content-length")),
            (304, None),
            "the document has a length, 304 has none"
        );
    }
    assert_eq!(ask.with("If-None-Match", "\"other\"").to(&stub).await.status, 200);
}
