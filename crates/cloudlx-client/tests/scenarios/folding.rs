//! A list that is parsed customer by customer while it arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cloudlx_client::{
    Client, Error, MAX_ANSWER_BYTES, MAX_CUSTOMER_BYTES, MAX_ERROR_BODY_BYTES, Retry, UnreadableCustomer,
};
use cloudlx_model::{Customer, CustomerId, CustomerList};

use crate::scripted::{CUSTOMER, Reply, Scripted, answer, ok};

fn customer(id: u64, name: String) -> Customer {
    let mut customer: Customer = serde_json::from_str(CUSTOMER).unwrap();
    (customer.id, customer.name) = (CustomerId(id), name);
    customer
}

fn list(customers: Vec<Customer>) -> String {
    serde_json::to_string(&CustomerList::new(customers)).unwrap()
}

fn few() -> Vec<Customer> {
    (1..=3).map(|id| customer(id, format!("Customer {id}"))).collect()
}

async fn collect(client: &Client) -> Result<Vec<Customer>, Error> {
    client.fold_customers(Vec::new, |all: &mut Vec<_>, customer| all.extend(customer.ok())).await
}

#[tokio::test]
async fn a_list_is_the_same_read_at_once_or_as_it_comes() {
    for customers in [few(), Vec::new()] {
        let body = list(customers.clone());
        let server = Scripted::with_tokens(move |_| ok(&body)).await;
        assert_eq!(collect(&server.client()).await.unwrap(), customers);
        assert_eq!(server.client().list_customers().await.unwrap().all().unwrap(), customers);
    }
}

#[tokio::test]
async fn a_list_may_be_longer_than_its_longest_customer() {
    let name = "x".repeat(MAX_CUSTOMER_BYTES * 2 / 3);
    let body = list((1..=3).map(|id| customer(id, name.clone())).collect());
    let server = Scripted::with_tokens(move |_| ok(&body)).await;
    let lengths =
        server.client().fold_customers(Vec::new, |lengths, it| lengths.push(it.unwrap().name.len())).await;
    assert_eq!(lengths.unwrap(), [name.len(); 3]);
}

#[tokio::test]
async fn a_list_that_breaks_off_is_begun_anew() {
    let body = list(few());
    let (before, _) = body.split_at(body.find("Customer 3").unwrap());
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{before}", body.len());
    let replies = [Reply::Cut(cut.into_bytes()), ok(&body)];
    let server = Scripted::with_tokens(move |request| replies[request.nth].clone()).await;
    let steps = Arc::new(AtomicUsize::new(0));
    let stepped = Arc::clone(&steps);
    let step = move |ids: &mut Vec<_>, customer: Result<Customer, UnreadableCustomer>| {
        stepped.fetch_add(1, Ordering::SeqCst);
        ids.push(customer.unwrap().id.0);
    };
    let ids = server.retrying().build().unwrap().fold_customers(Vec::new, step).await.unwrap();
    assert_eq!(ids, [1, 2, 3], "each customer counts once");
    assert_eq!(steps.load(Ordering::SeqCst), 5, "though two of them came twice");
}

