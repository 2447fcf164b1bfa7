//! The page, as far as HTTP goes. What it does in a browser is tested by `cargo xtask page`.

use std::io::Read;

use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, RequestFault};

use crate::support::{Ask, Reply};

/// What browsers send.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn ask() -> Ask {
    Ask::new("GET", "/").with("Accept", ACCEPT)
}

async fn page(stub: &Stub) -> Reply {
    let reply = ask().to(stub).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html; charset=utf-8")));
    reply
}

#[tokio::test]
async fn a_browser_sees_the_page_and_a_program_nothing() {
    let stub = Stub::start().await.unwrap();
    let reply = page(&stub).await;
    assert!(reply.text().contains(stub.base_url()), "where the stub is");
    assert!(reply.text().contains("customElements.define"), "the library that draws the reference");
    assert_eq!(stub.requests_total(), 0);
    for accept in ["*/*", "application/json", "application/vnd.cloudlx.v1+json"] {
        let reply = Ask::new("GET", "/").with("Accept", accept).to(&stub).await;
        assert_eq!(reply.status, 404, "{accept}");
        assert!(reply.text().contains("send `Accept: text/html`, for the stub's page"), "{}", reply.text());
    }
    assert_eq!(stub.requests_total(), 3, "those are requests to the API");
    stub.faults().arm(RequestFault::any(Before::Reset)).unwrap();
    page(&stub).await;
}

#[tokio::test]
async fn it_is_one_file_that_says_what_may_run_in_it() {
    let stub = Stub::start().await.unwrap();
    let reply = page(&stub).await;
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{policy}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    for marker in ["/*{", "<script src", "<link rel=\"stylesheet", "@import"] {
        assert!(!reply.text().contains(marker), "{marker}");
    }
}

#[tokio::test]
async fn compressed_it_is_the_same_and_small() {
    let stub = Stub::start().await.unwrap();
    let plain = page(&stub).await;
    let packed = ask().with("Accept-Encoding", "br, gzip").to(&stub).await;
    assert_eq!((packed.status, packed.header("content-encoding")), (200, Some("gzip")));
    assert_eq!(packed.header("vary"), Some("accept, accept-encoding"));
    assert!(packed.body.len() < 300_000, "{}", packed.body.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text());

    let tag = packed.header("etag").unwrap();
    let again = ask().with("Accept-Encoding", "gzip").with("If-None-Match", tag).to(&stub).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn a_clients_secret_is_not_on_it() {
    let stub = Stub::builder().client("acme", "not-much-of-a-secret").start().await.unwrap();
    let reply = page(&stub).await;
    assert!(reply.text().contains("\"client_id\":\"acme\""));
    assert!(!reply.text().contains("not-much-of-a-secret"));
    // Nothing that a client is called ends the element that it stands in.
    let odd = Stub::builder().client("</script><b>", "x").start().await.unwrap();
    assert!(!page(&odd).await.text().contains("</script><b>"));
}

#[tokio::test]
async fn it_says_whether_there_is_a_control_api() {
    let token = "0123456789abcdef0123456789abcdef";
    for (builder, control) in [
        (Stub::builder(), "off"),
        (Stub::builder().control(true), "open"),
        (Stub::builder().control(true).control_token(token), "token"),
    ] {
        let stub = builder.start().await.unwrap();
        let reply = page(&stub).await;
        assert!(reply.text().contains(&format!("\"control\":\"{control}\"")), "{control}");
        assert!(!reply.text().contains(token));
    }
}

#[tokio::test]
async fn head_has_no_body_and_other_methods_are_the_apis() {
    let stub = Stub::start().await.unwrap();
    let head = Ask::new("HEAD", "/").with("Accept", ACCEPT).to(&stub).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    let post = Ask::new("POST", "/").with("Accept", ACCEPT).to(&stub).await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
}
