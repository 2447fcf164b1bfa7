//! Lists in pages, and lists that are not whole.

use std::time::Duration;

use cloudlx_client::{Client, Error, Gap, Retry, TimeLimit};
use cloudlx_model::Customer;
use serde_json::{Value, json};

use crate::scripted::{CUSTOMER, Reply, Request, Scripted, answer, chain, ok, token_text};

const CUSTOMERS: &str = "/api/customers";

/// A page with these customers, and these fields beside them.
fn page(ids: impl IntoIterator<Item = u64>, beside: Value) -> String {
    let customer = |id: u64| {
        let mut customer: Value = serde_json::from_str(CUSTOMER).unwrap();
        customer["id"] = id.into();
        customer
    };
    let mut page = beside;
    page["customers"] = ids.into_iter().map(customer).collect();
    page.to_string()
}

/// The fields that the framework writes beside its lists.
fn framework(current: u64, count: u64, next: Option<&str>) -> Value {
    let links = next.map_or(json!([]), |next| json!({"next": next}));
    json!({"meta": {"pagination": {"total": 7, "count": count, "per_page": 5, "current_page": current,
        "total_pages": 2, "links": links}}})
}

/// The ids in the list, or its error. Listing and folding must agree.
async fn listed(client: &Client) -> Result<Vec<u64>, Error> {
    let id = |customer: Customer| customer.id.0;
    let step = move |ids: &mut Vec<u64>, customer: Result<Customer, _>| ids.push(id(customer.unwrap()));
    let folded = client.fold_customers(Vec::new, step).await;
    let listed = client.list_customers().await;
    match (&folded, &listed) {
        (Ok(folded), Ok(listed)) => {
            let listed: Vec<_> = listed.clone().all().unwrap().into_iter().map(id).collect();
            assert_eq!(*folded, listed);
        }
        (Err(folded), Err(listed)) => assert_eq!(folded.to_string(), listed.to_string()),
        _ => panic!("{folded:?} {listed:?}"),
    }
    folded
}

