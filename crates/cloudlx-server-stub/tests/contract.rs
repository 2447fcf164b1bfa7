//! What goes over the wire, kept as snapshots: status, the headers that mean something, and the body, field by field in
//! the order in which it was sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

#[path = "contract/expectations.rs"]
mod expectations;
mod support;

use std::fmt::Write;

use cloudlx_server_stub::Stub;
use secrecy::ExposeSecret;

use support::{Ask, CREDENTIALS, Reply, SAMPLE, token};

/// Headers that say something about the contract; `date` and lengths do not.
const HEADERS: [&str; 7] = [
    "content-type",
    "allow",
    "www-authenticate",
    "cache-control",
    "connection",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
];

/// The answer as a snapshot shows it.
fn shown(reply: &Reply) -> String {
    let mut text = format!("{}\n", reply.status);
    for name in HEADERS {
        if let Some(value) = reply.header(name) {
            writeln!(text, "{name}: {value}").unwrap();
        }
    }
    format!("{text}\n{}", indented(reply.text()))
}

/// JSON on several lines. A reader that goes through values would lose the order of fields, so this goes by characters.
fn indented(json: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    for letter in json.chars() {
        if quoted {
            text.push(letter);
            quoted = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '{' | '[' => {
                depth += 1;
                text.push(letter);
                line(&mut text, depth);
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut text, depth);
                text.push(letter);
            }
            ',' => {
                text.push(letter);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => {
                quoted = letter == '"';
                text.push(letter);
            }
        }
    }
    text
}

#[tokio::test]
async fn tokens() {
    let stub = Stub::start().await.unwrap();
    let reply = Ask::post("/api/oauth2/access-token", CREDENTIALS).to(&stub).await;
    let token: cloudlx_model::AccessToken = reply.read();
    let shown = shown(&reply)
        .replace(token.access_token.expose_secret(), "[access token]")
        .replace(token.refresh_token.expose_secret(), "[refresh token]");
    insta::assert_snapshot!("access_token", shown);
}

#[tokio::test]
async fn successes() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let create = Ask::create(&token, SAMPLE).to(&stub).await;
    insta::assert_snapshot!("create_customer", shown(&create));
    for (name, path) in [
        ("list_customers", "/api/customers"),
        ("get_customer", "/api/customers/6918"),
        ("list_realms", "/api/realms"),
        ("list_sub_realms", "/api/sub-realms"),
    ] {
        insta::assert_snapshot!(name, shown(&Ask::get(path, &token).to(&stub).await));
    }
}

#[tokio::test]
async fn errors_before_the_body() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let create = Ask::create(&token, SAMPLE);
    for (name, ask) in [
        ("404_path", Ask::new("GET", "/api/customers/")),
        ("404_customer_id", Ask::new("GET", "/api/customers/6918x")),
        ("404_customer", Ask::get("/api/customers/1", &token)),
        ("405", Ask::new("DELETE", "/api/customers")),
        ("401_no_token", create.clone().without("Authorization")),
        ("401_not_bearer", create.clone().with("Authorization", "Basic c3R1YjpzdHVi")),
        ("401_unknown_token", create.clone().bearer("0000000000000000000000000000000000000000")),
        ("406", create.clone().with("Accept", "application/vnd.cloudlx.v2+json")),
        ("415", create.clone().with("Content-Type", "text/plain")),
        ("413", create.body(" ".repeat(1024 * 1024 + 1))),
    ] {
        insta::assert_snapshot!(name, shown(&ask.to(&stub).await));
    }
    stub.revoke_all();
    insta::assert_snapshot!("401_revoked_token", shown(&Ask::get("/api/customers", &token).to(&stub).await));
    stub.clock().advance(std::time::Duration::from_hours(1));
    insta::assert_snapshot!("401_expired_token", shown(&Ask::get("/api/customers", &token).to(&stub).await));
}

#[tokio::test]
async fn errors_of_a_client_that_may_do_little() {
    let stub = Stub::builder()
        .read_only_client("stub", "stub")
        .rate_limit(std::num::NonZeroU32::MIN)
        .start()
        .await
        .unwrap();
    let create = Ask::create(&token(&stub).await, SAMPLE);
    insta::assert_snapshot!("403", shown(&create.to(&stub).await));
    let reply = create.to(&stub).await;
    // How long it is to the next minute is the clock's affair.
    let wait = reply.header("retry-after").unwrap();
    insta::assert_snapshot!("429", shown(&reply).replace(&format!("in {wait} s"), "in [wait] s"));
}

#[tokio::test]
async fn options() {
    let stub = Stub::start().await.unwrap();
    insta::assert_snapshot!("options", shown(&Ask::new("OPTIONS", "/api/customers").to(&stub).await));
}

#[tokio::test]
async fn errors_in_the_body() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for (name, body) in [
        ("400_create", r#"{"name": "Example Company",}"#),
        ("400_create_empty", ""),
        ("422_create_no_object", "[]"),
        ("422_create_empty_object", "{}"),
        (
            "422_create",
            r#"{"name": "", "currency_iso": "GB", "country_iso": "UK", "realms": [1, 3], "shown_sub_realms": [313], "enabled_sub_realms": [328], "email": "j.smith", "nickname": "J"}"#,
        ),
    ] {
        insta::assert_snapshot!(name, shown(&Ask::create(&token, body).to(&stub).await));
    }
}

#[tokio::test]
async fn errors_of_the_token_endpoints() {
    let stub = Stub::start().await.unwrap();
    let refresh =
        r#"{"grant_type":"refresh_token","refresh_token":"none","client_id":"stub","client_secret":"stub"}"#;
    for (name, path, body) in [
        ("400_access_token", "/api/oauth2/access-token", "{"),
        (
            "422_access_token",
            "/api/oauth2/access-token",
            r#"{"grant_type":"password","client_id":7,"scope":"all"}"#,
        ),
        ("422_refresh_token", "/api/oauth2/refresh-token", "{}"),
        (
            "401_credentials",
            "/api/oauth2/access-token",
            r#"{"grant_type":"client_credentials","client_id":"stub","client_secret":"wrong"}"#,
        ),
        ("401_refresh_token", "/api/oauth2/refresh-token", refresh),
    ] {
        insta::assert_snapshot!(name, shown(&Ask::post(path, body).to(&stub).await));
    }
}

#[tokio::test]
async fn a_body_that_does_not_come() {
    let stub = Stub::builder().body_timeout(std::time::Duration::from_millis(20)).start().await.unwrap();
    let mut wire = support::Wire::open(&stub).await;
    wire.send(&Ask::post("/api/oauth2/access-token", CREDENTIALS).head_bytes()).await;
    insta::assert_snapshot!("408", shown(&wire.reply_to("POST").await));
}
