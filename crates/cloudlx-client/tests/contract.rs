//! The requests byte by byte, and the message of every error.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test cannot do without, it fails without"
)]

mod scripted;

use std::time::Duration;

use cloudlx_client::{BuildError, Client, Credentials, Error};
use cloudlx_model::CustomerId;
use scripted::{
    CUSTOMER, Reply, Scripted, TOKEN_PATH, UNAVAILABLE, answer, by_api, ok, request, token, unused_address,
};
use tokio::task::JoinHandle;

/// A timeout that a test lets expire: long enough for a response over loopback on a busy machine.
const LONGER: Duration = Duration::from_secs(3);

#[tokio::test]
async fn the_requests() {
    let server = Scripted::with_tokens(|request| match request.path() {
        "/api/customers" if request.call.starts_with("GET") => ok(r#"{"customers": []}"#),
        "/api/realms" => ok(r#"{"realms": []}"#),
        "/api/sub-realms" => ok(r#"{"sub_realms": []}"#),
        _ => ok(CUSTOMER),
    })
    .await;
    let client = server.client();
    client.create_customer(&request()).await.unwrap();
    client.list_customers().await.unwrap();
    client.get_customer(CustomerId(6918)).await.unwrap();
    client.list_realms().await.unwrap();
    client.list_sub_realms().await.unwrap();
    let requests: Vec<_> = server.requests().into_iter().map(|request| server.stable(&request.raw)).collect();
    insta::assert_snapshot!(requests.join("\n----------------\n").replace('\r', "␍"));
}

/// The messages about a response, to a create and to a call that reads.
async fn about(reply: Reply) -> String {
    let late = late(&reply);
    let server = Scripted::with_tokens(move |_| reply.clone()).await;
    let builder = server.builder().no_retries();
    let client = if late { builder.attempt_timeout(LONGER) } else { builder }.build().unwrap();
    told(&server, &client).await
}

/// The same, where the token endpoint sends the response.
async fn about_token(reply: Reply) -> String {
    let late = late(&reply);
    let server = Scripted::start(move |_| reply.clone()).await;
    let builder = server.builder().no_retries();
    let client = if late { builder.call_timeout(LONGER) } else { builder }.build().unwrap();
    told(&server, &client).await
}

fn late(reply: &Reply) -> bool {
    matches!(reply, Reply::Hang(_))
}

/// One after the other, except for those that time out, which run at once.
async fn begun(late: bool, about: impl Future<Output = String> + Send + 'static) -> JoinHandle<String> {
    if late {
        tokio::spawn(about)
    } else {
        let told = about.await;
        tokio::spawn(async { told })
    }
}

async fn told(server: &Scripted, client: &Client) -> String {
    let create = client.create_customer(&request()).await.unwrap_err();
    let read = client.get_customer(CustomerId(6918)).await.unwrap_err();
    server.stable(&format!("create: {create}\n{}read: {read}\n", causes(create.cause())))
}

/// The error, and those of its sources that this crate words.
fn causes(error: &Error) -> String {
    match error {
        Error::NoToken { source, .. } => format!("  {error}\n    {source}\n"),
        Error::NotBuilt { source, .. } => format!("  {error}\n    {source}\n"),
        _ => format!("  {error}\n"),
    }
}

#[tokio::test]
async fn the_messages_of_calls() {
    let api = r#"{"message": "Could not create the customer.", "errors": {"name": ["The name is taken."]}, "status_code": 422}"#;
    let html = "<html>\n  <h1>502 Bad Gateway</h1>\n</html>";
    let unreadable =
        r#"{"access_token": "a\nb", "token_type": "x", "expires_in": 3600, "refresh_token": "r"}"#;
    let mut told = Vec::new();
    for (what, reply) in [
        ("refused", answer("422 Unprocessable Content", "", api)),
        ("without permission", answer("403 Forbidden", "", r#"{"error": "forbidden"}"#)),
        ("without permission, in the API's form", by_api("403 Forbidden", "")),
        ("not there", answer("404 Not Found", "", "")),
        ("another version", answer("406 Not Acceptable", "", "")),
        ("too many", answer("429 Too Many Requests", "", "")),
        ("too many, in the API's form", by_api("429 Too Many Requests", "")),
        ("too many, later", by_api("429 Too Many Requests", "retry-after: 7\r\n")),
        (
            "unavailable",
            answer("503 Service Unavailable", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", UNAVAILABLE),
        ),
        ("a gateway", answer("502 Bad Gateway", "", html)),
        ("a redirect", answer("302 Found", "location: https://www.infiny.io/login\r\n", "")),
        (
            "a redirect to https",
            answer("301 Moved Permanently", "location: https://127.0.0.1/api/customers\r\n", ""),
        ),
        ("a redirect to nowhere", answer("308 Permanent Redirect", "", "")),
        ("a token refused", answer("401 Unauthorized", "", r#"{"message": "Unauthenticated."}"#)),
        ("a location and no customer", answer("201 Created", "location: /api/customers/7001\r\n", "")),
        ("an encoding", answer("200 OK", "content-encoding: gzip\r\n", [0x1f, 0x8b])),
        ("no JSON", ok(html)),
        ("other JSON", ok(r#"{"id": "6918"}"#)),
        ("nothing", ok("")),
        ("JSON that was cut off", Reply::Cut(b"HTTP/1.1 200 OK\r\n\r\n{\"id\": 69".to_vec())),
        ("cut before the answer", Reply::Cut(Vec::new())),
        ("cut within the answer", Reply::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec())),
        ("late", Reply::Hang(Vec::new())),
        ("late in the answer", Reply::Hang(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec())),
    ] {
        told.push((what, begun(late(&reply), about(reply)).await));
    }
    for (what, reply) in [
        ("the credentials refused", answer("401 Unauthorized", "", r#"{"error": "invalid_client"}"#)),
        ("the token endpoint down", answer("500 Internal Server Error", "", "")),
        ("the token late", Reply::Hang(Vec::new())),
        ("no token in the answer", ok(r#"{"access_token": 1}"#)),
        ("HTML for a token", ok(html)),
        ("a token with a line end", ok(unreadable)),
    ] {
        told.push((what, begun(late(&reply), about_token(reply)).await));
    }
    let mut shown = Vec::new();
    for (what, told) in told {
        shown.push(format!("# {what}\n{}", told.await.unwrap()));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[tokio::test]
async fn the_messages_that_need_a_stage() {
    let mut shown = Vec::new();

    let server = Scripted::start(|_| by_api("401 Unauthorized", "")).await;
    shown.push(format!("# a given token refused\n{}", told(&server, &server.client_with_token()).await));

    let server = Scripted::start(|request| match (request.path(), request.nth) {
        (TOKEN_PATH, 0) => token(0, 3600),
        (TOKEN_PATH, _) => answer("500 Internal Server Error", "", ""),
        ("/api/realms", _) => ok(r#"{"realms": []}"#),
        _ => by_api("401 Unauthorized", ""),
    })
    .await;
    let client = server.client();
    client.list_realms().await.unwrap();
    shown.push(format!("# a kept token refused, and no new one\n{}", told(&server, &client).await));

    let (_socket, base_url) = unused_address();
    let client = Client::builder(&base_url, Credentials::access_token("token")).no_retries().build().unwrap();
    let unreachable = told(&server, &client).await.replace(&base_url, "http://127.0.0.1:[port]");
    shown.push(format!("# no connection\n{unreachable}"));

    let server = Scripted::with_tokens(|_| {
        ok(r#"{"realms": [{"name": "R", "description": null}], "sub_realms": []}"#)
    })
    .await;
    let error = server.client().catalogue().await.unwrap_err();
    shown.push(format!("# no catalogue\n{error}\n"));

    let client = server.builder().call_timeout(Duration::from_nanos(1)).build().unwrap();
    shown.push(format!("# no time at all\n{}", told(&server, &client).await));

    let given = Client::builder(server.base_url(), Credentials::access_token("token"));
    let client = given.call_timeout(Duration::from_nanos(1)).build().unwrap();
    shown.push(format!("# no time for an attempt\n{}", told(&server, &client).await));

    let server = Scripted::with_tokens(|_| by_api("429 Too Many Requests", "")).await;
    let client = server.retrying().build().unwrap();
    shown.push(format!("# tried three times\n{}", told(&server, &client).await));

    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn the_messages_of_the_builder() {
    let id_and_secret = || Credentials::client("id", "secret");
    let built = |base_url, credentials| Client::builder(base_url, credentials).build().unwrap_err();
    let local = "http://127.0.0.1:9";
    let errors: [BuildError; 12] = [
        built("www.infiny.io", id_and_secret()),
        built("ftp://www.infiny.io", id_and_secret()),
        built("https://user:password@www.infiny.io", id_and_secret()),
        built("https://www.infiny.io/?version=1", id_and_secret()),
        built("http://www.infiny.io", id_and_secret()),
        built(local, Credentials::client("id", "")),
        built(local, Credentials::access_token("a b\n")),
        Client::builder(local, id_and_secret()).user_agent("a\nb").build().unwrap_err(),
        Client::builder(local, id_and_secret()).call_timeout(Duration::ZERO).build().unwrap_err(),
        Client::builder(local, id_and_secret()).max_attempts(0).build().unwrap_err(),
        Client::builder(local, id_and_secret()).max_concurrent_requests(0).build().unwrap_err(),
        BuildError::NoTls,
    ];
    let shown: Vec<_> = errors
        .iter()
        .map(|error| match error {
            BuildError::BaseUrl(source) => format!("{error}: {source}"),
            _ => error.to_string(),
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}
