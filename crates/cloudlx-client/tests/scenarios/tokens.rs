//! Tokens: fetched when needed, kept, renewed once for all callers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlx_client::{Client, CreateError, Error, ErrorPayload, Retry, TokenKind};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::scripted::{
    CUSTOMER, Reply, Request, Scripted, TOKEN_PATH, answer, ok, request, token, token_text,
};

const CALLERS: usize = 50;

fn unauthorized() -> Reply {
    answer("401 Unauthorized", "www-authenticate: Bearer\r\n", r#"{"message": "Unauthenticated."}"#)
}

/// A client that makes one attempt, and does not wait for a new token to become known.
fn without_waits(server: &Scripted) -> Client {
    server.retrying().no_retries().build().unwrap()
}

/// Responds with an empty list to requests with the token of this number or a later one.
fn list_from(first_good: usize, request: &Request) -> Reply {
    let good = request.bearer().is_some_and(|bearer| bearer >= token_text(first_good).as_str());
    if good { ok(r#"{"customers": []}"#) } else { unauthorized() }
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_call() {
    let server = Scripted::with_tokens(|_| ok(CUSTOMER)).await;
    let _client = server.client();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_token_is_kept_and_shared_by_clones() {
    let server = Scripted::with_tokens(|request| list_from(0, request)).await;
    let client = server.client();
    for client in [client.clone(), client.clone(), client] {
        client.list_customers().await.unwrap();
    }
    assert_eq!(server.count(TOKEN_PATH), 1);
    assert_eq!(server.count("/api/customers"), 3);
}

#[tokio::test]
async fn a_token_that_ends_at_once_is_used_once() {
    let server = Scripted::start(|request| match request.path() {
        TOKEN_PATH => token(request.nth, 0),
        _ => list_from(request.nth, request),
    })
    .await;
    let client = server.client();
    client.list_customers().await.unwrap();
    client.list_customers().await.unwrap();
    assert_eq!(server.count(TOKEN_PATH), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_token_is_fetched_for_all_callers() {
    let server = Scripted::with_tokens(|request| list_from(0, request)).await;
    let client = server.client();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move { client.list_customers().await });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.count(TOKEN_PATH), 1);
    assert_eq!(server.count("/api/customers"), CALLERS);
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_renewed_once() {
    let server = Scripted::with_tokens(|request| match request.nth {
        1 => unauthorized(),
        _ => ok(CUSTOMER),
    })
    .await;
    let client = server.client();
    client.create_customer(&request()).await.unwrap();
    client.create_customer(&request()).await.unwrap();
    assert_eq!(server.count(TOKEN_PATH), 2);
    let bearers: Vec<_> =
        server.requests().iter().filter_map(|request| request.bearer().map(str::to_owned)).collect();
    assert_eq!(bearers, [token_text(0), token_text(0), token_text(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_whose_token_is_refused_together_renew_it_once() {
    // The server refuses the requests only after all have arrived, so each call sees its token refused.
    let all = Arc::new(Barrier::new(CALLERS));
    let server = Scripted::with_tokens(move |request| match (request.nth, list_from(1, request)) {
        (0, _) => ok(r#"{"customers": []}"#),
        (1..=CALLERS, refused) => Reply::Together(Arc::clone(&all), Box::new(refused)),
        (_, reply) => reply,
    })
    .await;
    let client = server.client();
    client.list_customers().await.unwrap();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let client = client.clone();
        callers.spawn(async move { client.list_customers().await });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(server.count(TOKEN_PATH), 2);
    assert_eq!(server.count("/api/customers"), 1 + 2 * CALLERS);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_twice_is_an_error() {
    let server = Scripted::with_tokens(|_| unauthorized()).await;
    let error = without_waits(&server).list_customers().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { token: TokenKind::Fetched, .. }), "{error:?}");
    assert_eq!(error.retry(), Retry::Useless);
    assert_eq!(server.count(TOKEN_PATH), 1);
    assert_eq!(server.count("/api/customers"), 2);
}

#[tokio::test]
async fn a_token_that_the_server_has_yet_to_hear_of_is_shown_again_after_a_moment() {
    for (refused, tokens, sent, waited) in [
        (&[0][..], 1, 3, 1),
        // A kept token may have expired, and the server may not know the new one yet.
        (&[1, 2], 2, 4, 1),
        (&[0, 2, 3], 2, 5, 2),
    ] {
        let server = Scripted::with_tokens(move |request| match request.nth {
            nth if refused.contains(&nth) => unauthorized(),
            _ => ok(CUSTOMER),
        })
        .await;
        let waits = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&waits);
        let client = server
            .builder()
            .no_retries()
            .retry_delays(Duration::from_millis(3), Duration::from_millis(2))
            .on_wait(move |error, wait| told.lock().unwrap().push((error.status().unwrap().as_u16(), wait)))
            .build()
            .unwrap();
        for _ in 0..2 {
            client.create_customer(&request()).await.unwrap();
        }
        assert_eq!((server.count(TOKEN_PATH), server.count("/api/customers")), (tokens, sent), "{refused:?}");
        assert_eq!(*waits.lock().unwrap(), vec![(401, Duration::from_millis(4)); waited], "{refused:?}");
    }
}

#[tokio::test]
async fn a_create_that_anybody_refused_a_fresh_token_for_is_sent_once() {
    let server = Scripted::with_tokens(|_| answer("401 Unauthorized", "", "<h1>Log in</h1>")).await;
    let error = without_waits(&server).create_customer(&request()).await.unwrap_err();
    assert!(matches!(error, CreateError::Unknown { .. }), "{error:?}");
    assert_eq!((server.count(TOKEN_PATH), server.count("/api/customers")), (1, 1));
}

#[tokio::test]
async fn no_token_is_waited_for_without_the_time() {
    let server = Scripted::with_tokens(|_| unauthorized()).await;
    let hour = Duration::from_hours(1);
    let client = server.builder().no_retries().retry_delays(hour, hour).build().unwrap();
    client.create_customer(&request()).await.unwrap_err();
    assert_eq!((server.count(TOKEN_PATH), server.count("/api/customers")), (1, 1));
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_is_an_error() {
    let server = Scripted::with_tokens(|request| match request.nth {
        0 => ok(r#"{"customers": []}"#),
        _ => unauthorized(),
    })
    .await;
    let client = without_waits(&server);
    client.list_customers().await.unwrap();
    let error = client.list_customers().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { token: TokenKind::Fetched, .. }), "{error:?}");
    assert_eq!(server.count(TOKEN_PATH), 2);
    assert_eq!(
        server.count("/api/customers"),
        4,
        "with the kept token, with a new one, and again after a moment"
    );
}

#[tokio::test]
async fn a_given_token_that_is_refused_is_an_error() {
    let server = Scripted::with_tokens(|_| unauthorized()).await;
    let error = server.client_with_token().list_customers().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { token: TokenKind::Given, .. }), "{error:?}");
    assert_eq!(server.count(TOKEN_PATH), 0);
    assert_eq!(server.count("/api/customers"), 1);
}

#[tokio::test]
async fn a_create_without_a_token_is_not_created_and_ends_as_the_token_did() {
    for (status, headers, helps) in [
        ("400 Bad Request", "", false),
        ("401 Unauthorized", "", false),
        ("403 Forbidden", "", false),
        ("302 Found", "location: /login\r\n", false),
        ("200 OK", "", false),
        ("429 Too Many Requests", "retry-after: 7\r\n", true),
        ("500 Internal Server Error", "", true),
        ("503 Service Unavailable", "", true),
    ] {
        let server = Scripted::start(move |_| answer(status, headers, "<html>no</html>")).await;
        let error = server.client().create_customer(&request()).await.unwrap_err();
        assert_eq!(error.cause().status().unwrap().as_str(), &status[..3]);
        let CreateError::NotCreated { retry, source: Error::NoToken { source, .. } } = error else {
            panic!("{status}: {error:?}");
        };
        assert_eq!(matches!(retry, Retry::CanHelp { .. }), helps, "{status}: {source:?}");
        assert_eq!(retry, source.retry());
        assert!(source.target().is_some_and(|target| target.url.ends_with(TOKEN_PATH)));
        assert_eq!(server.count(TOKEN_PATH), 1);
    }
}

#[tokio::test]
async fn a_failed_fetch_is_not_kept() {
    let server = Scripted::start(|request| match (request.path(), request.nth) {
        (TOKEN_PATH, 0) => answer("500 Internal Server Error", "", ""),
        (TOKEN_PATH, nth) => token(nth, 3600),
        _ => list_from(1, request),
    })
    .await;
    let client = server.client();
    assert!(matches!(client.list_customers().await, Err(Error::NoToken { .. })));
    assert!(client.list_customers().await.is_ok());
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_an_error() {
    let body =
        r#"{"access_token": "a\nb", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r"}"#;
    let server = Scripted::start(move |_| ok(body)).await;
    let error = server.client().create_customer(&request()).await.unwrap_err();
    let CreateError::NotCreated { retry: Retry::Useless, source: Error::NoToken { source, .. } } = error
    else {
        panic!("{error:?}");
    };
    assert!(matches!(*source, Error::Unexpected { body: None, .. }), "{source:?}");
    assert_eq!(server.count("/api/customers"), 0);
}

#[tokio::test]
async fn the_body_of_a_refusal_is_kept() {
    let server = Scripted::with_tokens(|_| unauthorized()).await;
    let error = server.client().list_customers().await.unwrap_err();
    assert!(matches!(error.payload(), Some(ErrorPayload::Api(body)) if body.message == "Unauthenticated."));
}
