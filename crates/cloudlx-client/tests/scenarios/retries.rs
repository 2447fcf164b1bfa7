//! Which calls are tried again, which never are, and how often.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlx_client::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use cloudlx_client::{Client, CreateError, Credentials, Error, Retry};
use cloudlx_model::ListCustomers;

use crate::scripted::{
    CUSTOMER, Reply, Scripted, TOKEN_PATH, UNAVAILABLE, answer, by_api, http, ok, request, token,
};

const CUSTOMERS: &str = "/api/customers";
const LIST: &str = r#"{"customers": []}"#;

/// A server that does this the first time, and then succeeds.
async fn first(reply: Reply, then: &'static str) -> Scripted {
    Scripted::with_tokens(move |request| if request.nth == 0 { reply.clone() } else { ok(then) }).await
}

#[tokio::test]
async fn reads_are_tried_again_where_it_can_help() {
    for (reply, again) in [
        (answer("408 Request Timeout", "", ""), true),
        (answer("421 Misdirected Request", "", ""), true),
        (answer("425 Too Early", "", ""), true),
        (answer("429 Too Many Requests", "", ""), true),
        (answer("500 Internal Server Error", "", ""), true),
        (answer("502 Bad Gateway", "", "<html>no</html>"), true),
        (answer("503 Service Unavailable", "", ""), true),
        (answer("503 Service Unavailable", "retry-after: 0\r\n", ""), true),
        (answer("503 Service Unavailable", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""), true),
        (answer("504 Gateway Timeout", "", ""), true),
        (Reply::Cut(Vec::new()), true),
        (Reply::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{".to_vec()), true),
        (Reply::Cut(b"HTTP/1.1 200 OK\r\n\r\n{\"customers\": [".to_vec()), true),
        (Reply::Cut(b"HTTP/1.0 200 OK\r\n\r\n{\"custom".to_vec()), true),
        (Reply::Cut(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{\"\r\n".to_vec()), true),
        (
            Reply::Answer(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{\"\r\n0\r\n\r\n".to_vec(),
            ),
            true,
        ),
        // As from a proxy that lost the server and wrote the length of what it had.
        (ok("{\"customers\": [{"), true),
        (answer("302 Found", "location: /login\r\n", ""), false),
        // For a token that was fetched just now.
        (answer("401 Unauthorized", "", ""), true),
        (answer("404 Not Found", "", ""), false),
        (answer("422 Unprocessable Content", "", ""), false),
        (answer("501 Not Implemented", "", ""), false),
        (answer("505 HTTP Version Not Supported", "", ""), false),
        (ok("{}"), false),
        (ok(""), false),
        (ok(" "), false),
        (ok("<html>"), false),
        (Reply::Cut(b"HTTP/1.1 200 OK\r\n\r\n{}".to_vec()), false),
        (Reply::Cut(b"HTTP/1.1 200 OK\r\n\r\n<html".to_vec()), false),
        // A customer that cannot be read does not explain the missing rest.
        (Reply::Cut(b"HTTP/1.1 200 OK\r\n\r\n{\"customers\": [1, ".to_vec()), true),
    ] {
        let server = first(reply.clone(), LIST).await;
        let listed = server.retrying().build().unwrap().list_customers().await;
        assert_eq!(listed.is_ok(), again, "{reply:?}: {listed:?}");
        assert_eq!(server.count(CUSTOMERS), if again { 2 } else { 1 }, "{reply:?}");

        let server = first(reply.clone(), LIST).await;
        let folded = server.retrying().build().unwrap().fold_customers(|| 0, |count, _| *count += 1).await;
        assert_eq!((folded.ok(), server.count(CUSTOMERS)), if again { (Some(0), 2) } else { (None, 1) });
    }
}

#[tokio::test]
async fn creates_are_tried_again_where_nothing_was_created() {
    for (status, headers) in [
        ("421 Misdirected Request", ""),
        ("425 Too Early", ""),
        ("429 Too Many Requests", ""),
        ("429 Too Many Requests", "retry-after: 0\r\n"),
        ("503 Service Unavailable", "retry-after: 0\r\n"),
        ("503 Service Unavailable", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
        // Far ahead by this machine's clock, and now by the server's.
        (
            "503 Service Unavailable",
            "date: Fri, 31 Dec 9999 23:59:59 GMT\r\nretry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
        ),
    ] {
        let server = first(by_api(status, headers), CUSTOMER).await;
        server.retrying().build().unwrap().create_customer(&request()).await.unwrap();
        assert_eq!(server.count(CUSTOMERS), 2, "{status}");
    }
}

#[tokio::test]
async fn creates_that_may_have_been_processed_are_not_tried_again() {
    for reply in [
        answer("408 Request Timeout", "retry-after: 0\r\n", ""),
        answer("500 Internal Server Error", "retry-after: 0\r\n", ""),
        answer("502 Bad Gateway", "", ""),
        answer("503 Service Unavailable", "", UNAVAILABLE),
        answer("503 Service Unavailable", "retry-after: 0\r\n", "<h1>Backend fetch failed</h1>"),
        answer("504 Gateway Timeout", "retry-after: 0\r\n", ""),
        ok("<html>welcome</html>"),
        Reply::Cut(Vec::new()),
        Reply::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{".to_vec()),
        Reply::Cut(b"HTTP/1.1 200 OK\r\n\r\n{\"id\": 6918".to_vec()),
        ok("{\"id\": 6918"),
    ] {
        let server = first(reply.clone(), CUSTOMER).await;
        let error = server.retrying().build().unwrap().create_customer(&request()).await.unwrap_err();
        assert!(matches!(error, CreateError::Unknown { .. }), "{reply:?}: {error:?}");
        assert_eq!(server.count(CUSTOMERS), 1, "{reply:?}");
    }
}

/// Resolves the server's name only at the second lookup.
struct SecondTime(SocketAddr, AtomicUsize);

impl Resolve for SecondTime {
    fn resolve(&self, _: Name) -> Resolving {
        let found: Vec<_> =
            (self.1.fetch_add(1, Ordering::SeqCst) > 0).then_some(self.0).into_iter().collect();
        Box::pin(async move {
            if found.is_empty() {
                Err("no such host".into())
            } else {
                Ok(Box::new(found.into_iter()) as Addrs)
            }
        })
    }
}

#[tokio::test]
async fn a_create_that_found_no_server_is_tried_again() {
    let server = Scripted::start(|_| ok(CUSTOMER)).await;
    let address: SocketAddr = server.base_url().trim_start_matches("http://").parse().unwrap();
    let base_url = format!("http://localhost:{}", address.port());
    let resolver = Arc::new(SecondTime(address, AtomicUsize::new(0)));
    let client = Client::builder(base_url, Credentials::access_token("token"))
        .http_client(http().dns_resolver(resolver))
        .retry_delays(Duration::ZERO, Duration::ZERO)
        .build()
        .unwrap();
    client.create_customer(&request()).await.unwrap();
    assert_eq!(server.count(CUSTOMERS), 1);
}

#[tokio::test]
async fn an_error_says_how_often_it_was_tried() {
    let server = Scripted::with_tokens(|_| by_api("429 Too Many Requests", "")).await;
    for (client, attempts) in [
        (server.retrying(), 3),
        (server.retrying().max_attempts(5), 5),
        (server.retrying().no_retries(), 1),
        (server.retrying().retry_budget(0, 0), 1),
    ] {
        let before = server.count(CUSTOMERS);
        let error = client.build().unwrap().create_customer(&request()).await.unwrap_err();
        assert_eq!(error.cause().attempts(), attempts);
        assert!(matches!(error, CreateError::NotCreated { retry: Retry::CanHelp { after: None }, .. }));
        assert_eq!(server.count(CUSTOMERS) - before, attempts as usize);
        let said = error.cause().to_string().contains(&format!("(attempt {attempts})"));
        assert_eq!(said, attempts > 1, "{error:?}");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_time_that_the_call_does_not_have() {
    for (status, retry_after) in [
        ("429 Too Many Requests", "3600"),
        ("503 Service Unavailable", "3600"),
        ("503 Service Unavailable", "Fri, 31 Dec 9999 23:59:59 GMT"),
        // Long ago by this machine's clock, and in an hour by the server's.
        ("503 Service Unavailable", "Sun, 06 Nov 1994 09:49:37 GMT\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT"),
    ] {
        let headers = format!("retry-after: {retry_after}\r\n");
        let server = first(by_api(status, &headers), CUSTOMER).await;
        let client = server.retrying().build().unwrap();
        let error = client.create_customer(&request()).await.unwrap_err();
        let CreateError::NotCreated { retry: Retry::CanHelp { after: Some(_) }, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.cause().attempts(), 1);
        assert_eq!(server.count(CUSTOMERS), 1);
    }
}

#[tokio::test]
async fn a_token_request_is_tried_again_as_a_read() {
    let server = Scripted::start(|request| match (request.path(), request.nth) {
        (TOKEN_PATH, 0) => answer("503 Service Unavailable", "", ""),
        (TOKEN_PATH, 1) => Reply::Cut(Vec::new()),
        (TOKEN_PATH, nth) => token(nth, 3600),
        _ => ok(CUSTOMER),
    })
    .await;
    server.retrying().build().unwrap().create_customer(&request()).await.unwrap();
    assert_eq!((server.count(TOKEN_PATH), server.count(CUSTOMERS)), (3, 1));
}

#[tokio::test]
async fn a_token_that_cannot_be_had_is_not_asked_for_by_every_attempt() {
    let server = Scripted::start(|_| answer("503 Service Unavailable", "", "")).await;
    let error = server.retrying().build().unwrap().list_customers().await.unwrap_err();
    assert!(matches!(error, Error::NoToken { .. }), "{error:?}");
    assert_eq!((error.attempts(), server.count(TOKEN_PATH)), (3, 3));
}

#[tokio::test]
async fn a_renewed_token_is_no_retry() {
    let server = Scripted::with_tokens(|request| match request.nth {
        1 => by_api("401 Unauthorized", ""),
        2 | 3 => by_api("429 Too Many Requests", ""),
        _ => ok(CUSTOMER),
    })
    .await;
    let client = server.retrying().build().unwrap();
    client.create_customer(&request()).await.unwrap();
    client.create_customer(&request()).await.unwrap();
    assert_eq!(
        (server.count(TOKEN_PATH), server.count(CUSTOMERS)),
        (2, 5),
        "three attempts, one of them twice"
    );
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_little_more_than_it_is_called() {
    let server = Scripted::with_tokens(|_| answer("503 Service Unavailable", "", "")).await;
    let client = server.retrying().retry_budget(20, 0).build().unwrap();
    for _ in 0..50 {
        client.clone().list_customers().await.unwrap_err();
    }
    // The request for the token was a call, too.
    assert_eq!(server.count(CUSTOMERS), 50 + 51 / 5);
}

#[tokio::test]
async fn an_observed_call_is_made_once() {
    let server = Scripted::with_tokens(|_| answer("503 Service Unavailable", "", "")).await;
    let observed = server.retrying().build().unwrap().observe(&ListCustomers).await.unwrap();
    assert_eq!((observed.status.as_u16(), server.count(CUSTOMERS)), (503, 1));

    let server = Scripted::start(|_| Reply::Cut(Vec::new())).await;
    let client = server.retrying().build().unwrap();
    client.observe_access_token().await.unwrap_err();
    assert_eq!(server.count(TOKEN_PATH), 1);
    client.observe(&ListCustomers).await.unwrap_err();
    assert_eq!(server.count(TOKEN_PATH), 2);
}

#[tokio::test]
async fn a_client_without_retries_asks_for_its_token_as_often_as_before() {
    let server = Scripted::start(|request| match (request.path(), request.nth) {
        (TOKEN_PATH, 0) => answer("503 Service Unavailable", "", ""),
        (TOKEN_PATH, nth) => token(nth, 3600),
        _ => by_api("429 Too Many Requests", ""),
    })
    .await;
    let client = server.retrying().build().unwrap();
    let error = client.no_retries().create_customer(&request()).await.unwrap_err();
    assert_eq!((error.cause().attempts(), server.count(TOKEN_PATH), server.count(CUSTOMERS)), (1, 2, 1));
    client.create_customer(&request()).await.unwrap_err();
    assert_eq!(
        (server.count(TOKEN_PATH), server.count(CUSTOMERS)),
        (2, 4),
        "the token is shared, the setting is not"
    );
}

#[tokio::test]
async fn who_waits_for_a_call_is_told_why_it_waits() {
    let server = first(by_api("429 Too Many Requests", "retry-after: 0\r\n"), CUSTOMER).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let client = server
        .retrying()
        .on_wait(move |error, wait| tell.lock().unwrap().push((error.status().unwrap().as_u16(), wait)))
        .build()
        .unwrap();
    client.create_customer(&request()).await.unwrap();
    assert_eq!(*told.lock().unwrap(), [(429, Duration::ZERO)]);
}
