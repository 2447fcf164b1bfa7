//! No secret appears in anything that is shown.

use cloudlx_client::reqwest::header::{HeaderMap, HeaderValue};
use cloudlx_client::{Client, CreateError, Credentials, Error, MAX_ERROR_BODY_BYTES};

use crate::scripted::{
    CLIENT_SECRET, CUSTOMER, Reply, Request, Scripted, TOKEN_PATH, answer, chain, http, ok, request, token,
    token_text,
};

#[track_caller]
fn shows_no_secret(text: &str) {
    let text = text.replace("\\/", "/").replace("%2F", "/");
    for secret in [CLIENT_SECRET, &token_text(0), &token_text(1)] {
        // Half a secret must not appear either.
        assert!(!text.contains(&secret[..secret.len() / 2]), "{text}");
    }
}

/// A secret, in a text of this shape.
fn echo(shape: &str, secret: &str) -> String {
    let php = secret.replace('/', "\\/");
    match shape {
        "api" => format!(r#"{{"message": "bad {secret}", "errors": {{"{php}": ["{secret}"]}}}}"#),
        "json" => format!(r#"{{"client_secret": "{php}", "{secret}": [["{secret}"]]}}"#),
        "escaped" => format!(r#"{{"x": "{}"}}"#, secret.replace('-', "\\u002d").replace('3', "\\u0033")),
        // As in PHP's stack traces: 15 bytes of each argument.
        "trace" => format!("#3 Client->auth('id', '{}...')", secret.get(..15).unwrap_or(secret)),
        "url" => format!("<a href='?s={}'>", secret.replace('/', "%2F")),
        "long" => format!("{}{secret}", "x".repeat(MAX_ERROR_BODY_BYTES - secret.len() + 1)),
        _ => secret.to_owned(),
    }
}

const SHAPES: [&str; 7] = ["api", "json", "escaped", "trace", "url", "long", "text"];
const STATUSES: [&str; 6] =
    ["200 OK", "204 No Content", "302 Found", "401 Unauthorized", "422 Unprocessable Content", "500 Oh"];

/// Everything that is shown of a create that this server makes fail, after a list that may succeed.
async fn shown(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> String {
    let server = Scripted::start(reply).await;
    let client = server.client();
    let listed = client.list_customers().await;
    let error = client.create_customer(&request()).await.unwrap_err();
    format!("{listed:?} {client:?} {client:#?} {}", chain(&error))
}

#[tokio::test]
async fn an_echoed_client_secret_is_redacted_before_it_is_kept() {
    for status in STATUSES {
        for shape in SHAPES {
            shows_no_secret(&shown(move |_| answer(status, "", echo(shape, CLIENT_SECRET))).await);
        }
    }
}

#[tokio::test]
async fn an_echoed_token_is_redacted_before_it_is_kept() {
    for status in STATUSES {
        for shape in SHAPES {
            let shown = shown(move |request| match (request.path(), request.bearer()) {
                (TOKEN_PATH, _) => token(request.nth, 3600),
                _ if request.call.starts_with("GET") => ok(r#"{"customers": []}"#),
                (_, bearer) => answer(status, "", echo(shape, bearer.unwrap())),
            })
            .await;
            shows_no_secret(&shown);
            let says_so = shown.contains("[redacted]");
            assert_eq!(
                says_so,
                !matches!(status, "204 No Content" | "302 Found"),
                "{status} {shape}: {shown}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_that_was_refused_before_is_redacted_too() {
    let shown = shown(|request| match (request.path(), request.nth) {
        (TOKEN_PATH, nth) => token(nth, 3600),
        _ if request.call.starts_with("GET") => ok(r#"{"customers": []}"#),
        _ => answer("401 Unauthorized", "", format!("{} {}", token_text(0), request.bearer().unwrap())),
    })
    .await;
    shows_no_secret(&shown);
    assert!(shown.contains("[redacted] [redacted]"), "{shown}");
}

#[tokio::test]
async fn a_location_is_redacted() {
    let location = format!("location: /login?token={}&back=1\r\n", token_text(0));
    let server = Scripted::with_tokens(move |_| answer("302 Found", &location, "")).await;
    let error = server.client().list_customers().await.unwrap_err();
    shows_no_secret(&chain(&error));
    assert!(error.head().unwrap().location.as_deref() == Some("/login?token=[redacted]&back=1"));
}

#[tokio::test]
async fn a_token_that_nobody_knows_yet_is_not_kept_with_a_bad_answer() {
    for body in [
        format!(r#"[{{"access_token": "{}"}}]"#, token_text(0)),
        format!(r#"{{"access_token": {{}}, "expires_in": "{}"}}"#, token_text(0)),
        token_text(0),
    ] {
        let server = Scripted::start(move |_| ok(&body)).await;
        let error = server.client().list_customers().await.unwrap_err();
        shows_no_secret(&chain(&error));
        let Error::NoToken { source, .. } = &error else { panic!("{error:?}") };
        assert!(matches!(**source, Error::Unexpected { body: None, .. }), "{source:?}");
    }
}

#[tokio::test]
async fn a_broken_connection_shows_no_secret() {
    for reply in [Reply::Cut(Vec::new()), Reply::Cut(format!("HTTP/1.1 200 {}", token_text(0)).into_bytes())]
    {
        let server = Scripted::with_tokens(move |_| reply.clone()).await;
        let error = server.client().create_customer(&request()).await.unwrap_err();
        assert!(matches!(error, CreateError::Unknown { .. }));
        shows_no_secret(&chain(&error));
    }
}

#[tokio::test]
async fn the_default_headers_of_a_callers_http_client_are_not_shown() {
    let headers =
        HeaderMap::from_iter([("x-api-key".parse().unwrap(), HeaderValue::from_static(CLIENT_SECRET))]);
    let server = Scripted::with_tokens(|_| ok(CUSTOMER)).await;
    let builder = server.builder().http_client(http().default_headers(headers));
    shows_no_secret(&format!("{builder:?}"));
    let client = builder.build().unwrap();
    client.create_customer(&request()).await.unwrap();
    shows_no_secret(&format!("{client:?}"));
}

#[test]
fn a_builder_and_its_errors_show_no_secret() {
    let (secret, token) = (CLIENT_SECRET, token_text(0));
    for base_url in [
        "http://127.0.0.1:9",
        "http://example.com",
        "https://user:s3cr3t@example.com",
        "nonsense s3cr3t/of-the-client",
    ] {
        for credentials in [Credentials::client("id", secret), Credentials::access_token(token.as_str())] {
            shows_no_secret(&format!("{credentials:?}"));
            let builder = Client::builder(base_url, credentials);
            shows_no_secret(&format!("{builder:?}").replace("s3cr3t@", ""));
            match builder.build() {
                Ok(client) => shows_no_secret(&format!("{client:?}")),
                Err(error) => {
                    let shown = chain(&error);
                    shows_no_secret(&shown);
                    assert!(!shown.contains("s3cr3t"), "{shown}");
                }
            }
        }
    }
    let error = Client::builder("http://127.0.0.1:9", Credentials::access_token(format!("{token}\n")))
        .build()
        .unwrap_err();
    shows_no_secret(&chain(&error));
}

#[tokio::test]
async fn a_secret_that_is_the_clients_id_hides_no_other_words() {
    let server = Scripted::start(|request| match request.path() {
        TOKEN_PATH => token(0, 3600),
        _ => answer("422 Unprocessable Content", "", r#"{"message": "the stub knows no realm 9"}"#),
    })
    .await;
    let credentials = |secret: &str| Credentials::client("stub", secret);
    let said = async |secret| {
        let client = Client::builder(server.base_url(), credentials(secret)).build().unwrap();
        chain(&client.list_customers().await.unwrap_err())
    };
    assert!(said("stub").await.contains("the stub knows no realm 9"));
    assert!(!said("knows").await.contains("knows"));
}
