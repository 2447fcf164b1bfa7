//! Responses of gateways and proxies, and what they prove about a create that the API may have processed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloudlx_client::{Client, CreateError, SaidBy};
use cloudlx_model::{Customer, CustomerId};

use crate::scripted::{CUSTOMER, Reply, Scripted, answer, chain, ok, request, token};

const CUSTOMERS: &str = "/api/customers";
const JSON: &str = "content-type: application/json\r\n";

/// The result of a create, and how often it was sent.
async fn create(reply: Reply) -> (Result<Customer, CreateError>, usize) {
    let server = Scripted::with_tokens(move |_| reply.clone()).await;
    let created = server.retrying().build().unwrap().create_customer(&request()).await;
    (created, server.count(CUSTOMERS))
}

/// The failure of a create with an unknown outcome, which was sent once.
async fn unknown(reply: Reply) -> CreateError {
    match create(reply).await {
        (Err(error @ CreateError::Unknown { .. }), 1) => error,
        (created, sent) => panic!("sent {sent} times: {created:?}"),
    }
}

/// The failure of a create that certainly created no customer.
async fn not_created(reply: Reply) -> CreateError {
    match create(reply).await {
        (Err(error @ CreateError::NotCreated { .. }), 1) => error,
        (created, sent) => panic!("sent {sent} times: {created:?}"),
    }
}

#[tokio::test]
async fn a_gateways_503_is_sent_once_whatever_json_it_has() {
    for body in [
        r#"{"message": "Service Unavailable"}"#,
        r#"{"message": "The upstream server is currently unavailable", "request_id": "7f3a"}"#,
        r#"{"code": 503, "message": "upstream connect error or disconnect/reset before headers"}"#,
        r#"{"fault": {"faultstring": "The Service is temporarily unavailable"}}"#,
        r#"{"statusCode": 503, "message": "Service Unavailable"}"#,
        r#"{"message": "Service Unavailable", "status_code": "503"}"#,
        r#"{"type": "about:blank", "title": "Service Unavailable", "status": 503}"#,
    ] {
        let headers = format!("{JSON}retry-after: 0\r\n");
        let error = unknown(answer("503 Service Unavailable", &headers, body)).await;
        assert_eq!(error.cause().said_by(), Some(SaidBy::Anybody), "{body}");
    }
}

#[tokio::test]
async fn the_apis_own_503_is_tried_again() {
    let headers = "content-type: application/vnd.cloudlx.v1+json\r\nretry-after: 0\r\n";
    let body = r#"{"message": "Service Unavailable", "status_code": 503}"#;
    let server = Scripted::with_tokens(move |_| answer("503 Service Unavailable", headers, body)).await;
    let error = server.retrying().build().unwrap().create_customer(&request()).await.unwrap_err();
    assert!(matches!(error, CreateError::NotCreated { .. }), "{error:?}");
    assert_eq!((error.cause().said_by(), server.count(CUSTOMERS)), (Some(SaidBy::Api), 3));
}

