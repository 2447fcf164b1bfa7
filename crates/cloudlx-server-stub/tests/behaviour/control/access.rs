//! Who may use it.

use std::net::{Ipv4Addr, SocketAddr};

use cloudlx_server_stub::{StartError, Stub};

use super::stub;
use crate::support::{Ask, SAMPLE, token};

const TOKEN: &str = "not-much-of-a-secret-but-long-enough";
const CLOCK: &str = "/__stub/clock";

#[tokio::test]
async fn on_a_loopback_address_it_is_for_this_machine() {
    let stub = stub().await;
    for host in ["localhost:8080", "127.0.0.1", "[::1]:8080"] {
        assert_eq!(Ask::new("GET", CLOCK).with("Host", host).to(&stub).await.status, 200, "{host}");
    }
    // A page whose name was made to resolve to this machine.
    let rebound = Ask::new("GET", CLOCK).with("Host", "evil.example:8080");
    assert_eq!(rebound.to(&stub).await.status, 403);
}

#[tokio::test]
async fn a_web_page_of_another_origin_cannot_drive_it() {
    let stub = stub().await;
    let token = token(&stub).await;
    Ask::create(&token, SAMPLE).to(&stub).await;
    // What a form on another page can send: a simple request, which browsers send without asking first.
    let form = Ask::new("POST", "/__stub/reset").with("Content-Type", "text/plain").body("");
    for (name, value) in [
        ("Origin", "http://localhost:3000"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        let reply = form.clone().with(name, value).to(&stub).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
        assert!(reply.text().contains("web page of another origin"), "{}", reply.text());
    }
    assert_eq!(stub.customers().len(), 1);
    let own = form.with("Origin", "http://localhost").with("Sec-Fetch-Site", "same-origin");
    assert_eq!(own.to(&stub).await.status, 200);
    assert_eq!(stub.customers().len(), 0);
}

#[tokio::test]
async fn with_a_token_it_is_for_those_who_have_it() {
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let builder = Stub::builder().control(true).control_token(TOKEN).listen(any);
    let stub = builder.start().await.unwrap();
    let ask = Ask::new("GET", CLOCK).with("Host", "stub.example");
    let reply = ask.to(&stub).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
    assert_eq!(ask.clone().bearer("another").to(&stub).await.status, 401);
    assert_eq!(ask.clone().bearer(TOKEN).to(&stub).await.status, 200);
    let from_a_page = ask.bearer(TOKEN).with("Origin", "http://evil.example");
    assert_eq!(from_a_page.to(&stub).await.status, 403);

    // Sent to where it does not belong, it is not kept.
    Ask::get(&format!("/api/customers?control={TOKEN}"), "0").to(&stub).await;
    let kept = format!("{:?}", stub.requests());
    assert!(kept.contains("/api/customers") && !kept.contains(TOKEN), "{kept}");
}

#[tokio::test]
async fn no_other_machine_gets_in_without_a_token() {
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let error = Stub::builder().control(true).listen(any).start().await.unwrap_err();
    assert!(matches!(error, StartError::Control { address } if address == any), "{error:?}");
    assert!(error.to_string().contains("0.0.0.0:0"), "{error}");

    let short = Stub::builder().control(true).control_token("secret").start().await.unwrap_err();
    assert!(matches!(short, StartError::ControlToken), "{short:?}");
    assert!(!short.to_string().contains("secret"), "{short}");
}