#[tokio::test]
async fn what_is_no_list_is_unexpected_and_its_beginning_is_kept() {
    for (body, problem) in [
        ("<html>", "a body that is not JSON (expected value at line 1 column 1)"),
        ("", "a body that is not JSON (EOF while parsing a value at line 1 column 0)"),
        ("{}", "other JSON (missing field `customers` at line 1 column 2)"),
        (r#"{"customers": ""}"#, "other JSON (expected a list, found string at line 1 column 16)"),
    ] {
        let server = Scripted::with_tokens(move |_| ok(body)).await;
        for client in [server.client(), server.retrying().build().unwrap()] {
            let error = collect(&client).await.unwrap_err();
            let Error::Unexpected { problem: found, body: Some(kept), .. } = &error else {
                panic!("{error:?}")
            };
            assert_eq!((found.as_str(), kept.text.as_str(), kept.cut), (problem, body, false));
            assert_eq!(error.retry(), Retry::Useless);
        }
        assert_eq!(server.count("/api/customers"), 2, "and is not asked for again");
    }
}

#[tokio::test]
async fn a_list_that_ends_too_soon_is_asked_for_again() {
    let customer = serde_json::to_string(&few()[0]).unwrap();
    let cut = format!(r#"{{"customers": [{customer}"#);
    let column = cut.len();
    let sent = cut.clone();
    let server =
        Scripted::with_tokens(move |_| Reply::Cut([b"HTTP/1.1 200 OK\r\n\r\n", sent.as_bytes()].concat()))
            .await;
    let error = collect(&server.retrying().build().unwrap()).await.unwrap_err();
    let Error::Unexpected { problem, ends_early: true, body: Some(kept), .. } = &error else {
        panic!("{error:?}")
    };
    let expected = format!("JSON that ends too soon (EOF while parsing a list at line 1 column {column})");
    assert_eq!((problem, &kept.text), (&expected, &cut));
    assert_eq!((error.retry(), error.attempts()), (Retry::CanHelp { after: None }, 3));
}

#[tokio::test]
async fn what_was_wrong_before_the_connection_broke_is_what_is_told() {
    let customer = serde_json::to_string(&few()[0]).unwrap();
    for (sent, is_wrong) in [
        ("<html>".to_owned(), true),
        (format!(r#"{{"customers": [{customer}, 1, "#), false),
        (format!(r#"{{"customers": [{customer}, x"#), true),
        (format!(r#"{{"customers": [{customer}, {{"id": 2"#), false),
        (r#"{"customers": []}"#.to_owned(), false),
    ] {
        let reply = Reply::Cut(format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{sent}").into_bytes());
        let server = Scripted::with_tokens(move |_| reply.clone()).await;
        match collect(&server.client()).await.unwrap_err() {
            Error::Unexpected { body: Some(body), .. } if is_wrong => {
                assert_eq!((body.text, body.cut), (sent, true));
            }
            Error::NoAnswer { status: Some(_), timed_out: None, .. } if !is_wrong => {}
            error => panic!("{sent}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn an_endless_customer_is_not_read_to_its_end() {
    let endless = format!(r#"{{"customers": [{{"name": "{}"#, "x".repeat(MAX_CUSTOMER_BYTES));
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{endless}").into_bytes();
    let server = Scripted::with_tokens(move |_| Reply::Hang(endless.clone())).await;
    let error = collect(&server.client()).await.unwrap_err();
    let Error::Unexpected { problem, body: Some(body), .. } = &error else { panic!("{error:?}") };
    assert_eq!(problem, &format!("a customer of more than {MAX_CUSTOMER_BYTES} bytes"));
    assert_eq!((body.text.len(), body.cut), (MAX_ERROR_BODY_BYTES, true));
}

#[tokio::test]
async fn a_list_that_stops_coming_ends_with_the_time_of_an_attempt() {
    let begun = "HTTP/1.1 200 OK\r\n\r\n{\"customers\": [";
    for (sent, status) in [("", None), (begun, Some(200))] {
        let server = Scripted::with_tokens(|_| Reply::Hang(sent.into())).await;
        let client = server.builder().no_retries().attempt_timeout(Duration::from_secs(3)).build().unwrap();
        let error = collect(&client).await.unwrap_err();
        let Error::NoAnswer { status: found, timed_out: Some(_), .. } = &error else { panic!("{error:?}") };
        assert_eq!(found.map(|status| status.as_u16()), status);
    }
}

#[tokio::test]
async fn a_refused_list_is_the_same_error() {
    let server = Scripted::with_tokens(|_| answer("403 Forbidden", "", "no")).await;
    let error = collect(&server.client()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(403), "{error:?}");
    assert_eq!(error.payload().map(ToString::to_string).as_deref(), Some("no"));
}

#[tokio::test]
async fn a_list_too_long_for_memory_says_how_to_read_it() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", MAX_ANSWER_BYTES + 1);
    let too_long = format!("{head}{}", " ".repeat(MAX_ERROR_BODY_BYTES + 1)).into_bytes();
    let server = Scripted::with_tokens(move |_| Reply::Hang(too_long.clone())).await;
    let error = server.client().list_customers().await.unwrap_err().to_string();
    assert!(
        error.contains("more than 67108864 bytes: read it with fold_customers, customer by customer"),
        "{error}"
    );
}

#[tokio::test]
#[should_panic(expected = "a step that fails")]
async fn a_step_that_panics_panics_the_caller() {
    let body = list(few());
    let server = Scripted::with_tokens(move |_| ok(&body)).await;
    let _ = server.client().fold_customers(|| (), |(), _| panic!("a step that fails")).await;
}