#[tokio::test]
async fn a_filter_of_answers_proves_nothing() {
    let page = "<html><head><title>Blocked</title></head><body>403</body></html>";
    for (status, headers, body) in [
        ("403 Forbidden", "content-type: text/html\r\n", page),
        ("403 Forbidden", JSON, r#"{"message": "Forbidden"}"#),
        ("403 Forbidden", JSON, r#"{"message": "Forbidden", "status_code": 200}"#),
        ("403 Forbidden", "", ""),
        ("406 Not Acceptable", "content-type: text/html\r\n", page),
        ("404 Not Found", "content-type: text/html\r\n", page),
        ("409 Conflict", "content-type: text/html\r\n", "<html><body>Conflict</body></html>"),
        ("400 Bad Request", JSON, r#"{"message": "Bad Request"}"#),
        ("400 Bad Request", "content-type: text/html\r\n", page),
        ("422 Unprocessable Content", "content-type: text/html\r\n", page),
        ("429 Too Many Requests", "retry-after: 0\r\n", page),
        ("401 Unauthorized", "www-authenticate: Basic realm=\"proxy\"\r\n", page),
        ("403 Forbidden", "www-authenticate: Basic realm=\"for the bearer of a badge\"\r\n", page),
        ("307 Temporary Redirect", "location: https://filter.example/blocked\r\n", ""),
        ("302 Found", "location: /customers/7001\r\n", ""),
    ] {
        let error = unknown(answer(status, headers, body)).await;
        assert_eq!(error.cause().said_by(), Some(SaidBy::Anybody), "{status} {body}");
    }
}

#[tokio::test]
async fn the_apis_own_403_is_believed() {
    let body = r#"{"message": "This action is unauthorized.", "status_code": 403}"#;
    not_created(answer("403 Forbidden", JSON, body)).await;
}

#[tokio::test]
async fn a_rules_refusal_is_believed_in_any_usual_form() {
    for (status, headers, body) in [
        (
            "422 Unprocessable Content",
            JSON,
            r#"{"message": "The given data was invalid.", "errors": {"email": ["The email is taken."]}}"#,
        ),
        (
            "422 Unprocessable Content",
            "content-type: application/problem+json\r\n",
            r#"{"type": "about:blank", "title": "Invalid", "status": 422, "detail": "email is taken"}"#,
        ),
        ("400 Bad Request", JSON, r#"{"errors": {"email": "is taken"}}"#),
        (
            "422 Unprocessable Content",
            "content-type: application/vnd.api+json\r\n",
            r#"{"errors": [{"status": "422", "source": {"pointer": "/data/attributes/email"}, "title": "taken"}]}"#,
        ),
        ("422 Unprocessable Content", JSON, "\u{feff}{\"message\": \"email is taken\"}"),
    ] {
        let error = not_created(answer(status, headers, body)).await;
        assert!(chain(error.cause()).contains("taken"), "{}", chain(error.cause()));
    }
}

#[tokio::test]
async fn a_redirect_to_https_from_a_proxy_is_believed() {
    let location = "location: https://127.0.0.1:9/api/customers\r\n";
    not_created(answer("301 Moved Permanently", location, "")).await;
}

#[tokio::test]
async fn what_names_the_new_customer_is_kept() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 600\r\n\r\n\
        {\"id\":7001,\"name\":\"Example Company\","
        .to_vec();
    for (what, reply) in [
        ("a location", answer("201 Created", "location: /api/customers/7001\r\n", "")),
        ("the beginning of the customer", Reply::Cut(cut)),
        ("another body with the id", ok(r#"{"id": 7001}"#)),
        ("a redirect to it", answer("302 Found", "location: /customers/7001\r\n", "")),
    ] {
        let error = unknown(reply).await;
        assert_eq!(error.cause().named_customer(), Some(CustomerId(7001)), "{what}");
        assert!(error.to_string().contains("7001"), "{what}: {error}");
    }
    let other = unknown(answer("502 Bad Gateway", "", "")).await;
    assert_eq!(other.cause().named_customer(), None);
}

#[tokio::test]
async fn an_encoding_and_what_support_asks_for_are_kept() {
    let headers = "content-encoding: gzip\r\nx-request-id: 7f3a\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let error = unknown(answer("200 OK", headers, [0x1f, 0x8b, 8, 0])).await;
    let head = error.cause().head().unwrap();
    assert_eq!(head.content_encoding.as_deref(), Some("gzip"));
    assert_eq!(head.request_id.as_deref(), Some("7f3a"));
    assert!(head.date.is_some());
    assert!(error.cause().to_string().contains("gzip"), "{}", error.cause());
}

/// A client that has used its token before, and a server that refuses the token once, for creates, with this response.
async fn with_a_kept_token(refusal: Reply) -> (Scripted, Client, Arc<AtomicUsize>) {
    let fetched = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&fetched);
    let server = Scripted::start(move |request| match (request.path(), request.nth) {
        (CUSTOMERS, 0) => refusal.clone(),
        (CUSTOMERS, _) => ok(CUSTOMER),
        ("/api/realms", _) => ok(r#"{"realms": []}"#),
        _ => token(counted.fetch_add(1, Ordering::SeqCst), 3600),
    })
    .await;
    let client = server.client();
    client.list_realms().await.unwrap();
    (server, client, fetched)
}

#[tokio::test]
async fn a_kept_token_that_the_api_refuses_is_renewed_and_the_create_is_sent_again() {
    for reply in [
        answer("401 Unauthorized", JSON, r#"{"message": "Unauthenticated.", "status_code": 401}"#),
        answer("401 Unauthorized", "www-authenticate: Bearer error=\"invalid_token\"\r\n", ""),
    ] {
        let (server, client, fetched) = with_a_kept_token(reply).await;
        client.create_customer(&request()).await.unwrap();
        assert_eq!((server.count(CUSTOMERS), fetched.load(Ordering::SeqCst)), (2, 2));
    }
}

#[tokio::test]
async fn a_kept_token_that_anybody_refuses_is_renewed_by_the_next_call_only() {
    let page = answer("401 Unauthorized", "content-type: text/html\r\n", "<h1>401</h1>");
    let (server, client, fetched) = with_a_kept_token(page).await;
    let error = client.create_customer(&request()).await.unwrap_err();
    assert!(matches!(error, CreateError::Unknown { .. }), "{error:?}");
    assert_eq!((server.count(CUSTOMERS), fetched.load(Ordering::SeqCst)), (1, 1));
    client.create_customer(&request()).await.unwrap();
    assert_eq!((server.count(CUSTOMERS), fetched.load(Ordering::SeqCst)), (2, 2));
}