fn gap(error: Error) -> Gap {
    match error {
        Error::Incomplete { gap, .. } => *gap,
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn the_first_of_two_pages_in_the_frameworks_form_is_followed_by_the_second() {
    let server = Scripted::with_tokens(|request| match request.path() {
        CUSTOMERS => ok(page(1..=5, framework(1, 5, Some("/api/customers?page=2")))),
        "/api/customers?page=2" => ok(page(6..=7, framework(2, 2, None))),
        path => panic!("{path}"),
    })
    .await;
    assert_eq!(listed(&server.client()).await.unwrap(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(server.requests().len(), 5, "a token, and each page once for each way to read it");
    let pages = server.requests().into_iter().filter(|request| request.path().starts_with(CUSTOMERS));
    assert!(pages.into_iter().all(|request| request.bearer() == Some(&token_text(0))));
}

#[tokio::test]
async fn the_first_of_two_pages_by_a_header_is_followed_by_the_second() {
    let server = Scripted::with_tokens(|request| match request.path() {
        CUSTOMERS => {
            answer("200 OK", "link: </api/customers?page=2>; rel=\"next\"\r\n", page(1..=5, json!({})))
        }
        "/api/customers?page=2" => ok(page(6..=7, json!({}))),
        path => panic!("{path}"),
    })
    .await;
    assert_eq!(listed(&server.client()).await.unwrap(), [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn fewer_than_the_total_are_not_the_list() {
    let server =
        Scripted::with_tokens(|_| answer("200 OK", "x-total-count: 7\r\n", page(1..=5, json!({})))).await;
    let error = listed(&server.retrying().build().unwrap()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("a part of it, 5 so far (the header x-total-count is 7)"), "{text}");
    assert!(text.contains("take nothing for absent"), "{text}");
    assert_eq!((error.retry(), server.count(CUSTOMERS)), (Retry::Useless, 2), "and is not asked for again");
    assert_eq!(gap(error), Gap::NoNextPage);
}

#[tokio::test]
async fn a_customer_that_moved_over_the_border_of_a_page_is_given_once() {
    let server = Scripted::with_tokens(|request| match request.path() {
        CUSTOMERS => ok(page([9, 8, 7], json!({"next": "?page=2"}))),
        // Another customer was created after the first page was read.
        "/api/customers?page=2" => ok(page([7, 6, 5], json!({"next": "?page=3"}))),
        _ => ok(page([4], json!({"next": null}))),
    })
    .await;
    assert_eq!(listed(&server.client()).await.unwrap(), [9, 8, 7, 6, 5, 4]);
}

#[tokio::test]
async fn each_page_is_tried_again_and_none_is_read_twice() {
    let second = "/api/customers?page=2";
    let cut = |body: &str| {
        let (begun, _) = body.split_at(body.len() - 9);
        Reply::Cut(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{begun}", body.len()).into_bytes())
    };
    let server = Scripted::with_tokens(move |request: &Request| match (request.path(), request.nth % 2) {
        (CUSTOMERS, 0) => cut(&page(1..=5, json!({}))),
        (CUSTOMERS, _) => ok(page(1..=5, framework(1, 5, Some(second)))),
        (_, 0) => cut(&page(6..=7, framework(2, 2, None))),
        _ => ok(page(6..=7, framework(2, 2, None))),
    })
    .await;
    assert_eq!(listed(&server.retrying().build().unwrap()).await.unwrap(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!((server.count(CUSTOMERS), server.count(second)), (4, 4));
}

#[tokio::test]
async fn the_token_goes_to_no_other_origin_and_no_other_path() {
    let other = Scripted::start(|_| ok(page(6..=7, json!({})))).await;
    let token = token_text(0);
    for (next, told) in [
        (format!("{}/api/customers?page=2", other.base_url()), format!("{}/api/customers", other.base_url())),
        (format!("{}/{token}?page=2", other.base_url()), format!("{}/[redacted]", other.base_url())),
        ("/api/realms?page=2".to_owned(), "/api/realms".to_owned()),
    ] {
        let link = format!("link: <{next}>; rel=next\r\n");
        let server = Scripted::with_tokens(move |_| answer("200 OK", &link, page(1..=5, json!({})))).await;
        let error = listed(&server.client()).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&told) && !text.contains("page=2"), "{text}");
        assert!(text.contains("the token would go along"), "{text}");
        assert!(!chain(&error).contains(&token), "{error:?}");
        assert_eq!(server.count(CUSTOMERS), 2);
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn a_token_that_the_server_writes_into_a_next_page_is_shown_nowhere() {
    let next = format!("?page=2&access_token={}", token_text(0));
    let server = Scripted::with_tokens(move |request| match request.path() {
        CUSTOMERS => ok(page(1..=5, json!({"next": next}))),
        _ => answer("500 Internal Server Error", "", "no"),
    })
    .await;
    let error = server.client().list_customers().await.unwrap_err();
    let told = chain(&error);
    assert!(told.contains("page=2&access_token=[redacted]") && !told.contains(&token_text(0)), "{told}");
}

#[tokio::test]
async fn a_page_that_cannot_be_had_is_the_error_of_the_list() {
    let server = Scripted::with_tokens(|request| match request.path() {
        CUSTOMERS => ok(page(1..=5, framework(1, 5, Some("?page=2")))),
        _ => answer("404 Not Found", "", "no"),
    })
    .await;
    let error = listed(&server.client()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert!(error.to_string().contains("/api/customers?page=2"), "{error}");
}

#[tokio::test]
async fn a_server_that_leaves_out_which_page_was_asked_for_is_found_out() {
    let always_first = |_: &Request| ok(page(1..=5, json!({"next": "?page=2"})));
    let server = Scripted::with_tokens(always_first).await;
    assert_eq!(gap(listed(&server.client()).await.unwrap_err()), Gap::Loop);
    let on_and_on = |request: &Request| {
        let number = request.path().rsplit('=').next().and_then(|number| number.parse().ok()).unwrap_or(1);
        ok(page(1..=5, json!({"next": format!("?page={}", number + 1)})))
    };
    let server = Scripted::with_tokens(on_and_on).await;
    assert_eq!(gap(listed(&server.client()).await.unwrap_err()), Gap::Loop);
    assert_eq!(server.requests().len(), 5, "a token, and two pages for each way to read");
}

#[tokio::test]
async fn a_list_that_changed_while_its_pages_were_read_may_be_whole_the_next_time() {
    let server = Scripted::with_tokens(|request| match request.path() {
        CUSTOMERS => ok(page([9, 8, 7], json!({"total": 5, "next": "?page=2"}))),
        _ => ok(page([7, 6, 5], json!({"total": 6}))),
    })
    .await;
    let error = listed(&server.client()).await.unwrap_err();
    assert!(error.to_string().contains("it changed while its pages were read"), "{error}");
    assert_eq!(error.retry(), Retry::CanHelp { after: None });
    assert_eq!(gap(error), Gap::Changed { total: 6 });
}

#[tokio::test]
async fn the_lists_of_the_catalogue_are_followed_and_checked_too() {
    let realm = |id: u64| json!({"id": id.to_string(), "name": format!("R{id}"), "description": null});
    let server = Scripted::with_tokens(move |request| match request.path() {
        "/api/realms" => {
            ok(json!({"links": {"next": "?page=2"}, "realms": [realm(1), realm(2)]}).to_string())
        }
        "/api/realms?page=2" => ok(json!({"realms": {"1": realm(2), "4": realm(7)}}).to_string()),
        _ => ok(json!({"sub_realms": null, "total": 3}).to_string()),
    })
    .await;
    let realms = server.client().list_realms().await.unwrap();
    assert_eq!(realms.iter().map(|realm| realm.id.unwrap().0).collect::<Vec<_>>(), [1, 2, 7]);
    assert_eq!(gap(server.client().list_sub_realms().await.unwrap_err()), Gap::NoNextPage);
    assert_eq!(gap(server.client().catalogue().await.unwrap_err()), Gap::NoNextPage);
}

#[tokio::test]
async fn what_stands_beside_a_list_is_read_before_it_and_after_it() {
    let customers = page([1], json!({}));
    let customers = customers.trim_start_matches('{').trim_end_matches('}');
    for body in [
        format!(r#"{{"meta": {{"total": 2}}, {customers}}}"#),
        format!(r#"{{{customers}, "meta": {{"total": 2}}}}"#),
        format!(r#"{{"meta": {{}}, {customers}, "meta": {{"total": 2}}}}"#),
        format!(r#"{{"meta": {{"x": "{}"}}, {customers}}}"#, "x".repeat(70_000)),
    ] {
        let server = Scripted::with_tokens(move |_| ok(&body)).await;
        assert_eq!(gap(listed(&server.client()).await.unwrap_err()), Gap::NoNextPage);
    }
}

#[tokio::test]
async fn all_pages_together_have_the_time_of_one_call() {
    let limit = Duration::from_secs(40);
    let server = Scripted::with_tokens(|request| match request.path() {
        CUSTOMERS => ok(page(1..=5, framework(1, 5, Some("/api/customers?page=2")))),
        _ => Reply::Hang(Vec::new()),
    })
    .await;
    let builder = server.builder().no_retries().attempt_timeout(limit * 2);
    let client = builder.call_timeout(limit).build().unwrap();
    let pages = async {
        while server.count("/api/customers?page=2") < 1 {
            tokio::task::yield_now().await;
        }
    };
    let error = crate::scripted::out_of_time(pages, client.list_customers()).await.unwrap_err();
    let Error::NoAnswer { timed_out: Some(found), .. } = error else { panic!("{error:?}") };
    assert_eq!(*found, TimeLimit::Call(limit));
}
