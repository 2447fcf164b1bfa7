//! A create is sent only with enough time for its response, and an error names the limit that ended a wait.

use std::time::Duration;

use cloudlx_client::{Client, CreateError, Credentials, Error, Retry, Sent, TimeLimit};

use crate::scripted::{CUSTOMER, Reply, Scripted, answer, http, ok, request, unused_address};

const CUSTOMERS: &str = "/api/customers";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A server that takes this long for each create.
async fn slow(time: Duration) -> Scripted {
    Scripted::with_tokens(move |_| Reply::Late(time, Box::new(ok(CUSTOMER)))).await
}

#[tokio::test]
async fn creates_that_wait_for_others_are_not_sent_without_the_time_of_an_attempt() {
    let server = slow(Duration::from_millis(3_500)).await;
    let client = server
        .builder()
        .max_concurrent_requests(1)
        .attempt_timeout(seconds(4))
        .call_timeout(seconds(10))
        .build()
        .unwrap();
    let request = request();
    let create = || client.create_customer(&request);
    let created: [_; 5] = tokio::join!(create(), create(), create(), create(), create()).into();
    let made = created.iter().filter(|created| created.is_ok()).count();
    for error in created.into_iter().filter_map(Result::err) {
        let CreateError::NotCreated { retry: Retry::CanHelp { after: None }, source } = error else {
            panic!("{error:?}")
        };
        assert!(
            matches!(source, Error::OutOfTime { limit, needed: Some(needed), .. }
                if limit == seconds(10) && needed == seconds(4)),
            "{source:?}"
        );
    }
    assert_eq!((made, server.count(CUSTOMERS)), (2, 2), "after 3.5 and 7 seconds");
}

#[tokio::test]
async fn a_create_that_has_no_time_left_for_another_attempt_ends_as_the_last_one_did() {
    let late = Reply::Late(seconds(7), Box::new(ok(CUSTOMER)));
    let server = Scripted::with_tokens(move |request| match request.nth {
        0 => answer(
            "429 Too Many Requests",
            "retry-after: 0\r\n",
            r#"{"message": "Slow", "status_code": 429}"#,
        ),
        _ => late.clone(),
    })
    .await;
    let client = server
        .retrying()
        .max_concurrent_requests(1)
        .attempt_timeout(seconds(8))
        .call_timeout(seconds(12))
        .build()
        .unwrap();
    let request = request();
    let (refused, created) = tokio::join!(client.create_customer(&request), client.create_customer(&request));
    created.unwrap();
    let error = refused.unwrap_err();
    assert!(matches!(error, CreateError::NotCreated { .. }), "{error:?}");
    assert_eq!((error.cause().status().unwrap().as_u16(), error.cause().attempts()), (429, 1));
    assert_eq!(server.count(CUSTOMERS), 2);
}

#[tokio::test]
async fn a_wait_that_leaves_less_than_an_attempt_is_not_waited_before_a_create() {
    let server = Scripted::with_tokens(|_| {
        answer("429 Too Many Requests", "retry-after: 118\r\n", r#"{"message": "Slow", "status_code": 429}"#)
    })
    .await;
    let error = server.retrying().build().unwrap().create_customer(&request()).await.unwrap_err();
    assert!(matches!(error, CreateError::NotCreated { retry: Retry::CanHelp { after: Some(_) }, .. }));
    assert_eq!((error.cause().attempts(), server.count(CUSTOMERS)), (1, 1));
}

#[tokio::test]
async fn a_call_with_less_time_than_an_attempt_is_sent_with_three_quarters_of_it() {
    for (token_takes, sent) in [(2_900, true), (3_100, false)] {
        let server = Scripted::start(move |request| match request.path() {
            CUSTOMERS => ok(CUSTOMER),
            _ => Reply::Late(Duration::from_millis(token_takes), Box::new(crate::scripted::token(0, 3600))),
        })
        .await;
        let client = server.builder().call_timeout(seconds(12)).build().unwrap();
        let created = client.create_customer(&request()).await;
        assert_eq!((created.is_ok(), server.count(CUSTOMERS)), (sent, usize::from(sent)), "{created:?}");
    }
}

#[tokio::test]
async fn a_read_is_sent_with_whatever_time_is_left() {
    let server = Scripted::start(|request| match request.path() {
        CUSTOMERS => ok(r#"{"customers": []}"#),
        _ => Reply::Late(seconds(9), Box::new(crate::scripted::token(0, 3600))),
    })
    .await;
    let client = server.builder().call_timeout(seconds(12)).build().unwrap();
    client.list_customers().await.unwrap();
}

#[tokio::test]
async fn an_attempt_of_five_minutes_has_five_minutes() {
    let server = Scripted::with_tokens(|_| Reply::Hang(Vec::new())).await;
    for (attempt, call, limit) in [
        (300, None, TimeLimit::Attempt(seconds(300))),
        (30, None, TimeLimit::Attempt(seconds(30))),
        (300, Some(120), TimeLimit::Call(seconds(120))),
    ] {
        let builder = server.builder().no_retries().attempt_timeout(seconds(attempt));
        let builder = call.into_iter().fold(builder, |builder, call| builder.call_timeout(seconds(call)));
        let (client, request) = (builder.build().unwrap(), request());
        let (sent, create) = (server.count(CUSTOMERS) + 1, client.create_customer(&request));
        let hangs = async {
            while server.count(CUSTOMERS) < sent {
                tokio::task::yield_now().await;
            }
        };
        let error = crate::scripted::out_of_time(hangs, create).await.unwrap_err();
        assert!(
            matches!(error.cause(), Error::NoAnswer { timed_out: Some(found), sent: Sent::All, .. } if **found == limit),
            "{error:?}"
        );
        let words = error.cause().to_string();
        assert!(words.ends_with(&format!("no answer came within {limit}")), "{words}");
    }
}

#[tokio::test]
async fn a_time_limit_of_the_callers_own_http_client_is_not_called_one_of_ours() {
    let server = Scripted::start(|_| Reply::Hang(Vec::new())).await;
    let client = Client::builder(server.base_url(), Credentials::access_token("token"))
        .http_client(http().read_timeout(seconds(3)))
        .no_retries()
        .build()
        .unwrap();
    let error = server.out_of_time(1, client.list_customers()).await.unwrap_err();
    let Error::NoAnswer { timed_out: Some(limit), .. } = error else { panic!("{error:?}") };
    assert_eq!(*limit, TimeLimit::Other);

    let (_socket, base_url) = unused_address();
    let client = Client::builder(base_url, Credentials::access_token("token")).no_retries().build().unwrap();
    let error = client.list_customers().await.unwrap_err();
    assert!(matches!(error, Error::NotSent { timed_out: None, .. }), "{error:?}");
}
